/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena: memory that a client fills with the variable part of its requests and its servers read in place. It is made
 * with its one writable mapping, in the client; attaching it to a channel maps it, read-only, into the server.
 *
 *   discipline   a request's arena that lies in it                       until the reply, the client
 *   copied       goes into the receiver's own arena                      may change its copy
 *   sealed       stays: the client's pages lose write access, on all     waits if it writes there (a fault that is
 * tried CPUs, before the request is verified or decided         again); other parts of the arena are free shared stays
 * may change it: nothing may be decided by it
 *
 * One sealed request at a time: a second one meanwhile is copied. The seal belongs to the server thread: it goes when
 * that replies, receives again or ends, however the client's Call ended before.
 */
#pragma once
#include <ipc/ipc.h>

struct arena {
    struct object object;   /* OBJECT_ARENA */
    struct mapping mapping; /* stands for each of its mappings, which hold a reference each */
    paddr backing;          /* contiguous; constant */
    u64 size;               /* constant */
    struct domain *client;  /* constant; kept by quota */
    vaddr client_base;      /* where it is mapped there; constant */
    _Atomic u32 in_flight;  /* 1: sealed; who exchanges 0 for 1 seals */
    struct quota *quota;
    struct epoch_entry epoch;
};

void arena_init(void);
/* In the space of domain. rcInvalidArgument (size), rcOutOfMemory, rcQuotaExceeded. One reference. */
retcode arena_create(struct domain *client, u64 size, struct arena **arena);
/* rcInvalidArgument (discipline; another client's arena), rcAlreadyExists, rcNotConnected, rcOutOfMemory... */
retcode arena_attach(struct channel *channel, struct arena *arena, u32 discipline);

/* Where the receiver finds the arena of a request in place, or 0: it is to be copied. Seals it if that is the
 * discipline: server->sealed. */
vaddr arena_in_place(const struct thread *client, struct thread *server, struct message *message);
/* Server, in its own call or work, is done with the request. With checkpoints. */
void arena_unseal_slow(struct thread *server);
static inline void arena_unseal(struct thread *server)
{
    if (unlikely(server->sealed != nullptr))
        arena_unseal_slow(server);
}
