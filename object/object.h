/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel objects: what a handle can name. Each has a type, a security id (SID) never used twice, and a count of what
 * keeps it alive: capabilities plus kernel references.
 */
#pragma once
#include <hal/base.h>
#include <memory/quota.h>
#include <smp/list.h>
#include <smp/spinlock.h>
#include <stdatomic.h>

struct capability;
struct watch;

enum object_type : u32 {
    OBJECT_NONE,
    OBJECT_CHANNEL,  /* client IPC handle: ipc/channel.h */
    OBJECT_ENDPOINT, /* server and listener IPC handle: ipc/endpoint.h */
    OBJECT_TASK,
    OBJECT_THREAD,
    OBJECT_FILE,
    OBJECT_USER,       /* user resource */
    OBJECT_BADGE,      /* transfer context */
    OBJECT_SYNC,       /* IPC synchronization object */
    OBJECT_ARENA,      /* memory for arenas: ipc/arena.h */
    OBJECT_MEMORY,     /* shared memory: ipc/shared_memory.h */
    OBJECT_SECURITY,   /* the security interface: ipc/security.c */
    OBJECT_NOTICE,     /* receives events of others: ipc/notice.h. Of what threads sleep at, this and what follows takes
                          part in waking them (futex_complete) */
    OBJECT_AUDIT,      /* a reader of the audit's log: kernel/core_audit.c */
    OBJECT_DEVICE,     /* memory of a device: ipc/shared_memory.h */
    OBJECT_INTERRUPT,  /* of a device: ipc/interrupt.h */
    OBJECT_CONNECTION, /* a request for a channel, which no handle names: kernel/connection.h */
    OBJECT_CHANNEL_CORE, /* the channel to the kernel: kernel/core_call.h */
    OBJECT_TYPES,
};

struct object {
    enum object_type type;
    u32 sid;
    _Atomic u32 references;      /* any CPU; acq_rel on the drop to zero */
    struct spinlock lock;        /* guards the capability tree of this object */
    _Atomic u32 badged;          /* a badge: live capabilities made with it, and below */
    struct list capabilities;    /* all capabilities to it; guarded by lock */
    struct watch *_Atomic watch; /* who is told of its events: ipc/notice.h; null until somebody asks; set once */
};

/* What a type does at two moments; indexed by type, set once at boot by the type's owner. */
struct object_operations {
    void (*abandoned)(
        struct object *object); /* last capability is gone (closed or revoked); references may remain. May be null */
    void (*destroy)(struct object *object);      /* last reference is gone: free it */
    void (*pin_revoked)(struct capability *pin); /* object->lock held: see handle_pin. Null if nobody pins the type */
    u32 (*events)(const struct object *object);  /* that have occurred for good: KOS_EVENT_*. May be null */
};
extern struct object_operations object_operations[OBJECT_TYPES];

void object_init(struct object *object, enum object_type type); /* one reference, new SID */
static inline void object_reference(struct object *object)
{
    /* relaxed: who references holds a reference or a lock that keeps the object */
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}
/* For who holds no reference, only memory that an epoch keeps: false if the last one is gone already. */
static inline bool object_try_reference(struct object *object)
{
    u32 count = atomic_load_explicit(&object->references, memory_order_relaxed);
    while (likely(count != 0))
        if (likely(atomic_compare_exchange_weak_explicit(&object->references, &count, count + 1, memory_order_acquire,
                                                         memory_order_relaxed)))
            return true;
    return false;
}
/* The two halves of object_release: true if that was the last one; then it is destroyed. */
static inline bool object_drop(struct object *object)
{
    /* acq_rel: all uses come before the end */
    u32 before = atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel);
    kassert(before != 0);
    return before == 1;
}
void object_end(struct object *object);
static inline void object_release(struct object *object)
{
    if (unlikely(object_drop(object)))
        object_end(object);
}
/* What is kept by SIDs goes with them: called when an object loses its last reference, before it is destroyed, and no
 * lock is held. Set once at boot; null: nothing is kept. */
extern void (*object_sid_dead)(u32 sid);
u32 object_sid_allocate(void);

/* Set at boot by ipc/: an object with a watch has had these events; it goes, and its watch with it. */
extern void (*object_watch_tell)(struct object *object, u32 events);
extern void (*object_watch_free)(struct object *object);
/* Events (KOS_EVENT_*) have occurred: whoever has subscribed is told. Any CPU, any locks held: only noted here. */
static inline void object_tell(struct object *object, u32 events)
{
    /* What the event is about comes first, then the look whether anybody has subscribed; he subscribes first, then
     * looks whether it has occurred. */
    atomic_thread_fence(memory_order_seq_cst);
    if (unlikely(atomic_load_explicit(&object->watch, memory_order_acquire) != nullptr))
        object_watch_tell(object, events);
}
