/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread of libkos knows about itself. */
#pragma once
#include <kos/thread.h>

/* A thread that has not been waited for. `users` wait for it right now; who takes the last interest away frees the
 * record. */
struct kos_thread_record {
    struct kos_thread_record *next; /* of the same bucket; guarded by the table's lock */
    Tid tid;
    Handle handle;
    ThreadRoutine routine;
    void *context;
    const void *on_stack; /* an address on its stack, once it runs */
    unsigned users;
    int detached, waited; /* waited: out of the table */
};

struct kos_thread {
    Tid tid;
    Handle handle;
    struct kos_thread_record *record; /* null: the first thread */
    void *tls;                        /* KosThreadTlsGet */
};
extern _Thread_local struct kos_thread kos_thread_self;

/* The first thread: before main, after its variables are there. */
void kos_thread_init_first(Tid tid, Handle handle);

/* The record of a thread, which does not go before it is dropped. Null: no such thread, or it has been waited for. */
struct kos_thread_record *kos_thread_record_use(Tid tid);
/* ended: nobody shall find it any more. */
void kos_thread_record_drop(struct kos_thread_record *record, int ended);
