/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futexes, private to a task: a hash table per domain, so tasks never meet in a bucket. Waiters in order of level, then
 * of arrival. A waiter's link is guarded by its bucket's lock; who takes it out of the bucket completes it.
 */
#pragma once
#include <sched/scheduler.h>

#define FUTEX_BUCKETS 16U

struct futex_bucket {
    struct spinlock lock;
    struct list waiters; /* guarded by lock */
};

void futex_table_init(struct futex_bucket *buckets);

/* The running thread waits while the word at address equals value: rcOk = it is blocked (complete is called later with
 * rcOk, rcTimeout or rcAbort by its home CPU's code through futex_complete), else rcFutexWouldBlock, rcInvalidArgument
 * (misaligned or unmapped). */
retcode futex_wait(struct thread *thread, vaddr address, u32 value, u32 timeout_ms);
/* Wakes up to count waiters of address in the domain; returns how many. */
u32 futex_wake(struct domain *domain, vaddr address, u32 count);
/* Takes a FUTEX thread (home: this CPU) out of its bucket: false if a waker did so first and its wake is under way. */
bool futex_cancel(struct thread *thread);

/* Implemented by kernel/core_sync.c: the result of Sync.Wait for a thread that is not running. */
void futex_complete(struct thread *thread, retcode code);

/* Level of the most urgent waiter for a lock that thread holds, or 0. Home. */
u32 futex_inherited_level(struct thread *thread);
/* The level of a waiting thread (home: this CPU) has changed: it takes its place anew. The holder of the lock that it
 * waits for, if that is concerned and at home here; else null. */
struct thread *futex_level_changed(struct thread *thread);
