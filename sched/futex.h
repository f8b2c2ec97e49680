/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futexes: threads wait on 32-bit words. Private ones lie in a hash table per task, so tasks never meet in a bucket;
 * shared ones in the bucket of the memory object that both map. In a bucket waiters are ordered by word, level,
 * arrival: every operation is logarithmic in their number, and takes out one thread at a time.
 *
 *   step             by                        claimed
 *   1 wait           the thread, at home       under bucket->lock the word still has the value: its waiter goes into
 *                                              the bucket
 *     several words                            ENTERING while it goes from one to the next, with checkpoints; then
 *                                              compare and exchange with WAITING: if that fails, it is awake already
 *   2 claim          a waker, with the lock;   exchange(claimed, CLAIMED), by what was there:
 *                    the home CPU (time limit, WAITING: whoever reads that wakes the thread, and nobody else does
 *                    end), without             ENTERING: the wake counts, and the thread finds it at its end of 1
 *                                              CLAIMED: the waiter was left behind, and goes
 *   3 leave          who claimed               the waiter through which it did leaves the bucket, under the same lock
 *                    the thread, when it runs  those for other words, each under its own lock, as its work
 *                                              (sched/work.h): until then whoever meets one takes it out
 *   4 complete       who claimed a WAITING     result, and RUNNABLE at home
 *
 * A waker changes the word before it locks the bucket; a waiter looks at the word after: either the waiter sees the
 * change, or the waker sees the waiter.
 *
 * Priority-inheriting locks: the word holds the tid of the holder, and KOS_LOCK_WAITERS if threads wait for it in the
 * kernel. They wait in the lock's turnstile (Solaris' term; each thread brings one along and takes one away), which
 * stands in the bucket under the word's address and in the holder's set `held`, ordered by its most urgent waiter.
 * Lock order: bucket->lock, then held_lock.
 */
#pragma once
#include <sched/scheduler.h>

#define FUTEX_BUCKETS 16U
#define FUTEX_WORDS   KOS_SYNC_WORDS
#define FUTEX_AT_ONCE KOS_SYNC_AT_ONCE

struct futex_bucket {
    cache_aligned struct spinlock lock; /* threads on different words meet in no line unless their words' hashes do */
    struct tree waiters;                /* struct futex_waiter; guarded by lock */
    struct tree locks;                  /* struct turnstile; guarded by lock */
};

struct turnstile {
    struct tree_node node; /* in bucket->locks */
    u64 address;
    struct futex_bucket *bucket;
    struct thread *owner;       /* holder of the lock */
    struct tree waiters;        /* thread->waiter, by level */
    u32 top_level;              /* of the first of them */
    struct tree_node held_node; /* in owner->held; guarded by the owner's held_lock */
    struct list spares;         /* turnstiles of the other waiters */
    struct list spare_link;
};

/* A word to wait on: in which bucket, under which number, and where its value is. */
struct futex_word {
    struct futex_bucket *bucket;
    u64 address;
    u32 value;           /* that it must still have */
    const u32 *physical; /* of a shared word, in the direct map; null: at `address` in the running thread's space */
};

void futex_room_init(void);
void futex_bucket_init(struct futex_bucket *bucket);
void futex_table_init(struct futex_bucket *buckets);
struct futex_word futex_private(struct domain *domain, vaddr address, u32 value);

/* The running thread waits while the word has its value: rcOk = it is blocked (futex_complete is called later with
 * rcOk, rcTimeout or rcAbort), else rcFutexWouldBlock, rcInvalidArgument (misaligned or unmapped). PREEMPTED: a word of
 * the thread's space had to be brought in; nothing else has happened, and the whole is to be tried again. */
retcode futex_wait(struct thread *thread, const struct futex_word *word, u32 timeout_ms);
/* Wakes the first waiter of the word: 1; 0: there is none; or FUTEX_SWEPT: what was first waits no longer, and is gone
 * now. */
#define FUTEX_SWEPT 2U
u32 futex_wake_one(const struct futex_word *word);
/* Wakes one, or (0) nobody; or up to count, FUTEX_AT_ONCE at most; how many. For words for which nobody waits together
 * with others. */
u32 futex_wake_first(const struct futex_word *word);
u32 futex_wake(const struct futex_word *word, u32 count);
/* If the word has its value: the first of its waiters is woken, or waits for target from now on; *found: as
 * futex_wake_one. rcFutexWouldBlock, rcInvalidArgument; PREEMPTED as above. */
enum futex_what { FUTEX_LOOKS, FUTEX_WAKES, FUTEX_MOVES };
retcode futex_requeue(struct thread *thread, const struct futex_word *word, const struct futex_word *target,
                      enum futex_what what, u32 *found);
/* A word of the running thread's space that could not be read: PREEMPTED, it can be now, as far as that goes in one
 * path, or rcInvalidArgument. No lock is held. */
retcode futex_word_bring(struct thread *thread, vaddr address);
/* Takes a FUTEX thread (home: this CPU) out of its wait: false if somebody else is about to wake it. */
bool futex_cancel(struct thread *thread);

/* Level of the most urgent waiter for a lock that thread holds, or 0. Home. */
u32 futex_inherited_level(struct thread *thread);
/* The level of a waiting thread (home: this CPU) has changed: it takes its place anew, at a few of several words at a
 * time: then sched_level_update_remote() comes back here. The holder of the lock that it
 * waits for, if that is concerned and at home here; else null. */
struct thread *futex_level_changed(struct thread *thread);

/* ---- futex_any.c ---- */
/* As futex_wait, for 2 to FUTEX_WORDS private words: while all have their values. rcOk: *blocked, or it was woken
 * meanwhile; *index: the word that was, or for rcFutexWouldBlock and rcInvalidArgument which. rcAbort: the thread ends;
 * rcQuotaExceeded, rcOutOfMemory. With checkpoints. */
retcode futex_wait_any(struct thread *thread, const struct futex_word *words, u32 count, u32 timeout_ms, u32 *index,
                       bool *blocked);

/* ---- pi_lock.c ---- */
/* rcOk: taken; or blocked, *blocked set. rcInvalidArgument, rcInvalidOperation (holds it already), rcInvalidThreadState
 * (the holder has ended without unlocking), rcFutexWouldBlock (the word keeps changing), rcQuotaExceeded; PREEMPTED as
 * futex_wait. */
retcode pi_lock(struct thread *thread, vaddr address, u32 timeout_ms, bool *blocked);
/* The most urgent waiter holds the lock now. rcInvalidOperation: the thread does not hold it; PREEMPTED as futex_wait.
 */
retcode pi_unlock(struct thread *thread, vaddr address);
/* As futex_cancel, for a thread in pi_lock. */
bool pi_lock_cancel(struct thread *thread);
struct thread *pi_lock_level_changed(struct thread *thread);
/* The thread ends: who waits for locks that it holds gets rcInvalidThreadState. */
void pi_lock_owner_gone(struct thread *thread);
/* The thread is freed. */
void futex_thread_free(struct thread *thread);
/* Order of thread->held. */
bool pi_lock_held_before(const struct tree_node *a, const struct tree_node *b);

/* Implemented by kernel/core_sync.c: the result of the Sync call for a thread that is not running. */
void futex_complete(struct thread *thread, retcode code, u32 index);
/* Implemented by kernel/task.c: a thread of the domain, valid during this kernel entry; null if there is none. */
struct thread *domain_thread(struct domain *domain, u32 tid);
