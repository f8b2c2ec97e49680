/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint sync.Sync. */
#include <ipc/interrupt.h>
#include <ipc/shared_memory.h>
#include <kernel/connection.h>
#include <kernel/core_call.h>
#include <memory/user_copy.h>
#include <sched/futex.h>

void futex_complete(struct thread *thread, retcode code, u32 index)
{
    if (unlikely(thread->core_response == 0)) /* it receives interrupts */
        interrupt_complete(thread, code);
    else if (code == rcOk && unlikely(thread->futex_object != nullptr) && thread->futex_object->type >= OBJECT_NOTICE)
        (thread->futex_object->type == OBJECT_NOTICE ? core_notice_complete : core_cm_complete)(thread);
    else
        core_respond(thread, code, index, 0); /* 0 but for WaitAny, which has nothing behind it */
}

/* All of the words that are or-ed together. */
static bool fits_u32(word all)
{
    return all <= 0xffffffffU;
}

static_assert(KOS_CORE_SYNC_WaitAny_out_index == 1 && KOS_CORE_SYNC_Wait_out_outDelay == 1);

/* *index: as futex_wait. */
static retcode wait(struct core_call *call, const struct futex_word *words, u32 count, u32 timeout_ms, u32 *index)
{
    *index = 0;
    retcode code = futex_wait(call->self, words, count, timeout_ms, index);
    return code == rcOk ? CORE_BLOCKED : code;
}

retcode core_SYNC_Wait(struct core_call *call)
{
    CORE_METHOD(SYNC, Wait);
    u32 index;
    if (!fits_u32(IN(val) | IN(delay)))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, IN(ptr), (u32)IN(val));
    retcode code = wait(call, &word, 1, (u32)IN(delay), &index);
    if (code < rcOk) /* else the words are still needed, or the answer comes otherwise */
        OUT(outDelay) = 0;
    return code;
}

/* A word that cannot be read is found out when it is looked at for the wait; meanwhile others may take it away again.
 */
static retcode wait_for_any(struct core_call *call, const struct futex_word *words, u32 count, u32 timeout_ms,
                            u32 *index)
{
    retcode code = PREEMPTED;
    *index = 0;
    for (u32 tries = 0; code == PREEMPTED && tries <= USER_COPY_TRIES; tries++) {
        for (u32 i = 0; i < count; i++) {
            u32 value;
            if (unlikely(!hal_load_user_u32(&value, words[i].address)))
                (void)user_bring(&call->task->domain.space, words[i].address, sizeof(value), HAL_ACCESS_READ);
        }
        checkpoint();
        if (call->self->dying) /* it must not wait any more */
            return rcAbort;
        code = wait(call, words, count, timeout_ms, index);
    }
    return code == PREEMPTED ? rcInvalidArgument : code;
}

retcode core_SYNC_WaitAny(struct core_call *call)
{
    CORE_METHOD(SYNC, WaitAny);
    const u8 *bytes;
    u32 size, index;
    struct kos_idl_SYNC_Word given[FUTEX_WORDS];
    struct futex_word words[FUTEX_WORDS];
    static_assert(FUTEX_WORDS == KOS_IDL_SYNC_WordsMax); /* the request has been verified */
    if (!fits_u32(IN(delay)) || !core_bytes(call, IN(words), &bytes, &size) || size == 0)
        return rcInvalidArgument;
    memcpy(given, bytes, size);
    u32 count = size / sizeof(given[0]);
    for (u32 i = 0; i < count; i++) {
        if (given[i].reserved != 0)
            return rcInvalidArgument;
        words[i] = futex_private(&call->task->domain, given[i].ptr, given[i].val);
    }
    checkpoint();
    retcode code = wait_for_any(call, words, count, (u32)IN(delay), &index);
    OUT(index) = index;
    return code;
}

/* One after the other, as each may be as long as a path may. */
[[gnu::noinline]] static u32 wake_several(const struct futex_word *word, u32 count)
{
    u32 woken = 0;
    while (woken < count && woken < FUTEX_AT_ONCE && futex_wake_one(word) == 1) {
        woken++;
        checkpoint();
    }
    return woken;
}

retcode core_SYNC_Wake(struct core_call *call)
{
    CORE_METHOD(SYNC, Wake);
    if (!fits_u32(IN(nThreads)))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, IN(ptr), 0);
    if (likely(IN(nThreads) == 1))
        OUT(wokenCnt) = futex_wake_one(&word);
    else
        OUT(wokenCnt) = wake_several(&word, (u32)IN(nThreads));
    return rcOk;
}

retcode core_SYNC_Requeue(struct core_call *call)
{
    CORE_METHOD(SYNC, Requeue);
    if (!fits_u32(IN(val) | IN(nWake) | IN(nMove)))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, IN(ptr), (u32)IN(val));
    struct futex_word target = futex_private(&call->task->domain, IN(target), 0);
    u32 woken = (u32)IN(nWake), moved = (u32)IN(nMove);
    retcode code = futex_requeue(call->self, &word, &target, &woken, &moved);
    if (code == PREEMPTED)
        return code;
    OUT(wokenCnt) = code == rcOk ? woken : 0;
    OUT(movedCnt) = moved;
    return code;
}

retcode core_SYNC_Lock(struct core_call *call)
{
    CORE_METHOD(SYNC, Lock);
    bool blocked = false;
    if (!fits_u32(IN(delay)))
        return rcInvalidArgument;
    retcode code = pi_lock(call->self, IN(ptr), (u32)IN(delay), &blocked);
    if (!blocked)
        return code;
    /* That was long, and leaving may be, too. Nothing is left to do here but for work, which has an end. */
    if (call->self->work.run == nullptr && preemption_point())
        hal_interrupts_take();
    return CORE_BLOCKED;
}

retcode core_SYNC_Unlock(struct core_call *call)
{
    CORE_METHOD(SYNC, Unlock);
    return pi_unlock(call->self, IN(ptr));
}

/* The word at an offset of the memory that a handle names, which is borrowed. */
static retcode shared_word(struct core_call *call, word mdl, u64 offset, u32 value, struct shared_memory **memory,
                           struct futex_word *word)
{
    struct object *object;
    retcode code = handle_borrow(&call->task->domain.handles, (u32)mdl, OBJECT_MEMORY, KOS_RIGHT_MEMORY_READ, &object);
    if (code != rcOk)
        return code;
    *memory = container_of(object, struct shared_memory, object);
    return shared_memory_word(*memory, offset, value, word);
}

retcode core_SYNC_WaitShared(struct core_call *call)
{
    CORE_METHOD(SYNC, WaitShared);
    u32 index;
    struct shared_memory *memory;
    struct futex_word word;
    if (!fits_u32(IN(val) | IN(delay)))
        return rcInvalidArgument;
    retcode code = shared_word(call, IN(mdl), IN(offset), (u32)IN(val), &memory, &word);
    if (code != rcOk)
        return code;
    if (!object_try_reference(&memory->object))
        return rcInvalidHandle;
    call->self->futex_object = &memory->object; /* the bucket must stay */
    code = wait(call, &word, 1, (u32)IN(delay), &index);
    OUT(outDelay) = 0;
    return code;
}

retcode core_SYNC_WakeShared(struct core_call *call)
{
    CORE_METHOD(SYNC, WakeShared);
    struct shared_memory *memory;
    struct futex_word word;
    if (!fits_u32(IN(nThreads)))
        return rcInvalidArgument;
    retcode code = shared_word(call, IN(mdl), IN(offset), 0, &memory, &word);
    OUT(wokenCnt) = code == rcOk ? futex_wake(&word, (u32)IN(nThreads)) : 0;
    return code;
}
