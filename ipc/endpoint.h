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
 */
#pragma once
#include <ksm/ksm.h>
#include <sched/scheduler.h>

#define SLOT_CONTENDED ((struct thread *)1)

struct endpoint_slot {
    cache_aligned struct thread *receiver; /* what the fast path takes */
    struct list parked;                    /* more receivers of this CPU */
    struct request poke;                   /* "callers wait": from any CPU to this one */
    struct endpoint *endpoint;             /* constant */
};
static_assert(sizeof(struct endpoint_slot) == KOS_CACHE_LINE, "cpu->slot_offset scales by it");

struct endpoint {
    struct object object; /* OBJECT_ENDPOINT */
    struct domain *owner; /* server; constant; valid while not closed */
    u32 owner_class;      /* constant */
    u32 owner_sid;
    struct spinlock lock;
    struct tree callers;       /* CALLING threads, most urgent first, then as they came; guarded by lock */
    struct list threads;       /* threads that receive here (receive_link); guarded by lock */
    struct list going;         /* channels whose calls other CPUs must still end (going_link); guarded by lock */
    u64 serving;               /* CPUs on which a thread receives or received; guarded by lock */
    _Atomic u32 waiting_level; /* of the first of callers, 0 if none or standard; written under lock */
    bool inherits;             /* waiting_level has been other than 0; set once, under lock */
    u64 forget;                /* CPUs whose threads must look their handle up again; guarded by lock */
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
    struct list going_link;      /* in endpoint->going, with a reference; guarded by endpoint->lock */
    u64 going_cpus;              /* CPUs that have not ended its calls yet; guarded by endpoint->lock */
    struct quota *quota;
    struct epoch_entry epoch;
};

void ipc_init(void); /* boot, after cpu_count is final */

/* rcQuotaExceeded, rcOutOfMemory. One reference each, for the caller. */
retcode endpoint_create(struct domain *owner, struct endpoint **endpoint);
retcode channel_create(struct domain *client, struct endpoint *endpoint, struct channel **channel);

/* "Look at what waits": to a CPU. */
void endpoint_poke(struct endpoint *endpoint, u32 cpu);
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
/* Most urgent waiting caller, taken out; null if none. */
struct thread *endpoint_next_caller(struct endpoint *endpoint);
/* One that called through the channel. */
struct thread *endpoint_next_through(struct endpoint *endpoint, const struct channel *channel);
/* Takes a waiting caller out, if it is one; false if not. *peer_cpu is then where it travels, or who took it. */
bool endpoint_leave(struct endpoint *endpoint, struct thread *client, u32 *peer_cpu);
/* This CPU's servers of the endpoint have the levels that follow from whom they serve and who waits. */
void endpoint_levels(struct endpoint *endpoint);
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
