/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for several words. The steps are those of sched/futex.h. */
#include <memory/object_cache.h>
#include <sched/futex_bucket.h>
#include <sched/work.h>
#include <smp/preemption.h>

static struct object_cache waiter_sets; /* FUTEX_WORDS - 1 of struct futex_waiter */

void futex_any_room_init(void)
{
    object_cache_init(&waiter_sets, "futex_waiters", (FUTEX_WORDS - 1) * sizeof(struct futex_waiter), 8);
}

void futex_any_thread_free(struct thread *thread)
{
    object_cache_free(&waiter_sets, thread->more_waiters, &thread->domain->quota);
}

/* Step 3, as the work of a thread that has been woken: futex_words are left. */
static void leave_words(struct thread *thread)
{
    while (thread->futex_words != 0) {
        futex_leave_word(thread, --thread->futex_words);
        if (preemption_point())
            return;
    }
    work_end(thread);
}

/* The same, before it ever blocked; *index if it was woken meanwhile. */
static retcode leave(struct thread *thread, u32 entered, retcode code, u32 *index)
{
    bool woken = futex_claim(thread) == FUTEX_CLAIMED;
    while (entered-- != 0) {
        futex_leave_word(thread, entered);
        checkpoint();
    }
    if (woken) {
        *index = thread->futex_index; /* all waiters have left: model: futex.pml LEFT */
        return rcOk;
    }
    return code;
}

static bool level_is_stale(struct thread *thread)
{
    for (u32 i = 0; i < thread->futex_words; i++)
        if (futex_waiter_at(thread, i)->level != thread->level)
            return true;
    return false;
}

/* model: futex.pml ENTERED. Release: who claims it sees what is in the thread. */
static bool entered_all(struct thread *thread)
{
    u32 before = FUTEX_ENTERING;
    return atomic_compare_exchange_strong_explicit(&thread->futex_claimed, &before, FUTEX_WAITING, memory_order_acq_rel,
                                                   memory_order_acquire);
}

retcode futex_wait_any(struct thread *thread, const struct futex_word *words, u32 count, u32 timeout_ms, u32 *index,
                       bool *blocked)
{
    kassert(thread->work.run == nullptr);
    if (thread->more_waiters == nullptr)
        thread->more_waiters = object_cache_allocate(&waiter_sets, &thread->domain->quota);
    if (thread->more_waiters == nullptr)
        return quota_refusal(&thread->domain->quota, 0);
    thread->context.kind = HAL_RESUME_CALL; /* STATUS is for who waits for one word: kernel/core_fast_sync.c */
    thread->futex_words = count;
    atomic_store_explicit(&thread->futex_claimed, FUTEX_ENTERING, memory_order_relaxed); /* published by the locks */
    for (u32 i = 0; i < count; i++) {
        retcode code = futex_enter_word(thread, i, &words[i]);
        *index = i;
        if (code != rcOk) {
            code = leave(thread, i, code, index);
            return unlikely(code == PREEMPTED) ? futex_word_bring(thread, words[i].address) : code;
        }
        checkpoint();
        if (unlikely(thread->dying))
            return leave(thread, i + 1, rcAbort, index);
    }
    bool stale = level_is_stale(thread);
    work_begin(thread, leave_words); /* of who is woken; from here on that may be completed */
    if (!entered_all(thread)) {
        thread->work.run = nullptr;
        return leave(thread, count, rcOk, index);
    }
    futex_block(thread, timeout_ms, words[0].address);
    if (unlikely(stale))
        sched_level_update_remote(thread, cpu_self()->hal.index);
    *blocked = true;
    return rcOk;
}
