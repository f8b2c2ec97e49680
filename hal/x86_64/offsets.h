/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets and numbers that assembly shares with C; trap.c asserts that they are right. */
#pragma once

#include <arch/layout.h>

#define CPU_CURRENT 0

#define CONTEXT_R12   0
#define CONTEXT_R13   8
#define CONTEXT_R14   16
#define CONTEXT_R15   24
#define CONTEXT_RDX   32
#define CONTEXT_R8    40
#define CONTEXT_R9    48
#define CONTEXT_RAX   56
#define CONTEXT_RDI   64
#define CONTEXT_RSI   72
#define CONTEXT_RBX   80
#define CONTEXT_PC    88
#define CONTEXT_SP    96
#define CONTEXT_FP    104
#define CONTEXT_KIND  144
#define CONTEXT_RCX   152
#define CONTEXT_R10   160
#define CONTEXT_R11   168
#define CONTEXT_FLAGS 176

#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_SYSRET_BASE 0x1b
#define SELECTOR_USER_DATA   0x23
#define SELECTOR_USER_CODE   0x2b
#define SELECTOR_TASK        0x30

#define FLAGS_RESERVED  0x2
#define FLAGS_USER      0x202   /* interrupts on */
#define FLAGS_USER_MASK 0x10dd5 /* CF PF AF ZF SF TF DF OF RF: what a user may have changed */

/* Interrupt stubs lie 16 bytes apart: exceptions 0..31, then these. */
#define INTERRUPT_STUB_SIZE   16
#define INTERRUPT_STUB_TIMER  32
#define INTERRUPT_STUB_IPI    33
#define INTERRUPT_STUB_OTHER  34
#define INTERRUPT_STUB_DEVICE 35 /* and DEVICE_VECTORS - 1 more */
#define VECTOR_TIMER          0xf0
#define VECTOR_IPI            0xf1
#define VECTOR_OTHER          0xf2 /* stands for any other */
#define VECTOR_SPURIOUS       0xff
/* Of the I/O APIC's inputs 0 to 23: what lies around the three above. */
#define DEVICE_VECTORS     24
#define VECTOR_DEVICE      0xe0 /* 0 to 15 */
#define VECTOR_DEVICE_REST 0xf3 /* 16 to 23 */

#define PAGE_PRESENT        0x1
#define PAGE_WRITABLE       0x2
#define PAGE_USER           0x4
#define PAGE_UNCACHED       0x18
#define PAGE_LARGE          0x80
#define PAGE_GLOBAL         0x100
#define PAGE_ACCESSED_DIRTY 0x60
#define PAGE_NO_EXECUTE     0x8000000000000000ULL
#define PAGE_ADDRESS        0x000ffffffffff000ULL
