/* SPDX-License-Identifier: Apache-2.0 */
/* What the parameters of core methods mean: flags, states, modes. The methods themselves are in abi/core_methods.h. */
#pragma once

#include <abi/limits.h>

#define KOS_VMM_READ          (1U << 0)
#define KOS_VMM_WRITE         (1U << 1)
#define KOS_VMM_EXECUTE       (1U << 2)
#define KOS_VMM_RESERVE       (1U << 3)
#define KOS_VMM_COMMIT        (1U << 4)
#define KOS_VMM_LOCKED        (1U << 5)
#define KOS_VMM_LOW_GUARD     (1U << 6)
#define KOS_VMM_HIGH_GUARD    (1U << 7)
#define KOS_VMM_GROW_DOWN     (1U << 8)
#define KOS_VMM_CACHE_DISABLE (1U << 9) /* a device's: IO.MapMem; seen by Query */
#define KOS_VMM_ACCESS        (KOS_VMM_READ | KOS_VMM_WRITE | KOS_VMM_EXECUTE)

/* Thread.Create flags: bits 0..7 below; bits 8..9 scheduling class. The CPU is the creator's unless SetAffinity moves a
 * suspended thread. */
#define KOS_THREAD_SUSPENDED   (1U << 0)
#define KOS_THREAD_DETACHED    (1U << 1)
#define KOS_THREAD_CLASS_SHIFT 8

#define KOS_CLASS_STANDARD    0U
#define KOS_CLASS_FIFO        1U
#define KOS_CLASS_ROUND_ROBIN 2U
#define KOS_CLASS_RESERVATION 3U /* by Thread.SetReservation only */

/* Thread.SetReservation: what happens when the budget is used up before the period's end. */
#define KOS_RESERVATION_THROTTLE 0U /* the thread is held until the next period */
#define KOS_RESERVATION_REPORT   1U /* it goes on as a standard thread until then; GetReservation counts overruns */

/* Thread.GetSchedule: how urgent a thread is; real-time priority p is KOS_LEVEL_REAL_TIME + p. */
#define KOS_LEVEL_STANDARD    1U
#define KOS_LEVEL_REAL_TIME   16U
#define KOS_LEVEL_RESERVATION 48U

/* Thread.GetInfo: what a thread does. */
#define KOS_THREAD_STATE_RUNNABLE   0U
#define KOS_THREAD_STATE_RECEIVING  1U /* waits in Recv */
#define KOS_THREAD_STATE_CALLING    2U /* waits in Call, nobody has taken the request yet */
#define KOS_THREAD_STATE_REPLY_WAIT 3U /* waits in Call for the reply */
#define KOS_THREAD_STATE_FUTEX      4U
#define KOS_THREAD_STATE_SLEEPING   5U
#define KOS_THREAD_STATE_JOINING    6U
#define KOS_THREAD_STATE_SUSPENDED  7U
#define KOS_THREAD_STATE_DEAD       8U
#define KOS_THREAD_STATE_MOVING     9U  /* runnable, on its way to another CPU */
#define KOS_THREAD_STATE_ORDERING   10U /* waits until another CPU has changed a thread of its own */
#define KOS_THREAD_STATE_HELD       11U /* the budget of its reservation is used up */

/* Word of a priority-inheriting lock: tid of the holder, 0 = free; this bit: it must be unlocked through the kernel. */
#define KOS_LOCK_WAITERS 0x80000000U
/* One call wakes or moves this many threads at most: who wants more calls again while it gets so many. */
#define KOS_SYNC_AT_ONCE 2U
/* Words for Sync.WaitAny, at most. */
#define KOS_SYNC_WORDS 8U

/* IPC.AttachArena: how requests through the channel hand over what lies in that arena. */
#define KOS_ARENA_AUTO   0U /* up to KOS_ARENA_SEALED_FROM bytes as COPIED, from there on as SEALED */
#define KOS_ARENA_COPIED 1U /* into the receiver's arena */
#define KOS_ARENA_SEALED 2U /* in place; the sender cannot change it until the reply */
#define KOS_ARENA_SHARED 3U /* in place; the sender may change it at any time */

/* Task.LookupResource kinds. */
#define KOS_RESOURCE_CHANNEL  0U /* client handle of a static channel */
#define KOS_RESOURCE_LISTENER 1U /* listener handle of all static channels of that name in which the caller serves */
#define KOS_RESOURCE_HANDLE   2U /* handle given by the parent (Task.AddResource) */
#define KOS_RESOURCE_SELF     3U /* a new handle of the caller itself, whatever the name; it cannot control it */

/* Task.Wait reasons. */
#define KOS_TASK_EXITED     0U
#define KOS_TASK_TERMINATED 1U
#define KOS_TASK_FAULTED    2U

/* IO.AttachIrq: how the line is raised; one of the four. */
#define KOS_IRQ_LEVEL_LOW  (1U << 0)
#define KOS_IRQ_LEVEL_HIGH (1U << 1)
#define KOS_IRQ_EDGE_RAISE (1U << 2)
#define KOS_IRQ_EDGE_FALL  (1U << 3)
#define KOS_IRQ_FLAGS      (KOS_IRQ_LEVEL_LOW | KOS_IRQ_LEVEL_HIGH | KOS_IRQ_EDGE_RAISE | KOS_IRQ_EDGE_FALL)

/* IO.RegisterDma: who writes the buffer (at least one), whether it lies below 4 GiB; and how it is to be cached, which
 * is WRITE_BACK, whatever is asked for. */
#define KOS_DMA_TO_DEVICE     (1U << 0)
#define KOS_DMA_FROM_DEVICE   (1U << 1)
#define KOS_DMA_BIDIR         (KOS_DMA_TO_DEVICE | KOS_DMA_FROM_DEVICE)
#define KOS_DMA_32            (1U << 2)
#define KOS_DMA_WRITE_BACK    (1U << 3)
#define KOS_DMA_WRITE_THROUGH (1U << 4)
#define KOS_DMA_CACHE_DISABLE (1U << 5)
#define KOS_DMA_WRITE_COMBINE (1U << 6)
#define KOS_DMA_FLAGS         0x7fU

#define KOS_POWER_OFF   0U
#define KOS_POWER_RESET 1U

#ifndef __ASSEMBLER__
/*
 * What a new thread finds. The first thread of a task gets in its first argument register the address of this block,
 * at the top of its stack; its stack pointer is 16-byte aligned below it. A thread made by Thread.Create
 * gets context and context2 in its first two argument registers and starts at routine.
 */
struct kos_startup {
    unsigned long long argc;
    unsigned long long argv;       /* address of argc + 1 pointers, the last one null */
    unsigned long long envp;       /* address of pointers, the last one null */
    unsigned long long image_base; /* load address of the executable */
    unsigned long long dynamic;    /* address of its PT_DYNAMIC, or 0: the start code relocates itself from it */
    unsigned long long stack_base; /* lowest address of the first thread's stack */
    unsigned long long stack_size;
    unsigned long long first_thread; /* handle of the first thread */
    unsigned long long tid;
    unsigned long long random[2];  /* 16 random bytes */
    unsigned long long time_start; /* ns since boot = (counter - time_start) * time_scale >> 32, where the counter is */
    unsigned long long time_scale; /* the TSC or CNTVCT_EL0; on every CPU */
};
#endif
