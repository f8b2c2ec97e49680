/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the caller. Everything here but struct random is shared by its threads, which spoil it for each
 * other on purpose. */
#pragma once
#include <kos/core.h>
#include <tests/random_calls/protocol.h>
#include <tests/random_calls/random.h>

/* What a handle was made as; ANY: whatever. */
enum pool { CHANNEL, LISTENER, OBJECT, THREAD, TASK, FILE_, SYNC, BADGE, MEMORY, ANY, POOLS };
/* A handle, mostly one of that pool. */
Handle any_handle(struct random *random, enum pool pool);
/* Into the pool, in place of another, which is mostly closed. */
void keep(struct random *random, enum pool pool, Handle handle);
void pool_set(enum pool pool, unsigned index, Handle handle);

/* Addresses of memory that was allocated, of data, and of everything that is none of its business. */
nk_uint64_t any_place(struct random *random);
/* Allocates other pages in place of some. */
void replace_pages(struct random *random);
nk_uint64_t any_word(struct random *random);

/*
 * A parameter, mostly of its kind: h c l o t K F y b M handles (any, channel, listener, object, thread, task, file,
 * sync object, badge, shared memory); a place, z size, f p v flags of VMM; x offset of a page, 1 a page, w offset of a
 * word; m milliseconds, T a time, B budget or period; q class and priority; R rights; U CPUs; r a routine; g flags of a
 * thread; i RIID; N C P chunks of strings for Task.Create, S of any string; W a chunk of words for Sync.WaitAny; n a
 * small number; 0.
 */
nk_uint64_t parameter(struct random *random, char kind);

/* The request's constant part and arena when they are in memory. */
extern unsigned long long constant[1024];
extern char arena[16384];
void strings_init(void);

/* Address of a buffer descriptor for an outgoing or incoming message, mostly right. arena_most: bytes. */
nk_uint64_t outgoing_buffer(struct random *random, nk_uint64_t info, rtl_uint32_t arena_size);
nk_uint64_t incoming_buffer(struct random *random);
/* The system call, sometimes with a bit of it wrong. */
Retcode make(struct random *random, struct kos_message_words *m);
/* Words from m to memory: outgoing_buffer. */
void to_memory(struct random *random, struct kos_message_words *m, rtl_uint32_t arena_size);

/* One call each. */
void core_call(struct random *random);
void message_call(struct random *random);
void message_serve(struct random *random);
void message_reply(struct random *random);
void nonsense(struct random *random);

/* For threads made by the caller itself. */
void caller_thread(void *context, void *context2);
extern rtl_uint32_t cpus;
