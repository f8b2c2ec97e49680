/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests for dynamic channels (endpoint cm.CM): a client asks a server, both by their processes' names, and sleeps
 * until the server accepts, drops, or ends.
 *
 *   step      by                   under server->connections.lock
 *   1 ask     client's thread      takes a place (count). It goes to sleep in the request's own futex bucket; then, not
 *                                  before, the request joins the list, and arrivals changes
 *   2 look    thread of the server the first request goes to the end of the list; none: sleeps until arrivals changes
 *   3 answer  thread of the server the request leaves the list, with its answer: nobody else answers it
 *   4 wake    the same             (no lock) futex_wake claims the client's thread: the handle goes into its table, its
 *                                  response is set. Nobody is claimed if it has gone (time limit, end): the answer is
 *                                  void, and who gave it is told
 *   5 go      who drops the last   the request leaves the list if it still stands there, and gives its place back
 *             reference
 *
 * Between 2 and 3 the server finds a request by its names: those with the same hash, of which a client can make as many
 * as there are places, one at a time, in the order of their numbers; the lock is not held in between, and what has come
 * or gone meanwhile does not disturb that.
 *
 * Only the sleeping thread holds a reference for long (thread->futex_object), so a request goes with its wait. Who
 * finds it in the list takes one by object_try_reference. The lock is a leaf, held for CONNECTIONS_MAX requests at
 * most. A request holds a reference to the server's task, in which the lock is.
 */
#pragma once
#include <sched/futex.h>
#include <sched/thread.h>

#define CONNECTIONS_MAX         32U                       /* requests that wait for one server */
#define CONNECTION_SERVICE_SIZE 256U                      /* bytes of a service's name, terminator included */
#define CONNECTIONS_ENDED       ((struct connections *)1) /* of a task that had none when it ended: it gets none */

struct task;
struct endpoint;
struct channel;

/* Of a task as a server, once somebody has asked or listened; it goes with the task's memory. */
struct connections {
    struct spinlock lock;
    struct list requests; /* guarded by lock */
    u32 count;            /* places taken; guarded by lock */
    bool closed;          /* the task ends: set once, under lock */
    u64 number;           /* of the request that came last, from 1 on; guarded by lock */
    u32 arrivals; /* changes whenever there is a new request, under lock; servers' threads wait for it in bucket */
    struct futex_bucket bucket;
};

struct connection {
    struct object object; /* OBJECT_CONNECTION; no handle names it */
    struct list link;     /* in the server's requests until it is answered; guarded by the server's lock */
    struct task *server;  /* constant, with a reference */
    struct task *client;  /* constant, kept by quota */
    u64 number;           /* of its arrival; set when it comes into the list */
    u32 hash;             /* of both names: the list is searched without reading them */
    struct quota *quota;  /* the client's */
    struct epoch_entry epoch;
    /* The answer: written by who took it out of the list, read by the same when he wakes the client. */
    retcode code;
    u32 riid;
    struct channel *channel; /* with a reference, or null */
    u32 word;                /* nobody changes it: the client sleeps until it is claimed */
    struct futex_bucket bucket;
    char service[CONNECTION_SERVICE_SIZE];
};

void connection_room_init(void);
/* The task's, made if it has none; null: it has ended without, or there is no memory. */
struct connections *connections_get(struct task *task);
void connections_free(struct connections *connections);
/* The task ends: who waits for it gets rcNotConnected. With checkpoints. */
void connections_end(struct connections *connections);

/* Of a text, begun with `hash`: eight bytes at a time, each mixed in by FNV-1a's step. */
u32 text_hash(u32 hash, const char *text, u64 length);

/* A request's service, and the hash of both names: taken before a checkpoint, for it takes as long as they are. */
struct connection_name {
    const char *service;
    u64 length;
    u32 hash;
};
/* length: of service, without its end. */
struct connection_name connection_name(const char *client, const char *service, u64 length);

/* The running thread asks. rcOk: it sleeps (core_cm_complete or a time limit ends that). rcNotConnected, rcBusy (enough
 * wait for that server), rcInvalidArgument (service too long), rcQuotaExceeded, rcOutOfMemory. */
retcode connection_ask(struct thread *thread, struct task *server, const struct connection_name *name, u32 timeout_ms);
/* The names of the request that has not been looked at for longest; rcResourceNotFound: there is none, *arrivals is to
 * be waited for. client has KOS_SHORT_NAME_SIZE bytes, service CONNECTION_SERVICE_SIZE. */
retcode connection_look(struct connections *connections, char *client, char *service, u32 *arrivals);
struct futex_word connections_word(struct connections *connections, u32 arrivals);
/* A request by its names, with a reference, or null: of several the oldest. Both are shorter than their places in a
 * request. With checkpoints. */
struct connection *connection_find(struct connections *connections, const char *client,
                                   const struct connection_name *name);
/* Answers it, and drops the reference. The channel may be null. rcResourceNotFound: it was answered, or has gone. */
retcode connection_answer(struct connection *connection, retcode code, struct channel *channel, u32 riid);

/* Implemented by kernel/core_cm.c: the response for a client's thread that was claimed. */
void core_cm_complete(struct thread *thread);
