/* SPDX-License-Identifier: Apache-2.0 */
/* Marks a stretch of code for the footprint plugin (benchmarks/footprint): instructions without effect. */
#pragma once

/* nopl disp32(%rax) with the displacement "KOS" and 1 or 2 */
#define kos_marker_begin() __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 'K', 'O', 'S', 1" ::: "memory")
#define kos_marker_end()   __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 'K', 'O', 'S', 2" ::: "memory")
/* count: a constant, at most 64. For the plugin lockstep.c. */
#define kos_marker_gather(count)                                                                                       \
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80, 'K', 'O', 'S', 16 + %c0" ::"i"(count) : "memory")
