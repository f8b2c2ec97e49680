/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include <kos/rwlock.h>

/*
 * Everything is in one word, so that who unlocks knows from its one exchange whom to wake and never touches the lock
 * again. Readers sleep on the low half, writers on the high half. A half's SLEEP bit says that a later unlock will wake
 * somebody there: it is set by who goes to sleep, while the lock cannot be entered, and cleared by the unlock that
 * wakes. So a thread that sleeps on a half with its bit set is not forgotten, whatever happened since it looked. An
 * unlock wakes all readers, but one writer: that one sets the bit again when it enters, if other writers wait.
 */
#define READER        1ULL
#define READERS       0xffffULL
#define READERS_SLEEP (1ULL << 16)
#define WRITER        (1ULL << 31)
#define WRITER_WAITS  (1ULL << 32)
#define WRITERS_WAIT  (0xffffULL << 32)
#define WRITERS_SLEEP (1ULL << 48)

void KosRWLockInit(KosRWLock *lock)
{
    lock->state = 0;
}

static int reader_enters(rtl_uint64_t state)
{
    return (state & (WRITER | WRITERS_WAIT)) == 0;
}
static int writer_enters(rtl_uint64_t state)
{
    return (state & (WRITER | READERS)) == 0;
}

Retcode KosRWLockTryRead(KosRWLock *lock)
{
    rtl_uint64_t seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
    while (reader_enters(seen))
        if (kos_swap(&lock->state, &seen, seen + READER))
            return rcOk;
    return rcBusy;
}

Retcode KosRWLockTryWrite(KosRWLock *lock)
{
    rtl_uint64_t seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
    while (writer_enters(seen) && (seen & WRITERS_WAIT) == 0)
        if (kos_swap(&lock->state, &seen, seen | WRITER))
            return rcOk;
    return rcBusy;
}

void KosRWLockRead(KosRWLock *lock)
{
    while (KosRWLockTryRead(lock) != rcOk) {
        rtl_uint64_t seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
        while (!reader_enters(seen)) {
            if ((seen & READERS_SLEEP) == 0 && !kos_swap(&lock->state, &seen, seen | READERS_SLEEP))
                continue;
            (void)kos_futex_wait(kos_low(&lock->state), (rtl_uint32_t)(seen | READERS_SLEEP), KOS_FOREVER);
            seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
        }
    }
}

/* A writer that is counted as waiting enters. */
static int writer_comes_in(KosRWLock *lock, rtl_uint64_t *seen)
{
    rtl_uint64_t wanted = (*seen - WRITER_WAITS) | WRITER;
    if ((wanted & WRITERS_WAIT) != 0)
        wanted |= WRITERS_SLEEP;
    return kos_swap(&lock->state, seen, wanted);
}

void KosRWLockWrite(KosRWLock *lock)
{
    if (KosRWLockTryWrite(lock) == rcOk)
        return;
    rtl_uint64_t seen = __atomic_add_fetch(&lock->state, WRITER_WAITS, __ATOMIC_SEQ_CST);
    for (;;) {
        if (writer_enters(seen)) {
            if (writer_comes_in(lock, &seen))
                return;
        } else if ((seen & WRITERS_SLEEP) != 0 || kos_swap(&lock->state, &seen, seen | WRITERS_SLEEP)) {
            (void)kos_futex_wait(kos_high(&lock->state), (rtl_uint32_t)((seen | WRITERS_SLEEP) >> 32), KOS_FOREVER);
            seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);
        }
    }
}

void KosRWLockUnlock(KosRWLock *lock)
{
    rtl_uint64_t seen = __atomic_load_n(&lock->state, __ATOMIC_RELAXED), sleepers;
    do {
        rtl_uint64_t free = (seen & WRITER) != 0 ? seen & ~WRITER : seen - READER;
        sleepers = (free & READERS) != 0 ? 0 : (free & WRITERS_WAIT) != 0 ? WRITERS_SLEEP : READERS_SLEEP;
        sleepers &= free;
        if (kos_swap(&lock->state, &seen, free - sleepers))
            break;
    } while (1);
    if (sleepers == WRITERS_SLEEP)
        kos_futex_wake(kos_high(&lock->state), 1);
    else if (sleepers == READERS_SLEEP)
        kos_futex_wake(kos_low(&lock->state), KOS_ALL_THREADS);
}
