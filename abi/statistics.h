/* SPDX-License-Identifier: Apache-2.0 */
/* Events that the kernel counts always, per CPU: off the fast path of IPC, one addition each. docs/observing.md. */
#pragma once

/* X(ENUMERATOR, name, what) */
#define KOS_EVENTS(X)                                                                                                  \
    X(SWITCH, "switches", "another thread runs, off the fast path of IPC")                                             \
    X(INTERRUPT, "interrupts", "interrupts taken: timer, IPI and spurious ones")                                       \
    X(TIMER, "timers", "timer interrupts")                                                                             \
    X(IPI, "ipis", "interrupts sent by other CPUs")                                                                    \
    X(FAULT, "faults", "page faults of user code")                                                                     \
    X(EXCEPTION, "exceptions", "all exceptions of user code, page faults and first uses of the FP unit included")     \
    X(SLOW, "slow", "Call, Recv and Reply that did not take a fast path")                                              \
    X(IDLE, "idles", "times that the CPU went idle")

#ifndef __ASSEMBLER__
#define KOS_EVENT_ENUMERATOR(name, text, what) KOS_COUNT_##name,
enum kos_event_counter { KOS_EVENTS(KOS_EVENT_ENUMERATOR) KOS_EVENT_COUNTERS };
#undef KOS_EVENT_ENUMERATOR
#endif
