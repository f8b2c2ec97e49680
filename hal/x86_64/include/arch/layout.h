/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel virtual memory of the x86_64 port, for C and assembly.
 *
 *   0xffff800000000000  direct map of physical memory (writable, never executable)
 *   0xffffffff80000000  kernel image: virtual = physical + HAL_KERNEL_BASE, loaded at 1 MiB
 *   0xffffffffc0000000  one block per CPU (below)
 *   0xffffffffe0000000  uncached device registers
 *
 * Everything but the direct map shares the last top-level entry.
 */
#pragma once

#define HAL_ELF_MACHINE     62U /* EM_X86_64 */
#define HAL_DIRECT_MAP      0xffff800000000000ULL
#define HAL_DIRECT_MAP_SIZE 0x40000000000ULL /* 4 TiB: memory above it is not used */
#define HAL_KERNEL_BASE     0xffffffff80000000ULL
#define HAL_CPU_BLOCKS      0xffffffffc0000000ULL
#define HAL_DEVICE_WINDOW   0xffffffffe0000000ULL

/*
 * The block of a CPU, aligned to its size, so that any stack pointer in it leads to the per-CPU area. Offsets of its
 * pages; pages not named are unmapped guards. The code page lies right behind the area: its copy of the system-call
 * entry stub reaches the area relative to the instruction pointer.
 */
#define HAL_CPU_BLOCK_SIZE            0x10000
#define HAL_BLOCK_NMI_STACK           0x1000
#define HAL_BLOCK_DOUBLE_FAULT_STACK  0x3000
#define HAL_BLOCK_MACHINE_CHECK_STACK 0x5000
#define HAL_BLOCK_STACK               0x7000
#define HAL_BLOCK_STACK_TOP           0xb000
#define HAL_BLOCK_AREA                0xc000
#define HAL_BLOCK_CODE                0xd000
#define HAL_BLOCK_TABLES              0xe000
