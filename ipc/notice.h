/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: an object that collects events of other objects for threads that wait for them.
 *
 *   object -- watch: list of -- subscription (mask, id) -- of a notice: tree by object and id; queue of those with
 * events
 *
 *   step            by                                under
 *   1 tell          where the event occurs            nothing: bits into watch->raised, the watch into this CPU's inbox
 *   2 pass          that CPU, on its way out of the   watch->lock: bits into each subscription that wants them, which
 *                   kernel; some at a time            joins its notice's queue; a waiter of the notice wakes
 *   3 take          GetEvent, or the waking CPU for   notice->lock: a subscription leaves the queue, with its bits
 *                   the thread that waits
 *
 * So events of one subscription that nobody has taken yet become one, with the bits of all, and telling costs the same
 * whoever listens. A subscription to an object that has no handle any more goes when its last events are taken.
 * An end that happens while somebody subscribes may be told twice, never not at all.
 * Waiters wait in the notice's own futex bucket, for the word `ready`.
 *
 * Locks: object->lock, watch->lock, notice->lock; the bucket's is taken with none of them.
 */
#pragma once
#include <object/domain.h>
#include <sched/futex.h>
#include <smp/inbox.h>

struct watch {
    struct object *object; /* its own */
    struct spinlock lock;
    struct list subscriptions; /* guarded by lock */
    struct list marker;        /* in there: how far the pass is; guarded by lock */
    u32 passing;               /* events of the pass under way; 0: none; guarded by lock */
    _Atomic u32 raised;        /* events of the next one */
    struct request request;    /* queued: holds a reference to the object */
    struct timer timer;        /* of the CPU that is passing, which holds a reference to the object */
};

struct notice {
    struct object object; /* OBJECT_NOTICE */
    struct spinlock lock;
    struct tree subscriptions; /* by SID of the object, then id; guarded by lock */
    struct list queue;         /* subscriptions with events; guarded by lock */
    u32 ready;                 /* how many; NOTICE_DROPPED: none will come. Written under lock */
    struct quota *quota;       /* subscriptions are charged there, too */
    struct epoch_entry epoch;
    struct futex_bucket bucket;
    _Atomic bool abandoned; /* no handle is left: set once, by the CPU that drops it */
    struct timer timer;     /* of that CPU, which holds a reference until all subscriptions are gone */
};
#define NOTICE_DROPPED (~0U)

struct notice_event {
    u64 id;
    u32 events, left; /* left: further subscriptions with events */
};

void notice_room_init(void);
retcode notice_create(struct quota *quota, struct notice **notice); /* rcQuotaExceeded. One reference */
/* From now on events of object that are in mask are kept under id; what has occurred for good already, at once.
 * rcInvalidHandle: no handle to it is left. rcNotConnected: the notice was dropped. rcQuotaExceeded. */
retcode notice_subscribe(struct notice *notice, struct object *object, u32 mask, u64 id);
/* Removes the subscriptions to object with that id, or all (any_id): rcResourceNotFound if there was none. Events not
 * yet taken go too. PREEMPTED: to be called again; *position is 0 at first. */
retcode notice_unsubscribe(struct notice *notice, struct object *object, bool any_id, u64 id, u64 *position);
/* rcOk; rcTimeout: there is none; rcNotConnected. */
retcode notice_take(struct notice *notice, struct notice_event *event);
/* No events from now on; waiters get rcNotConnected. rcOk or PREEMPTED: not all subscriptions are removed yet. */
retcode notice_drop(struct notice *notice);
/* For futex_wait: until there is something to take. */
struct futex_word notice_word(struct notice *notice);
