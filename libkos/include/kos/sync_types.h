/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects that threads of one process synchronize by. Their fields belong to libkos. Each is made ready by its Init
 * function or by its initializer below, and is used where it lies: a copy is not the object.
 */
#pragma once
#include <rtl/retcode.h>

/* word: 0 free, 1 locked, 2 locked and perhaps waited for; of a priority-inheriting one: coresrv/sync/sync_api.h. */
typedef struct KosMutex {
    rtl_uint32_t word;
    rtl_uint32_t kind;  /* KOS_MUTEX_*, 0 plain */
    rtl_uint32_t owner; /* recursive, not inheriting: tid, 0 free */
    rtl_uint32_t depth; /* recursive: locks beyond the first */
} KosMutex;
#define KOS_MUTEX_RECURSIVE 1U
#define KOS_MUTEX_PRIORITY  2U /* its holder runs at the level of its most urgent waiter, if that is higher */

/* state: bit 0 set, bits 1..31 how often it was set, bits 32..63 waiters. */
typedef struct KosEvent {
    rtl_uint64_t state;
} KosEvent;

/* state: bits 0..31 value, bits 32..63 waiters. */
typedef struct KosSemaphore {
    rtl_uint64_t state;
    rtl_uint32_t magic;
} KosSemaphore;
#define KOS_SEMAPHORE_VALUE_MAX 0x7fffffffU
#define KOS_SEMAPHORE_MAGIC     0x73656d61U

/* state: bits 0..31 signals so far, bits 32..63 waiters. */
typedef struct KosCondvar {
    rtl_uint64_t state;
} KosCondvar;

/* state: bits 0..15 readers inside, 16 readers sleep, 31 writer inside, 32..47 writers waiting, 48 writers sleep. */
typedef struct KosRWLock {
    rtl_uint64_t state;
} KosRWLock;

/* Ours. state: bits 0..15 threads of this round, bits 16..31 rounds. */
typedef struct KosBarrier {
    rtl_uint32_t count, state;
} KosBarrier;

#define KosInitializedMutex          {0U, 0U, 0U, 0U}
#define KosInitializedMutexEx(r)     {0U, (r) ? KOS_MUTEX_RECURSIVE : 0U, 0U, 0U}
#define KosInitializedRecursiveMutex {0U, KOS_MUTEX_RECURSIVE, 0U, 0U}
#define KosInitializedRtMutex        {0U, KOS_MUTEX_PRIORITY, 0U, 0U}
#define KosInitializedEvent          {0U}
#define KosInitializedSemaphore(n)   {(n), KOS_SEMAPHORE_MAGIC}
#define KosInitializedCondvar        {0U}
#define KosInitializedRWLock         {0U}
#define KosInitializedBarrier(n)     {(n), 0U}
