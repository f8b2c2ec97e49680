/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint sync.Sync: requeue, waiting for one of several words, locks that pass priority on. */
#include <coresrv/sync/sync_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

static volatile rtl_uint32_t words[KOS_SYNC_WORDS], lock, other_lock, may_unlock;
static const nk_uint64_t nowhere[] = {0, 8, KERNEL_ADDRESS, 0x0000800000000000ULL, KOS_USER_LIMIT - 4, ~3ULL};
#define NOWHERE (sizeof(nowhere) / sizeof(nowhere[0]))

static unsigned state_of(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, thread).w[1];
}

static void until_asleep(Handle thread)
{
    for (unsigned i = 0; i < PATIENCE_MS && state_of(thread) != KOS_THREAD_STATE_FUTEX; i++)
        (void)KnSleep(1);
}

/* ---- requeue ---- */

static void waiter(void *argument)
{
    KnThreadExit(KnSyncWait(argument, 0, INFINITE_TIMEOUT));
}

static void requeue_tests(unsigned cpus)
{
    const char *name = "sync/Requeue";
    nk_uint64_t from = ADDRESS(&words[0]), to = ADDRESS(&words[5]);
    Handle threads[5];
    words[0] = words[5] = 0;
    for (unsigned i = 0; i < NOWHERE; i++)
        expect(name, "from_nowhere", RC(SYNC, Requeue, nowhere[i], 0, 1, to, 1), rcInvalidArgument);
    expect(name, "unaligned", RC(SYNC, Requeue, from + 2, 0, 1, to, 1), rcInvalidArgument);
    expect(name, "target_unaligned", RC(SYNC, Requeue, from, 0, 1, to + 1, 1), rcInvalidArgument);
    expect(name, "other_value", RC(SYNC, Requeue, from, 1, 1, to, 1), rcFutexWouldBlock);
    expect(name, "value_too_wide", RC(SYNC, Requeue, from, 1ULL << 32, 1, to, 1), rcInvalidArgument);
    expect(name, "wake_too_wide", RC(SYNC, Requeue, from, 0, 1ULL << 32, to, 1), rcInvalidArgument);
    expect(name, "move_too_wide", RC(SYNC, Requeue, from, 0, 1, to, 1ULL << 32), rcInvalidArgument);
    for (unsigned i = 0; i < 5; i++) {
        threads[i] = thread_on(i % cpus, waiter, (void *)(rtl_uintptr_t)&words[0], 0);
        until_asleep(threads[i]);
    }
    struct kos_core_result r = KOS_CORE(SYNC, Requeue, from, 0, 1, to, 2);
    expect(name, NK_NULL, r.rc, rcOk);
    expect(name, "woken", (long long)r.w[0], 1);
    expect(name, "moved", (long long)r.w[1], 2);
    expect(name, "wait_there", (long long)KOS_CORE(SYNC, Wake, to, 32).w[0], 2);
    r = KOS_CORE(SYNC, Requeue, from, 0, 0, from, 32);
    expect(name, "to_itself", r.rc == rcOk && r.w[0] == 0, 1);
    expect(name, "stay_here", (long long)KOS_CORE(SYNC, Wake, from, 32).w[0], 2);
    for (unsigned i = 0; i < 5; i++)
        thread_join("sync/Requeue/woken", threads[i], rcOk);
}

/* ---- one of several ---- */

static struct kos_core_result wait_any(const struct kos_idl_SYNC_Word *list, rtl_size_t bytes, nk_uint64_t timeout)
{
    return CORE(REQUEST(SYNC, WaitAny, CHUNK(0, bytes), timeout), .arena = list, .arena_size = bytes,
                .response_count = 2);
}

static void any_waiter(void *argument)
{
    struct kos_idl_SYNC_Word list[KOS_SYNC_WORDS] = {{0}};
    for (unsigned i = 0; i < KOS_SYNC_WORDS; i++)
        list[i].ptr = ADDRESS(&words[i]);
    struct kos_core_result r = wait_any(list, sizeof(list), (nk_uint64_t)(rtl_uintptr_t)argument);
    KnThreadExit(r.rc == rcOk ? (rtl_int32_t)r.w[0] : r.rc);
}

static void any_tests(unsigned cpus)
{
    const char *name = "sync/WaitAny";
    struct kos_idl_SYNC_Word list[KOS_SYNC_WORDS + 1] = {{0}};
    for (unsigned i = 0; i <= KOS_SYNC_WORDS; i++)
        list[i] = (struct kos_idl_SYNC_Word){.ptr = ADDRESS(&words[i % KOS_SYNC_WORDS]), .val = 0};
    for (unsigned i = 0; i < KOS_SYNC_WORDS; i++)
        words[i] = 0;
    expect(name, "none", wait_any(list, 0, 1).rc, rcInvalidArgument);
    expect(name, "part_of_one", wait_any(list, 8, 1).rc, rcInvalidArgument);
    expect(name, "too_many", wait_any(list, sizeof(list), 1).rc, rcInvalidArgument);
    expect(name, "outside_arena",
           CORE(REQUEST(SYNC, WaitAny, CHUNK(16, 32), 1), .arena = list, .arena_size = 32, .response_count = 2).rc,
           rcInvalidArgument);
    expect(name, "timeout_too_wide", wait_any(list, 16, 1ULL << 32).rc, rcInvalidArgument);
    list[1].reserved = 1;
    expect(name, "reserved", wait_any(list, 32, 1).rc, rcInvalidArgument);
    list[1].reserved = 0;
    list[1].val = 1;
    struct kos_core_result r = wait_any(list, 32, 1000);
    expect(name, "other_value", r.rc, rcFutexWouldBlock);
    expect(name, "index", (long long)r.w[0], 1);
    list[1].val = 0;
    for (unsigned i = 0; i < NOWHERE; i++) {
        list[1].ptr = nowhere[i];
        expect(name, "nowhere", wait_any(list, 32, 1).rc, rcInvalidArgument);
    }
    list[1].ptr = ADDRESS(&words[1]);
    expect(name, "timeout", wait_any(list, sizeof(list) - sizeof(list[0]), 5).rc, rcTimeout);
    list[1].ptr = ADDRESS(&words[0]);
    expect(name, "same_word_twice", wait_any(list, 32, 2).rc, rcTimeout);
    for (unsigned i = 0; i < KOS_SYNC_WORDS; i++) {
        Handle thread = thread_on(i % cpus, any_waiter, (void *)(rtl_uintptr_t)INFINITE_TIMEOUT, 0);
        until_asleep(thread);
        expect(name, "woken", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&words[i]), 5).w[0], 1);
        expect(name, "waits_no_more", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&words[0]), 5).w[0], 0);
        thread_join("sync/WaitAny/index", thread, (rtl_int32_t)i);
    }
    Handle thread = thread_on(cpus - 1, any_waiter, (void *)(rtl_uintptr_t)INFINITE_TIMEOUT, 0);
    until_asleep(thread);
    expect(name, "terminate", KnThreadTerminateByHandle(thread, 99), rcOk);
    thread_join("sync/WaitAny/terminated", thread, 99);
    for (unsigned i = 0; i < KOS_SYNC_WORDS; i++)
        expect(name, "left_all", (long long)KOS_CORE(SYNC, Wake, ADDRESS(&words[i]), 1).w[0], 0);
}

/* ---- locks ---- */

static void holder(void *argument)
{
    Retcode rc = RC(SYNC, Lock, ADDRESS(&lock), INFINITE_TIMEOUT);
    rtl_uint32_t woken;
    (void)argument;
    __atomic_store_n(&other_lock, 1, __ATOMIC_SEQ_CST); /* holds it */
    (void)KnSyncWake(&other_lock, 1, &woken);
    while (may_unlock == 0)
        (void)KnSyncWait(&may_unlock, 0, 1000);
    KnThreadExit(rc == rcOk ? RC(SYNC, Unlock, ADDRESS(&lock)) : rc);
}

static void contender(void *argument)
{
    Retcode rc = RC(SYNC, Lock, ADDRESS(&lock), (nk_uint64_t)(rtl_uintptr_t)argument);
    KnThreadExit(rc == rcOk ? RC(SYNC, Unlock, ADDRESS(&lock)) : rc);
}

static Handle holder_start(unsigned cpu)
{
    lock = other_lock = may_unlock = 0;
    Handle thread = thread_on(cpu, holder, RTL_NULL, 0);
    while (other_lock == 0)
        (void)KnSyncWait(&other_lock, 0, 1000);
    return thread;
}

static void lock_errors(void)
{
    const char *name = "sync/Lock";
    rtl_uint32_t own = (rtl_uint32_t)KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[0];
    static const rtl_uint32_t constant = 0;
    lock = 0;
    for (unsigned i = 0; i < NOWHERE; i++) {
        expect(name, "nowhere", RC(SYNC, Lock, nowhere[i], 1), rcInvalidArgument);
        expect("sync/Unlock", "nowhere", RC(SYNC, Unlock, nowhere[i]), rcInvalidArgument);
    }
    expect(name, "unaligned", RC(SYNC, Lock, ADDRESS(&lock) + 2, 1), rcInvalidArgument);
    expect(name, "read_only", RC(SYNC, Lock, ADDRESS(&constant), 1), rcInvalidArgument);
    expect(name, "timeout_too_wide", RC(SYNC, Lock, ADDRESS(&lock), 1ULL << 32), rcInvalidArgument);
    expect("sync/Unlock", "unaligned", RC(SYNC, Unlock, ADDRESS(&lock) + 1), rcInvalidArgument);
    expect("sync/Unlock", "read_only", RC(SYNC, Unlock, ADDRESS(&constant)), rcInvalidArgument);
    expect("sync/Unlock", "free", RC(SYNC, Unlock, ADDRESS(&lock)), rcInvalidOperation);
    expect(name, "free", RC(SYNC, Lock, ADDRESS(&lock), 0), rcOk);
    expect(name, "holder", lock, own);
    expect(name, "twice", RC(SYNC, Lock, ADDRESS(&lock), 10), rcInvalidOperation);
    expect("sync/Unlock", NK_NULL, RC(SYNC, Unlock, ADDRESS(&lock)), rcOk);
    expect("sync/Unlock", "free_again", lock, 0);
    lock = 0x3fffffff; /* no such thread */
    expect(name, "no_such_holder", RC(SYNC, Lock, ADDRESS(&lock), 10), rcInvalidThreadState);
    expect("sync/Unlock", "of_another", RC(SYNC, Unlock, ADDRESS(&lock)), rcInvalidOperation);
    lock = KOS_LOCK_WAITERS;
    expect(name, "waiters_without_holder", RC(SYNC, Lock, ADDRESS(&lock), 10), rcOk);
    expect("sync/Unlock", "waiters_without_holder", RC(SYNC, Unlock, ADDRESS(&lock)), rcOk);
}

static void lock_tests(unsigned cpu, unsigned cpus)
{
    Handle thread = holder_start(cpu), contenders[4];
    expect("sync/Lock", "held", RC(SYNC, Lock, ADDRESS(&lock), 10), rcTimeout);
    expect("sync/Lock", "held_no_time", RC(SYNC, Lock, ADDRESS(&lock), 0), rcTimeout);
    expect("sync/Unlock", "held_by_another", RC(SYNC, Unlock, ADDRESS(&lock)), rcInvalidOperation);
    for (unsigned i = 0; i < 4; i++) {
        contenders[i] = thread_on(i % cpus, contender, (void *)(rtl_uintptr_t)INFINITE_TIMEOUT, 0);
        until_asleep(contenders[i]);
    }
    expect("sync/Lock", "waiters_bit", (lock & KOS_LOCK_WAITERS) != 0, 1);
    expect("sync/Lock", "terminate_waiter", KnThreadTerminateByHandle(contenders[2], 77), rcOk);
    thread_join("sync/Lock/terminated", contenders[2], 77);
    may_unlock = 1;
    (void)KOS_CORE(SYNC, Wake, ADDRESS(&may_unlock), 1);
    thread_join("sync/Lock/holder", thread, rcOk);
    for (unsigned i = 0; i < 4; i++)
        if (i != 2)
            thread_join("sync/Lock/contender", contenders[i], rcOk);
    expect("sync/Unlock", "by_all", lock, 0);

    thread = holder_start(cpu);
    contenders[0] = thread_on((cpu + 1) % cpus, contender, (void *)(rtl_uintptr_t)INFINITE_TIMEOUT, 0);
    until_asleep(contenders[0]);
    expect("sync/Lock", "terminate_holder", KnThreadTerminateByHandle(thread, 5), rcOk);
    thread_join("sync/Lock/holder_ends", thread, 5);
    thread_join("sync/Lock/holder_ended", contenders[0], rcInvalidThreadState);
    expect("sync/Lock", "of_the_dead", RC(SYNC, Lock, ADDRESS(&lock), 10), rcInvalidThreadState);
}

void lock_and_requeue_tests(unsigned cpus)
{
    requeue_tests(cpus);
    any_tests(cpus);
    lock_errors();
    lock_tests(0, cpus);
    if (cpus > 1)
        lock_tests(cpus - 1, cpus);
}
