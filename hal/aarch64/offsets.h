/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets and register values that assembly shares with C; trap.c asserts the offsets. */
#pragma once

#include <arch/layout.h>

#define CPU_ZERO           32
#define CPU_STACK_DISTANCE (HAL_BLOCK_AREA - HAL_BLOCK_STACK_TOP) /* area minus stack top */

#define CONTEXT_PC       0
#define CONTEXT_FP       16
#define CONTEXT_RECEIVE  32
#define CONTEXT_X16      56
#define CONTEXT_WORDS    64
#define CONTEXT_WORD(n)  (CONTEXT_WORDS + 8 * (n))
#define CONTEXT_SELECTOR 128
#define CONTEXT_KIND     160
#define CONTEXT_SPSR     168
#define CONTEXT_X1       176
#define CONTEXT_X17      184
#define CONTEXT_X4       192
#define CONTEXT_X18      288
#define CONTEXT_X30      304

/* Frame of an exception taken in the kernel: struct kernel_frame of trap.h. */
#define FRAME_SP   248
#define FRAME_PC   256
#define FRAME_SPSR 264
#define FRAME_SIZE 272

/* SVC #0 from AArch64 state: ESR_EL1 rotated right by 25 bits (class and length bit low, immediate high). */
#define SVC0_ROTATED 0x2b

/* Page-table descriptors. */
#define PAGE_VALID             0x1
#define PAGE_TABLE             0x3 /* table descriptor, and page descriptor of the last level */
#define PAGE_BLOCK             0x1
#define PAGE_DEVICE            0x4 /* MAIR index 1 */
#define PAGE_USER              0x40
#define PAGE_READ_ONLY         0x80
#define PAGE_SHAREABLE         0x300
#define PAGE_ACCESSED          0x400
#define PAGE_NOT_GLOBAL        0x800
#define PAGE_NO_KERNEL_EXECUTE 0x0020000000000000
#define PAGE_NO_USER_EXECUTE   0x0040000000000000
#define PAGE_SEALABLE          0x0080000000000000 /* software's */
#define PAGE_USER_DEVICE       0x0100000000000000 /* software's: HAL_PAGE_DEVICE */
#define PAGE_ADDRESS           0x0000fffffffff000

/* MAIR_EL1: 0 normal write-back, 1 Device-nGnRE. */
#define MAIR_VALUE 0x04ff
/* 48 bits in both halves, 4 KiB, write-back inner-shareable walks; IPS and AS are added at run time. */
#define TCR_VALUE        0xb5103510
#define TCR_ASID16_SHIFT 36
#define TCR_IPS_SHIFT    32
/* RES1 bits, nTWE, nTWI, UCT, DZE, UCI, I, SA0, SA, C, M. */
#define SCTLR_VALUE 0x3455d81d
#define SCTLR_OFF   0x30d00800
#define SCTLR_SPAN  23
