/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tool outside the machine reads of the running kernel: where its structures are and where in them the fields
 * are. The kernel has one constant of this type, the symbol kernel_observe; profiles/ reads it from the kernel's file.
 */
#pragma once

#define KOS_OBSERVE_MAGIC 0x31306576726573ULL /* "serve01" */

/* X(name): byte offsets. */
#define KOS_OBSERVE_FIELDS(X)                                                                                          \
    X(cpu_current)     /* struct cpu: u64, address of the struct thread whose registers the CPU has in user mode */    \
    X(cpu_busy)        /* u8: a thread runs; 0: idle */                                                                \
    X(cpu_events)      /* u64 of each event, in the order of KOS_EVENTS (abi/statistics.h) */                          \
    X(thread_domain)   /* struct thread: u64, address of its struct task */                                            \
    X(thread_tid)      /* u32 */                                                                                       \
    X(task_id)         /* struct task: u32 */                                                                          \
    X(task_name)       /* char[KOS_SHORT_NAME_SIZE] */                                                                 \
    X(task_image_base) /* u64: load address of its program */                                                          \
    X(task_file)       /* u64: address of its program's file in the ROMFS */

#ifndef __ASSEMBLER__
struct kos_observe {
    unsigned long long magic;
    unsigned long long cpu_table;  /* address of the array of addresses of struct cpu, by index */
    unsigned long long cpu_count;  /* address of a u32 */
    unsigned long long direct_map; /* address at which physical address 0 is mapped */
    unsigned long long direct_map_size;
    unsigned long long romfs_start, romfs_end;
#define KOS_OBSERVE_FIELD(name) unsigned name;
    KOS_OBSERVE_FIELDS(KOS_OBSERVE_FIELD)
#undef KOS_OBSERVE_FIELD
};
#endif
