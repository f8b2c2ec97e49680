/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread: user state, IPC state, scheduling state. Owned by the CPU `home`: only that CPU writes it, except while the
 * thread travels as a message (states THREAD_CALLING and THREAD_REPLY_WAIT): then the CPU that serves the call does.
 * The fields of the IPC fast path come first, in the order in which it touches them.
 */
#pragma once
#include <hal/context.h>
#include <object/domain.h>
#include <smp/cpu.h>
#include <smp/epoch.h>
#include <smp/preemption.h>
#include <sched/reservation.h>
#include <sched/timer.h>

struct thread;

enum thread_state : u32 {
    THREAD_RUNNABLE,   /* running, or in its home's run queue */
    THREAD_RECEIVING,  /* in Recv, parked in slot */
    THREAD_CALLING,    /* in Call, queued at an endpoint, nobody took it yet */
    THREAD_REPLY_WAIT, /* in Call, taken by `peer` */
    THREAD_FUTEX,      /* waits on a futex */
    THREAD_SLEEPING,
    THREAD_JOINING,   /* waits for the end of a thread or task */
    THREAD_SUSPENDED, /* created suspended, or suspended itself */
    THREAD_DEAD,
    THREAD_MOVING,   /* runnable, in the inbox of its new home */
    THREAD_ORDERING, /* waits for another CPU to carry out its order: sched/order.h */
    THREAD_HELD,     /* its reservation's budget is used up */
};

/* sched/work.h */
struct work {
    void (*run)(struct thread *); /* null: it goes on in user mode */
    struct progress progress;
    void *object; /* whatever run makes of it */
};

/* Who waits for the end of a thread or a task: kernel/thread.h. */
struct joins {
    struct list waiting;    /* threads in JOINING, by join_link; guarded by the join lock (kernel/thread.c) */
    struct request request; /* in the inbox of the CPU where it ended, while some are still to be told: object with a */
    struct object *object;  /* reference, and what they are told. That CPU's */
    s32 code;
    u32 reason;
};

/* A message of this thread that is being copied, step by step: ipc/long_copy.c. */
struct transfer {
    struct {
        vaddr target, source;
        u64 size;
    } pieces[2];    /* constant part, arena */
    u8 *snapshot;   /* if not null: the page where the constant part comes from, instead of the sender's memory */
    u8 *arena_copy; /* the same for the arena: pages for arena_size */
    struct domain *given_to;       /* if not null: the snapshot has handles, in place there; with a reference */
    u64 given[2];                  /* which of them were made for it: a bit each */
    const struct ksm_shape *shape; /* if not null: what the arena, of that size at `arena`, has to fit in the end */
    vaddr arena;
    u64 arena_size;
    word selector; /* of the Recv that gets a request */
    u64 deadline;  /* of the same, 0: none */
};

/* What one CPU is asked to do with a thread of its own by a thread of another: sched/order.h. */
struct order {
    struct request request;
    struct thread *target; /* with a reference */
    u64 cpus;              /* if target is null: CPUs that it goes on to */
    u32 level;             /* the asker's, if target is null */
    retcode code;          /* what apply said */
    struct order *behind;  /* comes after this one: sched/offline.c */
    bool online;           /* what is to be: the same */
    retcode (*apply)(struct thread *target, struct order *order);
    void (*done)(struct thread *asker, retcode code);
    u64 arguments[4];
};

/* A place in a bucket of waiters: sched/futex.h. */
struct futex_waiter {
    struct tree_node node;
    u64 address;
    struct thread *thread;
    struct futex_bucket *_Atomic bucket; /* null: in none; changes under the locks of the old and the new */
    u32 level;                           /* the thread's, when it took its place */
    u32 index;                           /* which of the words that the thread waits for */
};

struct thread {
    struct hal_context context; /* first: the port finds it through hal_cpu.current */

    /* ---- fast path ---- */
    const struct ksm_pair *core_pair;      /* decisions of Calls to the kernel: the domain's; constant */
    struct handle_block *handles;          /* the table's block as last seen; a miss on the fast path refreshes it */
    u32 level;                             /* effective level: base or donated by the caller */
    u32 base_level;                        /* own level, or inherited from a waiter for a lock that it holds */
    struct thread *caller;                 /* whose request it serves, or null */
    const struct ksm_entry *reply_entry;   /* decisions of the request being served; null: decide on the slow path */
    const struct ksm_entry *distant_entry; /* the same of a caller that does not simply run next: its home is another
                                              CPU, or its level is below the server's own; then reply_entry is null and
                                              reply_selector 0. Null while it has no caller */
    word reply_selector; /* Reply-then-Recv that may take the fast path now: receive_selector, or 0 = none. Parked in
                            slot->receiver implies that the two are equal */
    struct endpoint_slot *receive_slot; /* where that parks */
    struct thread *peer;                /* REPLY_WAIT: who serves it */
    struct channel *channel;            /* CALLING, REPLY_WAIT: through which; compared only, when that channel goes */
    enum thread_state state;
    u32 home; /* CPU that owns it */

    /* ---- IPC, slow side ---- */
    struct endpoint *endpoint; /* CALLING, REPLY_WAIT: of the call; RECEIVING: where; holds no reference of its own */
    struct list ipc_link;      /* CALLING: channel->callers (endpoint->lock); RECEIVING: slot's parked list (owner) */
    struct endpoint *receive_endpoint; /* endpoint it last received on; holds a reference; linked there */
    struct list receive_link;          /* among the servers in its slot of its home */
    word receive_selector;             /* Reply-then-Recv on that handle, after a plain Recv; else 0 */
    u32 peer_cpu;   /* CPU that serves the call, or to which it travels; home unless it crossed CPUs, and again when it
                       has ended; written by its owner: thread_peer_cpu_set */
    word call_info; /* info of the request in progress, with the RIID that the server sees; set off the fast path */
    const struct ksm_entry *call_entry; /* decisions of a request that travels: ipc/cross.c */
    word core_response;                 /* info word of the response to a core call in progress */
    struct arena *sealed;               /* arena that is sealed while it serves a request, with a reference */
    vaddr sealed_address;               /* in the client's space; sealed_size bytes */
    u64 sealed_size;
    struct sync_object *sync; /* IPC synchronization object of an extended wait, or null */

    /* ---- scheduling ---- */
    struct list run_link;      /* in the home's run queue */
    struct tree_node edf_node; /* the same for the level of reservations */
    struct timer timer;        /* time limit of the present wait */
    u32 class;                 /* KOS_CLASS_* */
    u32 priority;              /* as the user set it */
    u32 own_level;             /* of class and priority */
    u32 turns;                 /* quanta left in this round: standard threads */
    u64 affinity;              /* CPUs on which it may run; owner: home */
    bool watched;              /* it has a reservation, or may not run where it is at home: to be looked at whenever it
                                  is about to run, and no receiver for the fast path; sched_watch */
    struct thread *account;    /* whose reservation pays while it runs, or null; valid while it does not run: then
                                  the CPU's scheduler has it */
    struct reservation reservation;  /* its own; bandwidth 0: none */
    struct request level_request;    /* to its home: its level has to be computed anew; holds a reference */
    struct request donation_request; /* to the CPU that serves its call: its level has changed; holds a reference */

    /* ---- futex ---- */
    struct futex_waiter waiter;        /* for the first word, or in a turnstile */
    struct futex_waiter *more_waiters; /* for the others: allocated when first needed */
    u32 futex_words;              /* how many of them are in use; 0: it waits for a lock. Owner; claimers read it */
    u32 futex_index;              /* word through which it was woken; written by who claimed it */
    _Atomic u32 futex_claimed;    /* FUTEX_WAITING and so on: protocol in sched/futex.h */
    struct object *futex_object;  /* whose bucket it waits in, with a reference until it has left; null: its own
                                     task's */
    struct turnstile *turnstile;  /* its own while it waits for no lock; null until it first does */
    struct turnstile *blocked_on; /* where it waits for a lock; guarded by the bucket's lock */
    struct spinlock held_lock;
    struct tree held; /* turnstiles of the locks that it holds and others wait for; guarded by held_lock */
    bool locks_gone;  /* it has ended and can hold none any more; guarded by held_lock */

    /* ---- life ---- */
    struct domain *domain;
    struct object object;           /* OBJECT_THREAD */
    struct epoch_entry epoch;       /* reclamation */
    struct tree_node tid_node;      /* in task->tids; guarded by task->lock */
    struct request wake_request;    /* travels to home when another CPU wakes the thread */
    struct request control_request; /* controls, from another CPU; the pusher takes a reference: thread_control */
    struct request terminate_request;
    struct request call_request;   /* the thread's Call travels to the CPU that serves it: ipc/cross.c */
    struct request cancel_request; /* takes the thread out of a call that another CPU serves */
    retcode cancel_code;           /* what that call ends with */
    u32 calls;       /* calls off the fast path so far; written by home, which does not run while others read it */
    u32 cancel_call; /* which of them is to be cancelled; thread_call_cancel */
    u32 tid;
    bool dying;       /* owner: no more user instruction */
    bool pinned;      /* what it has on the kernel's stack is put aside, and makes sense on this CPU only */
    struct work work; /* what it does in the kernel when it runs: sched/work.h */
    bool ended;       /* guarded by the join lock (kernel/thread.c) */
    bool detached;
    s32 exit_code;        /* owner; the first of Exit and Terminate sets it */
    s32 terminate_code;   /* of an order to terminate that is under way */
    _Atomic u32 controls; /* THREAD_CONTROL_*, to be done at home; set by any CPU, taken there */
    vaddr stack_base;
    u64 stack_size;
    struct thread_counters *counters; /* null: it never ran while its CPU counted. Owner writes; goes to the task at the
                                         end, under its lock: sched/counting.h */

    /* ---- not cleared when the thread is made (thread_room_init) ---- */
    struct transfer transfer;
    u64 seen;                   /* the news of receive_endpoint up to which it is as it should be: ipc/work.c */
    struct tree_node call_node; /* CALLING: in endpoint->callers (endpoint->lock) */
    u32 call_level;             /* the level with which it took its place there */
    struct order order;         /* ORDERING */
    struct list sync_link;      /* in the sync object's waiters; guarded by its lock */
    struct timer replenish;     /* armed while it runs as a standard thread because of an overrun */
    struct list home_link;      /* in its home scheduler's list */
    struct list futex_link;     /* among those whom one waker has claimed */
    struct list task_link;      /* in task->threads; guarded by task->lock */
    struct list join_link;      /* JOINING: in the waited object's list */
    struct joins joins;
    struct thread *lender; /* who may still pay for a call of it elsewhere, though no longer for itself: with a
                              reference, until it runs again; null: nobody. sched_payee */
};

/*
 * What other CPUs read of a call without a lock (model: rendezvous.pml). Who hands the client on writes peer first:
 * release, acquire.
 */
static inline u32 thread_peer_cpu(const struct thread *thread)
{
    return __atomic_load_n(&thread->peer_cpu, __ATOMIC_ACQUIRE);
}
static inline void thread_peer_cpu_set(struct thread *thread, u32 cpu)
{
    __atomic_store_n(&thread->peer_cpu, cpu, __ATOMIC_RELEASE);
}
/* The present call is to end with code. Home. */
static inline void thread_call_cancel(struct thread *thread, retcode code)
{
    thread->cancel_code = code;
    __atomic_store_n(&thread->cancel_call, thread->calls, __ATOMIC_RELEASE);
}
static inline bool thread_call_cancelled(const struct thread *thread)
{
    return __atomic_load_n(&thread->cancel_call, __ATOMIC_ACQUIRE) == thread->calls;
}

static inline struct thread *thread_of(struct hal_context *context)
{
    return container_of(context, struct thread, context);
}
static inline struct thread *thread_current(void)
{
    return thread_of(cpu_self()->hal.current);
}
