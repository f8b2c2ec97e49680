/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint sync.Sync. */
#include <ipc/interrupt.h>
#include <ipc/shared_memory.h>
#include <kernel/connection.h>
#include <kernel/core_call.h>
#include <sched/futex.h>

void futex_complete(struct thread *thread, retcode code, u32 index)
{
    if (unlikely(thread->core_response == 0)) /* it receives interrupts */
        interrupt_complete(thread, code);
    else if (code == rcOk && unlikely(thread->futex_object != nullptr) && thread->futex_object->type >= OBJECT_NOTICE)
        (thread->futex_object->type == OBJECT_NOTICE ? core_notice_complete : core_cm_complete)(thread);
    else
        core_respond(thread, code, index, 0);
}

static bool fits_u32(const struct core_call *call, u32 first, u32 last)
{
    for (u32 i = first; i <= last; i++)
        if (call->words[i] > 0xffffffffU)
            return false;
    return true;
}

static retcode wait(struct core_call *call, const struct futex_word *words, u32 count, u32 timeout_ms)
{
    u32 index = 0;
    retcode code = futex_wait(call->self, words, count, timeout_ms, &index);
    call->words[1] = index;
    return code == rcOk ? CORE_BLOCKED : code;
}

retcode core_SYNC_Wait(struct core_call *call)
{
    if (!fits_u32(call, 1, 2))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, call->words[0], (u32)call->words[1]);
    return wait(call, &word, 1, (u32)call->words[2]);
}

retcode core_SYNC_WaitAny(struct core_call *call)
{
    const u8 *bytes;
    u32 size;
    struct kos_sync_word given[FUTEX_WORDS];
    struct futex_word words[FUTEX_WORDS];
    if (!fits_u32(call, 1, 1) || !core_bytes(call, call->words[0], &bytes, &size) || size == 0 ||
        size > sizeof(given) || size % sizeof(given[0]) != 0)
        return rcInvalidArgument;
    memcpy(given, bytes, size);
    u32 count = size / sizeof(given[0]);
    for (u32 i = 0; i < count; i++) {
        if (given[i].reserved != 0)
            return rcInvalidArgument;
        words[i] = futex_private(&call->task->domain, given[i].address, given[i].value);
    }
    checkpoint();
    for (u32 i = 0; i < count; i++) { /* one that is not there yet is not to be brought in while all are looked at */
        u32 value;
        if (given[i].address % 4 == 0 && hal_load_user_u32(&value, given[i].address))
            checkpoint();
    }
    if (call->self->dying) /* it must not wait any more */
        return rcAbort;
    return wait(call, words, count, (u32)call->words[1]);
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
    if (!fits_u32(call, 1, 1))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, call->words[0], 0);
    if (likely(call->words[1] == 1))
        call->words[1] = futex_wake_one(&word);
    else
        call->words[1] = wake_several(&word, (u32)call->words[1]);
    return rcOk;
}

retcode core_SYNC_Requeue(struct core_call *call)
{
    if (!fits_u32(call, 1, 2) || !fits_u32(call, 4, 4))
        return rcInvalidArgument;
    struct futex_word word = futex_private(&call->task->domain, call->words[0], (u32)call->words[1]);
    struct futex_word target = futex_private(&call->task->domain, call->words[3], 0);
    u32 woken = (u32)call->words[2], moved = (u32)call->words[4];
    retcode code = futex_requeue(&word, &target, &woken, &moved);
    call->words[1] = code == rcOk ? woken : 0;
    call->words[2] = moved;
    return code;
}

retcode core_SYNC_Lock(struct core_call *call)
{
    bool blocked = false;
    if (!fits_u32(call, 1, 1))
        return rcInvalidArgument;
    retcode code = pi_lock(call->self, call->words[0], (u32)call->words[1], &blocked);
    if (!blocked)
        return code;
    /* That was long, and leaving may be, too. Nothing is left to do here but for work, which has an end. */
    if (call->self->work.run == nullptr && preemption_point())
        hal_interrupts_take();
    return CORE_BLOCKED;
}

retcode core_SYNC_Unlock(struct core_call *call)
{
    return pi_unlock(call->self, call->words[0]);
}

/* The word named by the first two parameters: of memory that is borrowed. */
static retcode shared_word(struct core_call *call, u32 value, struct shared_memory **memory, struct futex_word *word)
{
    struct object *object;
    retcode code =
        handle_borrow(&call->task->domain.handles, (u32)call->words[0], OBJECT_MEMORY, KOS_RIGHT_MEMORY_READ, &object);
    if (code != rcOk)
        return code;
    *memory = container_of(object, struct shared_memory, object);
    return shared_memory_word(*memory, call->words[1], value, word);
}

retcode core_SYNC_WaitShared(struct core_call *call)
{
    struct shared_memory *memory;
    struct futex_word word;
    if (!fits_u32(call, 2, 3))
        return rcInvalidArgument;
    retcode code = shared_word(call, (u32)call->words[2], &memory, &word);
    if (code != rcOk)
        return code;
    if (!object_try_reference(&memory->object))
        return rcInvalidHandle;
    call->self->futex_object = &memory->object; /* the bucket must stay */
    return wait(call, &word, 1, (u32)call->words[3]);
}

retcode core_SYNC_WakeShared(struct core_call *call)
{
    struct shared_memory *memory;
    struct futex_word word;
    if (!fits_u32(call, 2, 2))
        return rcInvalidArgument;
    retcode code = shared_word(call, 0, &memory, &word);
    call->words[1] = code == rcOk ? futex_wake(&word, (u32)call->words[2]) : 0;
    return code;
}
