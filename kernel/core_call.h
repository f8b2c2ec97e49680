/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the kernel's own endpoints. The caller does not switch threads: its request is verified and decided like any
 * message, the handler runs, the response is decided, and the caller goes on.
 */
#pragma once
#include <abi/core.h>
#include <abi/core_methods.h>
#include <ipc/ipc.h>
#include <kernel/task.h>

/* One request in progress. words: in, the parameters; out, words[0] is set to the handler's code by the dispatcher, the
 * rest by the handler. */
struct core_call {
    struct thread *self;
    struct task *task; /* of self */
    word *words;       /* 8 words: self->context.words */
    const u8 *arena;   /* the kernel's own copy of the request's arena, or null */
    u64 arena_size;
    u8 *response_arena; /* where the handler writes what goes back, or null */
    u64 response_capacity, response_size;
};

/*
 * In a handler of a method, or what it calls with its `call`: CORE_METHOD(VMM, Allocate), then IN(addr) is a parameter
 * of the request and OUT(va) one of the answer, by their names in sdk/kl/core. They lie in the same words: what is
 * needed of a request is read before the answer is written, and a handler that returns PREEMPTED has written nothing.
 */
#define CORE_METHOD(interface, method)                                                                                 \
    typedef struct kos_core_##interface##_##method##_in core_in [[maybe_unused]];                                      \
    typedef struct kos_core_##interface##_##method##_out core_out [[maybe_unused]]
#define IN(name)  (call->words[offsetof(core_in, name) / 8])
#define OUT(name) (call->words[offsetof(core_out, name) / 8])

/* What a handler returns when the caller is blocked, or has ended, or has its response set already: nothing more is
 * done to it. */
#define CORE_BLOCKED ((retcode)1)
/* PREEMPTED (smp/preemption.h): to be called again with the same words; where it stands is in self->work.progress. */

typedef retcode core_handler(struct core_call *call);

#define CORE_HANDLER(interface, method, rq, rqa, rs, rsa) core_handler core_##interface##_##method;
KOS_CORE_METHODS(CORE_HANDLER)
#undef CORE_HANDLER

void core_object_init(void); /* gives the kernel its SID: before the policy is asked about anything */
void core_call_init(void);
/* The object behind every task's KOS_CORE_HANDLE. */
struct object *core_object(void);

/* Sets the response of a thread in a core call that is not running (or is about to leave): rc, and the words behind it
 * as far as the method has them. */
void core_respond(struct thread *thread, retcode code, word w1, word w2);
void core_respond_more(struct thread *thread, retcode code, word w1, word w2, word w3);
/* The same for a thread in that method, by names: CORE_RESPOND(thread, code, CM, Connect, .handle = handle). */
#define CORE_RESPOND(thread, code, interface, method, ...)                                                             \
    do {                                                                                                               \
        static_assert(KOS_WORDS_##interface##_##method##_out <= 4);                                                    \
        union {                                                                                                        \
            word words[4];                                                                                             \
            struct kos_core_##interface##_##method##_out out;                                                          \
        } answer_ = {};                                                                                                \
        answer_.out = (struct kos_core_##interface##_##method##_out){__VA_ARGS__};                                     \
        core_respond_more((thread), (code), answer_.words[1], answer_.words[2], answer_.words[3]);                     \
    } while (0)

/* core_notice.c: the same for one that was woken to take an event of the notice in futex_object. */
void core_notice_complete(struct thread *thread);

/* A handle of the caller's for a new object, whose reference goes, also where the table has no room. Codes of
 * handle_insert. */
#define CORE_OBJECT_RIGHTS (KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT)
retcode core_give_object(struct core_call *call, struct object *object, u32 rights, u32 *handle);

/* A chunk (struct kos_chunk) of so many bytes from the arena's offset on, as the word of a parameter. */
static inline word core_chunk(u64 offset, u64 size)
{
    return offset | (size << 32);
}
static inline u64 core_chunk_size(word chunk)
{
    return chunk >> 32;
}
/* NUL-terminated string of a chunk of the request: null if malformed or empty. Valid during the call. With checkpoints
 * if it is long, so it is the first thing that a method does; its length is core_chunk_size() - 1. */
const char *core_string(const struct core_call *call, word chunk);
/* The same; null also if it is not shorter than KOS_SHORT_NAME_SIZE. */
const char *core_short_string(const struct core_call *call, word chunk);
/* Bytes of a chunk; false if out of bounds. */
bool core_bytes(const struct core_call *call, word chunk, const u8 **bytes, u32 *size);
/* Appends bytes to the response arena and stores their chunk in a parameter of the answer. rcBufferTooSmall. */
retcode core_return_bytes(struct core_call *call, word *chunk, const void *bytes, u64 size);
/* Thread or task named by a handle of the caller, with a reference. ~0 = the caller's own. */
retcode core_task(struct core_call *call, u32 handle, u32 rights, struct task **task);
retcode core_thread(struct core_call *call, u32 handle, u32 rights, struct thread **thread);
/* The same for a task's handle: its first thread, until it runs (rcInvalidOperation). */
retcode core_first_thread(struct core_call *call, u32 handle, struct thread **thread);
