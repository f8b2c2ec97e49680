/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that the plugin (or tools/trace/raw.c) writes and the converter reads, all on this machine: records in the
 * order in which they were made, each a struct raw_record and then `count` 64-bit words.
 */
#pragma once
#include <stdint.h>

#define RAW_MAGIC       UINT64_C(0x31304c5046524550) /* "PERFPL01" */
#define RAW_CHAIN_MAX   64
#define RAW_NAME_SIZE   64 /* KOS_SHORT_NAME_SIZE */
#define RAW_EVENTS_MAX  32
#define RAW_CPUS_MAX    64
#define RAW_KERNEL_HALF (UINT64_C(1) << 63)

/* Functions of the kernel whose entries are counted: F(symbol, name, what). */
#define RAW_FUNCTIONS(F)                                                                                               \
    F(kernel_call_entry, "calls", "Call and Recv")                                                                     \
    F(kernel_reply_entry, "replies", "Reply, and Reply-then-Recv")                                                     \
    F(ipc_slow, "slow", "of both, those that took no fast path")                                                       \
    F(hal_cpu_idle, "idles", "the CPU sleeps")
#define RAW_FUNCTION(symbol, name, what) RAW_FUNCTION_##symbol,
enum { RAW_FUNCTIONS(RAW_FUNCTION) RAW_FUNCTION_COUNT };
#undef RAW_FUNCTION

enum raw_kind : uint32_t {
    RAW_BEGIN,  /* words: RAW_MAGIC, machine (ELF), period, CPUs, event */
    RAW_TASK,   /* task, then words: image base, address of its file in the ROMFS, name (RAW_NAME_SIZE bytes) */
    RAW_SAMPLE, /* words: pc, first pc of its translated block, return address if that block begins a function, chain */
    RAW_CPU_END, /* cpu, words: instructions in user mode, in the kernel, guest's KOS_EVENTS counters, RAW_FUNCTIONS */
};

struct raw_record {
    enum raw_kind kind;
    uint32_t count; /* words that follow */
    uint32_t cpu, task, thread;
    uint32_t idle;   /* the CPU had nothing to do */
    uint64_t time;   /* ns since the machine started, of this machine's clock */
    uint64_t weight; /* events that the sample stands for */
};
