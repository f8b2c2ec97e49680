/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities and handle tables.
 *
 * A capability is a node of its object's inheritance tree and sits in one slot of one task's handle table. The slot's
 * entry is what lookups read: one 64-bit word to compare (callable), one pointer to follow. Readers take no lock;
 * writers hold the object's lock, which guards the tree, and the table's within it. A removed capability and an
 * outgrown table are reclaimed when every CPU has left the kernel once (smp/epoch.h).
 */
#pragma once
#include <abi/handle.h>
#include <object/object.h>
#include <smp/epoch.h>

struct capability {
    struct object *object;     /* holds a reference, also when revoked, until it is closed */
    struct capability *parent; /* guarded by object->lock, like children and sibling */
    struct list children, sibling;
    struct list link;           /* in object->capabilities; guarded by object->lock */
    struct handle_table *table; /* where it sits; null: a pin */
    u32 handle, rights;
    struct object *badge; /* OBJECT_BADGE with which it, or what it was made from, was made; null; holds a reference */
    struct epoch_entry epoch; /* reclamation */
    /* Guarded by the object's lock: */
    bool branch;  /* the subtree that belongs to the badge begins here */
    bool revoked; /* the slot stays occupied: rcHandleRevoked */
    /* Of walks that revoke: object/revoke.c */
    bool ghost;   /* closed, but others are below it: without a slot; revoked, too */
    bool closing; /* all below it is being revoked, then it goes: nobody closes it or derives from it */
    bool doomed;  /* it was below one that has been revoked, and will be */
    u32 seen;     /* the walk of its parent that has looked at it */
    u32 walk;     /* the walk of a badge through its children that is under way; 0: none */
    const struct object *walk_badge; /* compared only */
};

/* One slot, 32 bytes, two to a cache line. */
struct handle_entry {
    _Atomic u64 callable; /* the handle value, zero-extended, if it may be used in Call right now; else 0, which
                             equals the selector of a Call on handle 0: entry 0 holds ~0 */
    void *channel;        /* struct channel *, valid while callable != 0; afterwards left as it is: a Call on another
                             CPU may be between the two, and epochs keep what it finds */
    struct capability *_Atomic capability; /* null: free slot */
    u32 generation;                        /* of the present or last occupant; low 16 bits */
    u32 next_free;                         /* index of the next free slot, 0 = none */
};
static_assert(sizeof(struct handle_entry) == 32, "fast path scales the index by 32");

/* Entries in one block of 2^k * 32 bytes; index 0 is never used, and no selector equals its `callable`. */
struct handle_block {
    u64 mask;                      /* entries - 1 */
    struct handle_block *outgrown; /* smaller predecessor, freed with the table */
    alignas(32) struct handle_entry entries[];
};

struct handle_table {
    struct handle_block *_Atomic block; /* release by the grower, readers acquire */
    struct spinlock lock;
    u32 free_first, count;          /* guarded by lock, as what follows; free_first: 0 = none but those from fresh on */
    u32 fresh;                      /* entries from here on were never used */
    u32 moved;                      /* entries that successor has */
    struct handle_block *successor; /* null: the table does not grow */
    u32 visitors;                   /* who is between handle_table_enter() and _leave(); guarded by lock */
    bool ended;                     /* it is being destroyed; guarded by lock */
    struct quota *quota;
};

#define HANDLE_TABLE_ENTRIES_FIRST 32U
#define HANDLE_TABLE_ENTRIES_MAX   65536U

void object_room_init(void); /* boot */

retcode handle_table_init(struct handle_table *table, struct quota *quota);
/* Closes everything in it and frees it. Nobody uses it any more. */
void handle_table_destroy(struct handle_table *table);

/* For who comes from outside to the table of a task that may end meanwhile, with a reference to whom the table belongs:
 * false if it is being destroyed, or is; else nothing of the task is torn down before handle_table_leave(). No
 * checkpoint in between, and no wait: the end waits for visitors. */
bool handle_table_enter(struct handle_table *table);
void handle_table_leave(struct handle_table *table);

/* What handle names: rcInvalidHandle, rcHandleRevoked, or rcNoCapability if a right of `rights` is missing, or
 * rcInvalidArgument if type is not OBJECT_NONE and differs. On rcOk *object holds a new reference (release it). Any
 * CPU, no lock. */
retcode handle_lookup(struct handle_table *table, u32 handle, enum object_type type, u32 rights,
                      struct object **object);
/* The same without a reference, and without a write that other CPUs would see: *object may be read until this CPU
 * leaves the kernel, for objects are reclaimed by epoch, but it may have lost its last reference by then. */
retcode handle_borrow(struct handle_table *table, u32 handle, enum object_type type, u32 rights,
                      struct object **object);
/* The same and the capability's rights, badge context... */
struct handle_view {
    struct object *object;
    u32 rights;
    struct object *badge;
}; /* both with references */
retcode handle_view(struct handle_table *table, u32 handle, struct handle_view *view);
void handle_view_release(struct handle_view *view);
/* For rules: what handle names, revoked or not, with a new reference, and its rights (none if it is revoked). False: it
 * names nothing. Any CPU, no lock. */
bool handle_describe(struct handle_table *table, u32 handle, struct object **object, u32 *rights);
/* Whether handle names something, be it revoked. Any CPU, no lock. */
bool handle_is_open(struct handle_table *table, u32 handle);

/* New root capability of object. Takes its own reference. rcOutOfMemory, rcQuotaExceeded: also if three quarters of the
 * slots are taken and there is no memory for a larger table. */
retcode handle_insert(struct handle_table *table, struct object *object, u32 rights, u32 *handle);
/* Descendant of (from, handle) in `to` (may be the same table): rights & its rights. right: KOS_RIGHT_COPY or
 * KOS_RIGHT_TRANSFER must be among the source's. badge: OBJECT_BADGE or null. */
retcode handle_derive(struct handle_table *from, u32 handle, struct handle_table *to, u32 rights, u32 right,
                      struct object *badge, u32 *derived);
retcode handle_close(struct handle_table *table, u32 handle);
/* The same for the table of a task that may be ending, or have ended: then there is nothing to close any more. The
 * caller has a reference to whom the table belongs. */
void handle_take_back(struct handle_table *table, u32 handle);
/* pin, zeroed, stands for a use of what handle names that outlives the call, such as a mapping. In the tree it is a
 * child of handle, without a slot: it outlives the handle if that is closed, and is revoked with it or with any
 * ancestor: then object_operations.pin_revoked gets it, its link free for use. rcOk: it holds a reference to
 * pin->object, and pin->rights are those of handle. Codes of handle_lookup. */
retcode handle_pin(struct handle_table *table, u32 handle, enum object_type type, u32 rights, struct capability *pin);
/* The use is over. The reference to the object stays the caller's. */
void handle_unpin(struct capability *pin);
/* Closes handle, revokes all its descendants everywhere. With checkpoints. */
retcode handle_revoke(struct handle_table *table, u32 handle);
/* Revokes the subtrees derived from handle with that badge. With checkpoints. */
retcode handle_revoke_subtree(struct handle_table *table, u32 handle, const struct object *badge);
/* Nearest ancestor of (from, handle), itself excluded, that sits in `owner` and is not revoked: its handle. For
 * dereference. rcResourceNotFound: there is none, or it is further up than HANDLE_ANCESTORS_MAX. */
#define HANDLE_ANCESTORS_MAX 64U
retcode handle_ancestor_in(struct handle_table *from, u32 handle, struct handle_table *owner, u32 *ancestor);

/* Called whenever a slot becomes or stops being callable: fills entry->channel; returns null if the object is not a
 * channel or rights lack KOS_RIGHT_IPC_CALL. Set once by ipc/. The table's owner is container_of(table, struct domain,
 * handles). */
extern void *(*handle_channel_of)(struct handle_table *table, struct object *object, u32 rights);
