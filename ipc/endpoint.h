/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint: where servers receive; what a server or listener handle names. Channel: what a client handle names.
 *
 * Life of a Call (thread states), with who owns the client's IPC state:
 *
 *   from        event                                   to          owner afterwards; code
 *   RUNNABLE    Call, a receiver parked on this CPU     REPLY_WAIT  this CPU (client's home)
 *   RUNNABLE    Call, one parked on another CPU s       CALLING     s, to which it travels: ipc/cross.c
 *   RUNNABLE    Call, else                              CALLING     the endpoint (its lock); serving CPUs are poked
 *   CALLING     a receiver takes it on CPU s            REPLY_WAIT  s
 *   CALLING     time limit, IPC interrupt               RUNNABLE    home; rcTimeout, rcIpcInterrupt
 *   CALLING     channel gone, endpoint gone             RUNNABLE    home; rcHandleRevoked, rcNotConnected
 *   REPLY_WAIT  Reply on s                              RUNNABLE    home, by its inbox if s is another CPU
 *   REPLY_WAIT  server thread ends, or receives again   RUNNABLE    home; rcNotConnected, rcAbort
 *   REPLY_WAIT  time limit, channel gone                RUNNABLE    home asks s (cancel_request): s unlinks the
 *                                                                   server, whose Reply then says rcNotConnected, and
 *                                                                   sends the client home; rcTimeout, rcHandleRevoked
 *   either      client terminated                       DEAD        as by a time limit
 *
 * A receiver parks only on its own CPU, in the slot of that CPU, which only that CPU touches. `receiver` is null, a
 * thread, or SLOT_CONTENDED: callers wait in endpoint->callers, so the next Recv here must take the slow path.
 * endpoint->lock is a leaf.
 *
 * What concerns all of an endpoint's threads is done in steps (ipc/work.c, sched/steps.h), by each CPU for its own:
 *
 *   what has happened, under endpoint->lock    is noted as                     then
 *   the level of the first caller is another   waiting_level, news + 1         each serving CPU's pass
 *   a handle to receive with has gone          forgotten := news := news + 1   each serving CPU's pass
 *   the endpoint has closed                    closed, news + 1                the same; callers that wait end
 *   a channel has closed                       closed; in `closing`            its callers that wait end
 *   the last of those has ended                in `going`, its news := news+1  each serving CPU's pass
 *   a caller waits                             -                               parked receivers take one a step
 *
 * Callers that wait are ended one a step, by any CPU that is at it: who closed something is.
 *
 *   a pass of one CPU                                                what else happens meanwhile
 *   begin   slot->begun := news                                      news: another pass, from the first server
 *   step    a server of this CPU whose `seen` is not begun:          one that leaves is left out; one that comes is
 *           everything about it as it should be now; seen := begun;  seen to where it comes
 *           to the end of the list
 *   end     all have; nobody is on his way here (incoming):
 *           passed := begun
 *
 * Whoever changes something pokes the serving CPUs afterwards. A channel that is going is freed when all of them have
 * passed its news: nobody looks at it any more. Between its closing and the end of its calls it serves nobody: who
 * takes a caller looks whether its channel is closed. The steps have the level of whoever closed, or of the callers
 * that wait or did (endpoint->urgency): threads that are more urgent do not wait for them.
 */
#pragma once
#include <ksm/ksm.h>
#include <sched/scheduler.h>
#include <sched/steps.h>

#define SLOT_CONTENDED ((struct thread *)1)

struct endpoint_slot {
    cache_aligned struct thread *receiver; /* what the fast path takes */
    struct list parked;                    /* more receivers of this CPU */
    struct request poke;                   /* "there is something to be done": from any CPU to this one */
    u64 passed;                            /* guarded by lock, written by this CPU */
    u32 incoming;                          /* threads that move here; guarded by lock */
    /* slow side; this CPU's own */
    cache_aligned struct steps steps; /* waiting: with a reference to the endpoint */
    struct list servers;              /* threads of this CPU that receive here: receive_link */
    u64 begun;
};
static_assert(sizeof(struct endpoint_slot) == CPU_SLOT_SIZE, "cpu->slot_offset scales by it");

struct endpoint {
    struct object object; /* OBJECT_ENDPOINT */
    struct domain *owner; /* server; constant; valid while not closed */
    u32 owner_class;      /* constant */
    u32 owner_sid;
    struct spinlock lock;
    struct tree callers;       /* CALLING threads, most urgent first, then as they came; guarded by lock */
    struct list closing;       /* closed channels with callers that wait, in turn (going_link); guarded by lock */
    struct list going;         /* those that CPUs have yet to pass, in the order of their news; guarded by lock */
    u64 serving;               /* CPUs on which a thread receives or received; guarded by lock */
    u64 unpoked;               /* CPUs that are to be poked yet; guarded by lock */
    u64 news;                  /* number of the last change that concerns the servers; guarded by lock */
    _Atomic u64 forgotten;     /* of the last handle that went; written under lock */
    _Atomic u32 waiting_level; /* of the first of callers, 0 if none or standard; written under lock */
    _Atomic u32 urgency;       /* of what is to be done; written under lock */
    _Atomic bool closed;       /* no handle is left to receive on; written under lock */
    struct quota *quota;
    struct epoch_entry epoch;
    struct endpoint_slot slots[]; /* one per CPU */
};

struct channel {
    /* fast path */
    struct ksm_pair *pair;       /* decisions of (class of the client it was made for, server's class); constant */
    struct endpoint_slot *slots; /* endpoint->slots; constant */
    /* slow side */
    struct endpoint *endpoint;   /* holds a reference */
    struct arena *_Atomic arena; /* attached, with a reference; set once, published with release */
    vaddr arena_server;          /* where the server sees it */
    u32 arena_discipline;        /* KOS_ARENA_*; not AUTO before an arena is attached: whatever the client asks for */
    struct object object;        /* OBJECT_CHANNEL */
    bool closed;                 /* no client handle is left; set once, under endpoint->lock */
    struct list callers;         /* CALLING threads that wait at the endpoint; guarded by endpoint->lock */
    struct list going_link;      /* in endpoint->closing or going, with a reference; guarded by endpoint->lock */
    u64 news;                    /* that of its going; guarded by endpoint->lock */
    struct quota *quota;
    struct epoch_entry epoch;
};

void ipc_init(void); /* boot, after cpu_count is final */

/* rcQuotaExceeded, rcOutOfMemory. One reference each, for the caller. */
retcode endpoint_create(struct domain *owner, struct endpoint **endpoint);
retcode channel_create(struct domain *client, struct endpoint *endpoint, struct channel **channel);

/* "There is something to be done": to a CPU; to those of a set, but for this one: to a few at once, and the rest is
 * noted (unpoked), for them and for this CPU's steps: each takes a few in a step. */
void endpoint_poke(struct endpoint *endpoint, u32 cpu);
void endpoint_poke_all(struct endpoint *endpoint, u64 cpus); /* none of them this one */
static inline void endpoint_poke_others(struct endpoint *endpoint, u64 cpus)
{
    u64 others = cpus & ~(1ULL << cpu_self()->hal.index);
    if (others != 0)
        endpoint_poke_all(endpoint, others);
}
/* Under endpoint->lock: a few that are to be poked, taken out of unpoked. */
u64 endpoint_unpoked_few(struct endpoint *endpoint);
static inline struct endpoint_slot *endpoint_own_slot(struct endpoint *endpoint)
{
    return &endpoint->slots[cpu_self()->hal.index];
}
/* A receiver parked on this CPU, taken out; null if none. */
struct thread *endpoint_take(struct endpoint *endpoint);
/* Parks the running thread here (state RECEIVING set, blocked by the caller). */
void endpoint_park(struct endpoint *endpoint, struct thread *thread);
/* Takes a parked thread out again. */
void endpoint_unpark(struct thread *thread);
/* ---- queue.c: what takes or changes a place among the callers takes logarithmic time ---- */
/* The order of callers. */
bool endpoint_caller_before(const struct tree_node *a, const struct tree_node *b);
/* Queues a CALLING thread and pokes the CPUs that serve. rcNotConnected if the endpoint is closed, rcHandleRevoked if
 * its channel is. */
retcode endpoint_queue(struct endpoint *endpoint, struct thread *client);
/* Most urgent waiting caller, taken out; null if none. *code: rcOk, or what its call ends with, for it is not to be
 * served. There may be work for this CPU afterwards. */
struct thread *endpoint_next_caller(struct endpoint *endpoint, retcode *code);
/* The same for who already has the lock; *concerned: CPUs to be poked when it is open again. */
struct thread *endpoint_caller_out(struct endpoint *endpoint, struct thread *client, u64 *concerned);
static inline struct thread *endpoint_first_caller(const struct endpoint *endpoint)
{
    return tree_entry(endpoint->callers.first, struct thread, call_node);
}
/* Takes a waiting caller out, if it is one; false if not. *peer_cpu is then where it travels, or who took it. */
bool endpoint_leave(struct endpoint *endpoint, struct thread *client, u32 *peer_cpu);
/* ---- work.c: the second table above ---- */
/* Some of what this CPU has to do for the endpoint is done at once, the rest in steps. Not from within a step. */
void endpoint_work(struct endpoint *endpoint);
/* All of it in steps. */
void endpoint_work_later(struct endpoint *endpoint);
/* There are news for servers. Some of them at once, the rest in steps; ends no call of one that waits. */
void endpoint_levels(struct endpoint *endpoint);
/* It has moved to this CPU. */
void endpoint_server_arrives(struct endpoint *endpoint, struct thread *server);
/* Under endpoint->lock: steps are as urgent as that from now on. */
static inline void endpoint_urge(struct endpoint *endpoint, u32 level)
{
    if (level > atomic_load_explicit(&endpoint->urgency, memory_order_relaxed))
        atomic_store_explicit(&endpoint->urgency, level, memory_order_relaxed);
}
/* That of who closes something: the running thread's. */
static inline u32 endpoint_closer_level(void)
{
    return cpu_self()->busy ? thread_current()->level : RUN_LEVEL_STANDARD;
}
/* ---- endpoint.c ---- */
/* The thread receives on this endpoint, on this CPU, from now on: rcOk, or rcInvalidHandle if the endpoint, borrowed,
 * is on its way out. */
retcode endpoint_attach(struct endpoint *endpoint, struct thread *thread);
/* Looks without a lock, for a thread that is attached: see receive() in ipc/call.c. */
static inline bool endpoint_is_closed(const struct endpoint *endpoint)
{
    return atomic_load_explicit(&endpoint->closed, memory_order_relaxed);
}
static inline bool endpoint_has_callers(const struct endpoint *endpoint)
{
    return *(struct tree_node *const volatile *)&endpoint->callers.first != nullptr;
}
void endpoint_detach(struct thread *thread);
/* A handle to receive with has gone: whoever receives here looks his up before he does so again. On other CPUs soon. */
void endpoint_forget_handles(struct endpoint *endpoint);
