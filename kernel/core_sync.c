/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint sync.Sync. */
#include <ipc/interrupt.h>
#include <ipc/shared_memory.h>
#include <kernel/connection.h>
#include <kernel/core_call.h>
#include <memory/user_copy.h>
#include <sched/futex.h>

static_assert(KOS_CORE_SYNC_WaitAny_out_index == 1 && KOS_CORE_SYNC_Wait_out_outDelay == 1);

/* Its own work comes first: not STATUS, from which it would be resumed by others. */
static void respond_any(struct thread *thread, retcode code, u32 index)
{
    core_respond(thread, code, index, 0);
    if (thread->context.kind != HAL_RESUME_STATUS)
        return;
    memset(thread->context.words, 0, sizeof(thread->context.words));
    thread->context.selector = 0;
    thread->context.kind = HAL_RESUME_CALL;
}

void futex_complete(struct thread *thread, retcode code, u32 index)
{
    if (unlikely(thread->core_response == 0)) /* it receives interrupts */
        interrupt_complete(thread, code);
    else if (code == rcOk && unlikely(thread->futex_object != nullptr) && thread->futex_object->type >= OBJECT_NOTICE)
        (thread->futex_object->type == OBJECT_NOTICE ? core_notice_complete : core_cm_complete)(thread);
    else if (likely(thread->futex_words <= 1))
        core_respond(thread, code, index, 0); /* index 0 */
    else
        respond_any(thread, code, index);
}

/* All of the words that are or-ed together. */
static bool fits_u32(word all)
{
    return all <= 0xffffffffU;
}

static retcode wait(struct core_call *call, const struct futex_word *word, u32 timeout_ms)
{
    retcode code = futex_wait(call->self, word, timeout_ms);
    return code == rcOk ? CORE_BLOCKED : code;
}

retcode core_SYNC_Wait(struct core_call *call)
{
    CORE_METHOD(SYNC, Wait);
    if (!fits_u32(IN(val) | IN(delay)))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, IN(ptr), (u32)IN(val));
    retcode code = wait(call, &word, (u32)IN(delay));
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
        if (count == 1) {
            code = wait(call, words, timeout_ms);
        } else {
            bool blocked = false;
            code = futex_wait_any(call->self, words, count, timeout_ms, index, &blocked);
            code = blocked ? CORE_BLOCKED : code;
        }
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
    while (woken < count && woken < FUTEX_AT_ONCE) {
        u32 found = futex_wake_one(word);
        if (found == 0)
            break;
        woken += found == 1;
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
    u32 found = likely(IN(nThreads) == 1) ? futex_wake_one(&word) : FUTEX_SWEPT;
    OUT(wokenCnt) = likely(found != FUTEX_SWEPT) ? found : wake_several(&word, (u32)IN(nThreads));
    return rcOk;
}

static u32 at_once(word count)
{
    return count < FUTEX_AT_ONCE ? (u32)count : FUTEX_AT_ONCE;
}

/* One after the other, too. The value counts each time: when it changes, or cannot be read any more, that is all. */
static retcode requeue(struct core_call *call, const struct futex_word *word, const struct futex_word *target,
                       u32 *to_wake, u32 *to_move)
{
    u32 wake = *to_wake, move = *to_move, woken = 0, moved = 0, found = 0;
    retcode code;
    do {
        enum futex_what what = woken < wake ? FUTEX_WAKES : moved < move ? FUTEX_MOVES : FUTEX_LOOKS;
        code = futex_requeue(call->self, word, target, what, &found);
        woken += what == FUTEX_WAKES && found == 1;
        moved += what == FUTEX_MOVES && found == 1;
        if (found != 0)
            checkpoint();
    } while (found != 0 && (woken < wake || moved < move));
    *to_wake = woken, *to_move = moved;
    return woken + moved != 0 ? rcOk : code;
}

retcode core_SYNC_Requeue(struct core_call *call)
{
    CORE_METHOD(SYNC, Requeue);
    if (!fits_u32(IN(val) | IN(nWake) | IN(nMove)))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, IN(ptr), (u32)IN(val));
    struct futex_word target = futex_private(&call->task->domain, IN(target), 0);
    u32 woken = at_once(IN(nWake)), moved = at_once(IN(nMove));
    retcode code = requeue(call, &word, &target, &woken, &moved);
    if (code == PREEMPTED)
        return code;
    OUT(wokenCnt) = woken;
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
    code = wait(call, &word, (u32)IN(delay));
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
