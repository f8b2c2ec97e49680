/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core endpoints: the kernel as a server of class kl.core.Core. One table lists every method; the kernel's dispatch,
 * the policy tables and libkos take ids, names and sizes from it.
 *
 * All parameters are 64-bit words in declaration order, so a method's constant part is 24 + 8 * words bytes; every
 * response starts with one word "rc" (Retcode, sign-extended). "string" parameters are struct kos_chunk (one word) into
 * the arena, NUL included.
 *
 * X(interface, method, request words, request arena bytes at most, response words, response arena bytes at most)
 */
#pragma once

#include <abi/limits.h>
#include <abi/statistics.h>

/* Interfaces in RIID order: E(ENUMERATOR, endpoint name, interface name). */
#define KOS_CORE_ENDPOINTS(E)                                                                                          \
    E(VMM, "vmm.VMM", "kl.core.VMM")                                                                                   \
    E(THREAD, "thread.Thread", "kl.core.Thread")                                                                       \
    E(HANDLE, "handle.Handle", "kl.core.Handle")                                                                       \
    E(TASK, "task.Task", "kl.core.Task")                                                                               \
    E(SYNC, "sync.Sync", "kl.core.Sync")                                                                               \
    E(TIME, "time.Time", "kl.core.Time")                                                                               \
    E(HAL, "hal.HAL", "kl.core.HAL")                                                                                   \
    E(PM, "pm.PM", "kl.core.PM")                                                                                       \
    E(IPC, "ipc.IPC", "kl.core.IPC")                                                                                   \
    E(AUDIT, "audit.Audit", "kl.core.Audit")                                                                           \
    E(NOTICE, "notice.Notice", "kl.core.Notice")                                                                       \
    E(PROFILER, "profiler.Profiler", "kl.core.Profiler")                                                               \
    E(IO, "io.IO", "kl.core.IO")                                                                                       \
    E(FS, "fs.FS", "kl.core.FS")

/*
 * Methods in MID order within each interface.                    request            response (first word: rc)
 */
#define KOS_CORE_METHODS(X)                                                                                            \
    /* VMM: address 0 = kernel chooses; flags KOS_VMM_* */                                                             \
    X(VMM, Allocate, 3, 0, 2, 0)    /* address, size, flags -> rc, address */                                          \
    X(VMM, Commit, 3, 0, 1, 0)      /* address, size, flags -> rc */                                                   \
    X(VMM, Decommit, 2, 0, 1, 0)    /* address, size -> rc */                                                          \
    X(VMM, Protect, 3, 0, 1, 0)     /* address, size, flags (access only) -> rc */                                     \
    X(VMM, Free, 2, 0, 1, 0)        /* address, size -> rc */                                                          \
    X(VMM, Query, 1, 0, 4, 0)       /* address -> rc, start, size, flags */                                            \
    X(VMM, CreateArena, 1, 0, 4, 0) /* bytes -> rc, address, arena, size: memory for arenas, mapped */                 \
    X(VMM, MdlCreate, 2, 0, 3, 0)   /* bytes, flags (READ, WRITE: the handle's rights) -> rc, mdl, size */             \
    X(VMM, MdlMap, 5, 0, 2, 0)      /* mdl, offset, length, address wished or 0, flags (READ, WRITE) -> rc, address */ \
    X(VMM, MdlGetSize, 1, 0, 2, 0)  /* mdl -> rc, size */                                                              \
    /* Thread: class_priority = class << 8 | priority; flags KOS_THREAD_*; timeouts in ms */                           \
    X(THREAD, Create, 6, 0, 3, 0)      /* priority, stackSize, routine, context, context2, flags -> rc, thread, tid */ \
    X(THREAD, OpenCurrent, 0, 0, 3, 0) /* -> rc, thread, tid */                                                        \
    X(THREAD, Suspend, 0, 0, 1, 0)     /* the caller, until Resume -> rc */                                            \
    X(THREAD, Resume, 1, 0, 1, 0)      /* thread -> rc */                                                              \
    X(THREAD, Terminate, 2, 0, 1, 0)   /* thread, code -> rc */                                                        \
    X(THREAD, Exit, 1, 0, 1, 0)        /* code; does not return */                                                     \
    X(THREAD, Wait, 2, 0, 2, 0)        /* thread, timeout -> rc, code */                                               \
    X(THREAD, SetPriority, 2, 0, 1, 0) /* thread, class_priority -> rc */                                              \
    X(THREAD, SetTls, 1, 0, 1, 0)      /* address, of the caller -> rc */                                              \
    X(THREAD, Sleep, 1, 0, 1, 0)       /* ms; 0 = yield -> rc */                                                       \
    X(THREAD, GetInfo, 1, 0, 5, 0)     /* thread -> rc, tid, state, class_priority, affinity */                        \
    X(THREAD, SetAffinity, 2, 0, 1, 0) /* thread, CPU mask -> rc */                                                    \
    X(THREAD, SetReservation, 5, 0, 1, 0) /* thread, budget ns (0: none), period ns, deadline ns, KOS_RESERVATION_* */ \
    X(THREAD, GetReservation, 1, 0, 6, 0) /* thread -> rc, budget, period, deadline, remaining ns, overruns */         \
    X(THREAD, SleepUntil, 1, 0, 1, 0)     /* ns since boot; passed already: at once; ~0 = for ever -> rc */            \
    X(THREAD, GetSchedule, 1, 0, 4, 0)    /* thread -> rc, CPU, level now, level without callers (KOS_LEVEL_*) */      \
    /* Handle */                                                                                                       \
    X(HANDLE, Copy, 3, 0, 2, 0)             /* handle, rights, badge handle or ~0 -> rc, handle */                     \
    X(HANDLE, CreateUserObject, 5, 0, 2, 0) /* type, rights, context, ipc handle or ~0, riid -> rc, handle */          \
    X(HANDLE, Close, 1, 0, 1, 0)            /* handle -> rc */                                                         \
    X(HANDLE, Connect, 1, 0, 4, 0) /* listener or ~0 -> rc, listener, server, client (channel within the task) */      \
    X(HANDLE, GetSid, 1, 0, 2, 0)  /* handle -> rc, sid */                                                             \
    X(HANDLE, Revoke, 1, 0, 1, 0)  /* handle -> rc */                                                                  \
    X(HANDLE, RevokeSubtree, 2, 0, 1, 0)       /* handle, badge handle -> rc */                                        \
    X(HANDLE, CreateBadge, 3, 0, 2, 0)         /* notice or ~0, event id, context -> rc, handle */                     \
    X(HANDLE, GetRiid, 2, KOS_NAME_SIZE, 2, 0) /* client handle, string endpoint -> rc, riid */                        \
    X(HANDLE, SecurityConnect, 0, 0, 2, 0)     /* -> rc, handle: a Call on it asks the security module */              \
    /* Task */                                                                                                         \
    X(TASK, Create, 6, 3 * KOS_NAME_SIZE, 2,                                                                           \
      0) /* strings name, class, path; stack size of its threads (0: default), class_priority, flags -> rc, task */    \
    X(TASK, SetEnv, 3, 64 * KOS_NAME_SIZE, 1,                                                                          \
      0)                                     /* task, bytes args, bytes envs: NUL-terminated strings in a row -> rc */ \
    X(TASK, Connect, 4, KOS_NAME_SIZE, 1, 0) /* client task, server task, string channel, KOS_ARENA_* -> rc */         \
    X(TASK, AddResource, 4, KOS_NAME_SIZE, 1, 0) /* task, handle, rights, string name: hand a handle over -> rc */     \
    X(TASK, LookupResource, 2, KOS_NAME_SIZE, 2,                                                                       \
      0)                           /* kind (KOS_RESOURCE_*), string name, in the caller -> rc, handle */               \
    X(TASK, Resume, 1, 0, 1, 0)    /* task: run its first thread -> rc */                                              \
    X(TASK, Terminate, 2, 0, 1, 0) /* task, code -> rc */                                                              \
    X(TASK, Exit, 1, 0, 1, 0)      /* code; does not return */                                                         \
    X(TASK, Wait, 2, 0, 3, 0)      /* task, timeout ms -> rc, code, reason (KOS_TASK_*) */                             \
    X(TASK, GetInfo, 1, 0, 7, 0) /* task or ~0 (caller) -> rc, id, state, pages, page limit, objects, object limit */  \
    X(TASK, GetName, 1, 0, 2, KOS_NAME_SIZE) /* task or ~0 -> rc, string name */                                       \
    X(TASK, SetQuota, 3, 0, 1, 0)            /* task not yet running, pages, objects -> rc */                          \
    /* Sync */                                                                                                         \
    X(SYNC, Wait, 3, 0, 2, 0)         /* address of u32, value, timeout ms -> rc, ms left */                           \
    X(SYNC, Wake, 2, 0, 2, 0)         /* address of u32, threads at most -> rc, threads woken */                       \
    X(SYNC, Requeue, 5, 0, 3, 0)      /* address, value, wake at most, target, move at most -> rc, woken, moved */     \
    X(SYNC, WaitAny, 2, 8 * 16, 2, 0) /* bytes: struct kos_sync_word each, timeout ms -> rc, index */                  \
    X(SYNC, Lock, 2, 0, 1, 0)         /* address of u32 (tid | KOS_LOCK_WAITERS), timeout ms -> rc */                  \
    X(SYNC, Unlock, 1, 0, 1, 0)       /* address of u32 -> rc */                                                       \
    X(SYNC, WaitShared, 4, 0, 2, 0)   /* mdl, offset of u32, value, timeout ms -> rc, 0 */                             \
    X(SYNC, WakeShared, 3, 0, 2, 0)   /* mdl, offset of u32, threads at most -> rc, threads woken */                   \
    /* Time */                                                                                                         \
    X(TIME, SetSystemTime, 2, 0, 1, 0)    /* seconds since 1970, nanoseconds -> rc */                                  \
    X(TIME, SetSystemTimeAdj, 3, 0, 3, 0) /* seconds, nanoseconds (both signed), slew us/s -> rc, previous s, ns */    \
    X(TIME, GetSystemTimeAdj, 0, 0, 3, 0) /* -> rc, seconds, nanoseconds still to adjust */                            \
    X(TIME, GetSystemTime, 0, 0, 3, 0)    /* -> rc, seconds, nanoseconds */                                            \
    X(TIME, GetUpTime, 0, 0, 3, 0)        /* -> rc, seconds, nanoseconds */                                            \
    X(TIME, GetResolution, 0, 0, 2, 0)    /* -> rc, nanoseconds */                                                     \
    /* HAL */                                                                                                          \
    X(HAL, GetEnv, 1, KOS_NAME_SIZE, 2, KOS_NAME_SIZE) /* string name -> rc, string value */                           \
    X(HAL, DebugWrite, 1, KOS_NAME_SIZE, 1, 0)         /* bytes data -> rc */                                          \
    X(HAL, GetCpuCount, 0, 0, 2, 0)                    /* -> rc, CPUs */                                               \
    X(HAL, GetEntropy, 1, 0, 2, KOS_NAME_SIZE)         /* bytes wanted -> rc, bytes data */                            \
    X(HAL, TraceEvent, 3, 0, 1, 0)                     /* id, first, second: into the trace -> rc */                   \
    /* PM: mode KOS_POWER_* */                                                                                         \
    X(PM, Request, 1, 0, 1, 0)          /* mode -> rc */                                                               \
    X(PM, GetCpusOnline, 0, 0, 2, 0)    /* -> rc, CPU mask */                                                          \
    X(PM, SetCpuOnline, 2, 0, 1, 0)     /* CPU, 1 or 0 -> rc */                                                        \
    X(PM, SetIsolatedCpus, 1, 0, 1, 0)  /* CPU mask: only what their own threads cause happens on these -> rc */       \
    X(PM, GetCpuInterrupts, 1, 0, 2, 0) /* CPU -> rc, interrupts that it has taken */                                  \
    /* IPC interrupt */                                                                                                \
    X(IPC, CreateSyncObject, 1, 0, 2, 0) /* 1: clears itself when it has interrupted -> rc, handle */                  \
    X(IPC, SetInterrupt, 1, 0, 1, 0)     /* handle -> rc */                                                            \
    X(IPC, ClearInterrupt, 1, 0, 1, 0)   /* handle -> rc */                                                            \
    X(IPC, AttachArena, 3, 0, 2, 0)      /* client handle, arena, KOS_ARENA_* -> rc, address in the server */          \
    /* Audit: abi/audit.h */                                                                                           \
    X(AUDIT, Open, 1, KOS_NAME_SIZE, 2, 0) /* string KOS_AUDIT_LOG -> rc, handle */                                    \
    X(AUDIT, Close, 1, 0, 1, 0)            /* handle -> rc */                                                          \
    X(AUDIT, Read, 1, 0, 3, KOS_PAGE_SIZE) /* handle -> rc (rcResourceNotFound: no record), dropped, bytes record */   \
    X(AUDIT, Wait, 2, 0, 1, 0)             /* handle, timeout ms -> rc: there may be a record */                       \
    /* Notice: events KOS_EVENT_* */                                                                                   \
    X(NOTICE, Create, 0, 0, 2, 0)                /* -> rc, notice */                                                   \
    X(NOTICE, SubscribeToObject, 4, 0, 1, 0)     /* notice, object, event mask, event id -> rc */                      \
    X(NOTICE, GetEvent, 2, 0, 4, 0)              /* notice, timeout ms -> rc, event id, events, how many ids more */   \
    X(NOTICE, UnsubscribeFromEvent, 3, 0, 1, 0)  /* notice, object, event id -> rc */                                  \
    X(NOTICE, UnsubscribeFromObject, 2, 0, 1, 0) /* notice, object -> rc */                                            \
    X(NOTICE, DropAndWake, 1, 0, 1, 0)           /* notice -> rc */                                                    \
    X(NOTICE, SetObjectEvent, 2, 0, 1, 0)        /* user object, events -> rc */                                       \
    /* Profiler: sequences are chunks of struct kos_chunk (names) and of u64 (values); docs/observing.md */            \
    X(PROFILER, GetCounters, 2, KOS_COUNTERS_ARENA, 2, 8 * KOS_COUNTERS_MAX)      /* prefix, names -> rc, values */    \
    X(PROFILER, ObjectGetStat, 2, KOS_OBJECT_STAT_ARENA, 2, 8 * KOS_COUNTERS_MAX) /* task or thread, names -> same */  \
    X(PROFILER, SetCounting, 1, 0, 1, 0)                   /* 1 or 0: count times and calls on all CPUs -> rc */       \
    X(PROFILER, GetTasks, 1, 0, 2, 8 * KOS_COUNTERS_MAX)   /* after task id -> rc, ids that follow, ascending */       \
    X(PROFILER, GetThreads, 2, 0, 2, 8 * KOS_COUNTERS_MAX) /* task id, after thread id -> rc, ids that follow */       \
    X(PROFILER, SetPmu, 1, 0, 1, 0)             /* bits of enum kos_pmu_event: count these, too, on all CPUs -> rc */  \
    X(PROFILER, GetPmu, 0, 0, 4, KOS_NAME_SIZE) /* -> rc, events that can be, how many at once, string what it is */   \
    X(PROFILER, GetTaskName, 1, 0, 2, KOS_NAME_SIZE) /* task id -> rc, string name */                                  \
    X(PROFILER, SetThreadPmu, 2, 0, 1, 0) /* thread, bits of enum kos_pmu_event: count these while it runs -> rc */    \
    X(PROFILER, SetTrace, 1, 0, 1, 0)     /* bits of enum trace_event: record these, on all CPUs -> rc */              \
    /* IO: devices. Ports and DMA are answered with rcUnimplemented */                                                 \
    X(IO, RegisterPort, 2, 0, 2, 0) /* base, size -> rc, resource */                                                   \
    X(IO, RegisterMmio, 2, 0, 2, 0) /* address, size: pages -> rc, resource */                                         \
    X(IO, RegisterDma, 3, 0, 2, 0)  /* size, flags, order -> rc, resource */                                           \
    X(IO, RegisterIrq, 1, 0, 2, 0)  /* line -> rc, resource */                                                         \
    X(IO, MapMem, 3, 0, 3, 0)       /* resource, access, KOS_VMM_CACHE_DISABLE or 0 -> rc, address, handle */          \
    X(IO, PermitPort, 1, 0, 2, 0)   /* resource -> rc, handle */                                                       \
    X(IO, AttachIrq, 2, 0, 2, 0)    /* resource, KOS_IRQ_* -> rc, handle with which the caller receives */             \
    X(IO, DetachIrq, 1, 0, 1, 0)    /* resource -> rc */                                                               \
    X(IO, EnableIrq, 1, 0, 1, 0)    /* resource -> rc */                                                               \
    X(IO, DisableIrq, 1, 0, 1, 0)   /* resource -> rc */                                                               \
    /* FS */                                                                                                           \
    X(FS, Open, 1, KOS_NAME_SIZE, 2, 0)    /* string name -> rc, handle */                                             \
    X(FS, Close, 1, 0, 1, 0)               /* handle -> rc */                                                          \
    X(FS, Read, 2, 0, 3, KOS_PAGE_SIZE)    /* handle, sector number (of 4096 bytes) -> rc, bytes read, bytes data */   \
    X(FS, GetSize, 1, 0, 2, 0)             /* handle -> rc, bytes */                                                   \
    X(FS, GetId, 1, 0, 2, 0)               /* handle -> rc, id */                                                      \
    X(FS, Count, 0, 0, 2, 0)               /* -> rc, files */                                                          \
    X(FS, GetInfo, 1, 0, 3, KOS_NAME_SIZE) /* index -> rc, size, string name */                                        \
    X(FS, GetFsSize, 0, 0, 2, 0)           /* -> rc, bytes */

#define KOS_CORE_CLASS "kl.core.Core"

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

#define KOS_POWER_OFF   0U
#define KOS_POWER_RESET 1U

#ifndef __ASSEMBLER__
#define KOS_CORE_RIID(name, endpoint, interface) KOS_RIID_##name,
enum kos_core_riid { KOS_CORE_ENDPOINTS(KOS_CORE_RIID) KOS_CORE_RIIDS };
#undef KOS_CORE_RIID

/* Method numbers over all interfaces (index into the kernel's table) ... */
#define KOS_CORE_INDEX(interface, method, rq, rqa, rs, rsa) KOS_CORE_INDEX_##interface##_##method,
enum kos_core_index { KOS_CORE_METHODS(KOS_CORE_INDEX) KOS_CORE_INDEXES };
#undef KOS_CORE_INDEX

/* ... and MIDs within each: KOS_CORE_MID(VMM, Commit) == 1. */
#define KOS_CORE_FIRST_VMM              KOS_CORE_INDEX_VMM_Allocate
#define KOS_CORE_FIRST_THREAD           KOS_CORE_INDEX_THREAD_Create
#define KOS_CORE_FIRST_HANDLE           KOS_CORE_INDEX_HANDLE_Copy
#define KOS_CORE_FIRST_TASK             KOS_CORE_INDEX_TASK_Create
#define KOS_CORE_FIRST_SYNC             KOS_CORE_INDEX_SYNC_Wait
#define KOS_CORE_FIRST_TIME             KOS_CORE_INDEX_TIME_SetSystemTime
#define KOS_CORE_FIRST_HAL              KOS_CORE_INDEX_HAL_GetEnv
#define KOS_CORE_FIRST_PM               KOS_CORE_INDEX_PM_Request
#define KOS_CORE_FIRST_IPC              KOS_CORE_INDEX_IPC_CreateSyncObject
#define KOS_CORE_FIRST_AUDIT            KOS_CORE_INDEX_AUDIT_Open
#define KOS_CORE_FIRST_NOTICE           KOS_CORE_INDEX_NOTICE_Create
#define KOS_CORE_FIRST_PROFILER         KOS_CORE_INDEX_PROFILER_GetCounters
#define KOS_CORE_FIRST_IO               KOS_CORE_INDEX_IO_RegisterPort
#define KOS_CORE_FIRST_FS               KOS_CORE_INDEX_FS_Open
#define KOS_CORE_MID(interface, method) (KOS_CORE_INDEX_##interface##_##method - KOS_CORE_FIRST_##interface)

/* One word for Sync.WaitAny. */
struct kos_sync_word {
    unsigned long long address;
    unsigned value;
    unsigned reserved; /* 0 */
};

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
