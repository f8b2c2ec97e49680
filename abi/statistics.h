/* SPDX-License-Identifier: Apache-2.0 */
/* Events that the kernel counts per CPU, none of them on a fast path. docs/observing.md. */
#pragma once

/* X(ENUMERATOR, name, what). The last two only in counting mode (Profiler.SetCounting). */
#define KOS_EVENTS(X)                                                                                                  \
    X(INTERRUPT, "interrupts", "interrupts taken: timer, IPI and spurious ones")                                       \
    X(TIMER, "timers", "timer interrupts")                                                                             \
    X(IPI, "ipis", "interrupts but timers: those of other CPUs; not stored, it is the difference")                     \
    X(FAULT, "faults", "page faults of user code")                                                                     \
    X(EXCEPTION, "exceptions",                                                                                         \
      "all exceptions of user code, first uses of the FP unit too; stored without page faults")                        \
    X(SWITCH, "switches", "another thread than before goes on in user mode")                                           \
    X(IDLE, "idles", "times that the CPU went idle")

#ifndef __ASSEMBLER__
#define KOS_EVENT_ENUMERATOR(name, text, what) KOS_COUNT_##name,
enum kos_event_counter { KOS_EVENTS(KOS_EVENT_ENUMERATOR) KOS_EVENT_COUNTERS };
#undef KOS_EVENT_ENUMERATOR
#endif

/* Kinds of decisions of the security module whose time is counted: K(ENUMERATOR, name). Not yet asked for: terminate.
 */
#define KOS_KSM_KINDS(K)                                                                                               \
    K(EXECUTE, "execute")                                                                                              \
    K(TERMINATE, "terminate")                                                                                          \
    K(REQUEST, "request")                                                                                              \
    K(RESPONSE, "response")                                                                                            \
    K(SECURITY, "security")                                                                                            \
    K(ERROR, "error")

#ifndef __ASSEMBLER__
#define KOS_KSM_KIND_ENUMERATOR(name, text) KOS_KSM_##name,
enum kos_ksm_kind { KOS_KSM_KINDS(KOS_KSM_KIND_ENUMERATOR) KOS_KSM_KIND_COUNT };
#undef KOS_KSM_KIND_ENUMERATOR
#endif

/* Events of the processor, where it can count them (Profiler.GetPmu): P(ENUMERATOR, name). */
#define KOS_PMU_EVENTS(P)                                                                                              \
    P(CYCLES, "cycles")                                                                                                \
    P(INSTRUCTIONS, "instructions")                                                                                    \
    P(BRANCHES, "branches")                                                                                            \
    P(BRANCH_MISSES, "branch-misses")                                                                                  \
    P(CACHE_REFERENCES, "cache-references")                                                                            \
    P(CACHE_MISSES, "cache-misses")

#ifndef __ASSEMBLER__
#define KOS_PMU_ENUMERATOR(name, text) KOS_PMU_##name,
enum kos_pmu_event { KOS_PMU_EVENTS(KOS_PMU_ENUMERATOR) KOS_PMU_EVENT_COUNT };
#undef KOS_PMU_ENUMERATOR
#endif

/* Profiler.GetCounters: bytes of a name with its terminator, and names at once. */
#define KOS_COUNTER_NAME_SIZE 96U
#define KOS_COUNTERS_MAX      32U
#define KOS_OBJECT_STAT_ARENA (KOS_COUNTERS_MAX * (8U + KOS_COUNTER_NAME_SIZE))
#define KOS_COUNTERS_ARENA    (KOS_COUNTER_NAME_SIZE + KOS_OBJECT_STAT_ARENA)
