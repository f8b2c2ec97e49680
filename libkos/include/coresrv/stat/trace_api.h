/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's trace, started and stopped by a program that the policy lets call profiler.Profiler. Events are bits:
 * KOS_TRACE(call) | KOS_TRACE(reply) and so on, of traces/events.h; their names: docs/tracepoints.md. ./kos trace reads
 * them from outside.
 */
#pragma once
#include <kos/core.h>
#include <traces/events.h>

#define KOS_TRACE(event) (1ULL << TRACE_##event)
#define KOS_TRACE_ALL    ((1ULL << TRACE_EVENT_COUNT) - 1)
/* Without these a trace has numbers for names. */
#define KOS_TRACE_LIFE                                                                                                 \
    (KOS_TRACE(task_create) | KOS_TRACE(task_end) | KOS_TRACE(thread_create) | KOS_TRACE(thread_end) |                 \
     KOS_TRACE(channel_create))

/* Records these events from now on, on all CPUs, and nothing else; 0: stops. What has been recorded stays readable.
 * rcOutOfMemory: for the rings. */
static inline Retcode KosTraceSetEvents(rtl_uint64_t events)
{
    return KOS_CORE(PROFILER, SetTrace, events).rc;
}
