/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast paths are compiled twice (ninja/kernel.ninja): as they are, and with FAST_TRACED, under names that end in
 * _traced, with the tracepoints below in them. Which copy runs is decided by the door through which system calls come
 * in (hal_entry_divert), so the first knows nothing of traces.
 */
#pragma once
#include <ipc/endpoint.h>
#include <traces/trace.h>

#ifdef FAST_TRACED
#define FAST(name) name##_traced

static inline __attribute__((always_inline)) struct cpu *fast_trace_cpu(struct hal_cpu *cpu)
{
    return (struct cpu *)(void *)cpu;
}
/* before goes on waiting in state, next runs. */
static inline __attribute__((always_inline)) void
fast_trace_switch(struct hal_cpu *cpu, enum thread_state state, const struct thread *before, const struct thread *next)
{
    if (likely(trace_on(fast_trace_cpu(cpu), TRACE_switch)))
        trace_write(fast_trace_cpu(cpu), (u32)TRACE_switch | (u32)state << 8, next->object.sid, before->object.sid,
                    next->level);
}
static inline __attribute__((always_inline)) void fast_trace_call(struct hal_cpu *cpu, enum trace_path path,
                                                                  const struct thread *client,
                                                                  const struct thread *server, word info)
{
    if (likely(trace_on(fast_trace_cpu(cpu), TRACE_call)))
        trace_write(fast_trace_cpu(cpu), (u32)TRACE_call | (u32)path << 8, client->channel->object.sid, info, 0);
    fast_trace_switch(cpu, THREAD_REPLY_WAIT, client, server);
}
static inline __attribute__((always_inline)) void fast_trace_reply(struct hal_cpu *cpu, enum trace_path path,
                                                                   const struct thread *server,
                                                                   const struct thread *client, word info)
{
    if (likely(trace_on(fast_trace_cpu(cpu), TRACE_reply)))
        trace_write(fast_trace_cpu(cpu), (u32)TRACE_reply | (u32)path << 8, client->object.sid, info, 0);
    fast_trace_switch(cpu, THREAD_RECEIVING, server, client);
}
#else
#define FAST(name) name
static inline void fast_trace_call(struct hal_cpu *cpu, enum trace_path path, const struct thread *client,
                                   const struct thread *server, word info)
{
    (void)cpu, (void)path, (void)client, (void)server, (void)info;
}
static inline void fast_trace_reply(struct hal_cpu *cpu, enum trace_path path, const struct thread *server,
                                    const struct thread *client, word info)
{
    (void)cpu, (void)path, (void)client, (void)server, (void)info;
}
#endif

/* The copies' own entries; FAST_TRACED calls through FAST(). */
HAL_FAST void kernel_call_entry_traced(HAL_FAST_PARAMETERS);
HAL_FAST void kernel_reply_entry_traced(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_memory_call_traced(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_arena_call_traced(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_judged_call_traced(HAL_FAST_PARAMETERS);
HAL_FAST void ipc_memory_reply_traced(HAL_FAST_PARAMETERS);
