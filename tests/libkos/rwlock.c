/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/rwlock.h>
#include <tests/libkos/check.h>

static KosRWLock lock = KosInitializedRWLock;
static int readers, writers;
static long counter;

static void states(void)
{
    KosRWLock local;
    KosRWLockInit(&local);
    KosRWLockRead(&local);
    CHECK_SAME(KosRWLockTryRead(&local), rcOk);
    CHECK_SAME(KosRWLockTryWrite(&local), rcBusy);
    KosRWLockUnlock(&local);
    CHECK_SAME(KosRWLockTryWrite(&local), rcBusy);
    KosRWLockUnlock(&local);
    CHECK_SAME(KosRWLockTryWrite(&local), rcOk);
    CHECK_SAME(KosRWLockTryWrite(&local), rcBusy);
    CHECK_SAME(KosRWLockTryRead(&local), rcBusy);
    KosRWLockUnlock(&local);
    KosRWLockWrite(&local);
    KosRWLockUnlock(&local);
    CHECK_SAME(local.state, 0);
}

static int write_once(void *context)
{
    KosRWLockWrite(&lock);
    *(int *)context = (int)++counter;
    KosRWLockUnlock(&lock);
    return 7;
}

static int read_once(void *context)
{
    KosRWLockRead(&lock);
    *(int *)context = (int)counter;
    KosRWLockUnlock(&lock);
    return 7;
}

/* One reader comes and goes while another one stays. */
static void readers_together(void)
{
    int read = -1;
    counter = 5;
    KosRWLockRead(&lock);
    join(spawn(1, read_once, &read));
    CHECK_SAME(read, 5);
    CHECK_SAME(KosRWLockTryWrite(&lock), rcBusy);
    KosRWLockUnlock(&lock);
    CHECK_SAME(lock.state, 0);
}

/* A reader that comes after a waiting writer goes after it. */
static void writer_first(void)
{
    int written = 0, read[2] = {-1, -1};
    counter = 0;
    KosRWLockRead(&lock);
    Tid writer = spawn(1, write_once, &written);
    until_blocked(writer);
    CHECK_SAME(KosRWLockTryRead(&lock), rcBusy);
    CHECK_SAME(KosRWLockTryWrite(&lock), rcBusy);
    Tid first = spawn(2, read_once, &read[0]), second = spawn(3, read_once, &read[1]);
    until_blocked(first);
    until_blocked(second);
    KosRWLockUnlock(&lock);
    join(writer);
    join(first);
    join(second);
    CHECK_SAME(written, 1);
    CHECK_SAME(read[0], 1);
    CHECK_SAME(read[1], 1);
    CHECK_SAME(lock.state, 0);
}

static int mixed(void *context)
{
    unsigned number = (unsigned)(rtl_uintptr_t)context;
    for (unsigned i = 0; i < 200; i++) {
        if ((i + number) % 4 == 0) {
            if (i % 8 != 0 || KosRWLockTryWrite(&lock) != rcOk)
                KosRWLockWrite(&lock);
            CHECK_SAME(__atomic_add_fetch(&writers, 1, __ATOMIC_SEQ_CST), 1);
            CHECK_SAME(readers, 0);
            long seen = counter;
            if (i % 16 == 0)
                KosThreadYield();
            counter = seen + 1;
            __atomic_fetch_sub(&writers, 1, __ATOMIC_SEQ_CST);
        } else {
            if (i % 8 != 0 || KosRWLockTryRead(&lock) != rcOk)
                KosRWLockRead(&lock);
            __atomic_fetch_add(&readers, 1, __ATOMIC_SEQ_CST);
            CHECK_SAME(writers, 0);
            if (i % 16 == 1)
                KosThreadYield();
            __atomic_fetch_sub(&readers, 1, __ATOMIC_SEQ_CST);
        }
        KosRWLockUnlock(&lock);
    }
    return 7;
}

static void rwlock_contention(void)
{
    Tid threads[8];
    counter = 0;
    for (unsigned i = 0; i < 8; i++)
        threads[i] = spawn(i, mixed, (void *)(rtl_uintptr_t)i);
    for (unsigned i = 0; i < 8; i++)
        join(threads[i]);
    CHECK_SAME(counter, 8 * 50);
    CHECK_SAME(lock.state & ~(1ULL << 48 | 1ULL << 16), 0);
}

void test_rwlock(void)
{
    RUN(states);
    RUN(readers_together);
    RUN(writer_first);
    RUN(rwlock_contention);
}
