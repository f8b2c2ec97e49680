/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel virtual memory of the aarch64 port (TTBR1, 48 bits), for C and assembly.
 *
 *   0xffff800000000000  direct map of RAM (writable but for the image's text and constants, never executable)
 *   0xffffffff80000000  kernel image, wherever it was loaded (2 MiB aligned)
 *   0xffffffffc0000000  one block per CPU (below)
 *   0xffffffffe0000000  device registers, and the device tree
 */
#pragma once

#define HAL_ELF_MACHINE       183U /* EM_AARCH64 */
#define HAL_DIRECT_MAP        0xffff800000000000ULL
#define HAL_DIRECT_MAP_SIZE   0x40000000000ULL /* 4 TiB: memory above it is not used */
#define HAL_KERNEL_BASE       0xffffffff80000000ULL
#define HAL_CPU_BLOCKS        0xffffffffc0000000ULL
#define HAL_DEVICE_WINDOW     0xffffffffe0000000ULL
#define HAL_DEVICE_WINDOW_END 0xfffffffff0000000ULL

/*
 * The block of a CPU, aligned to its size. Pages not named are unmapped guards. Bit 14 of a stack address tells whether
 * it is in the stack; the stack's top lies HAL_BLOCK_AREA - HAL_BLOCK_STACK_TOP below the per-CPU area (vectors.S).
 */
#define HAL_CPU_BLOCK_SHIFT 16
#define HAL_CPU_BLOCK_SIZE  0x10000
#define HAL_BLOCK_STACK     0x4000
#define HAL_BLOCK_STACK_TOP 0x8000
#define HAL_BLOCK_AREA      0x9000
