/* SPDX-License-Identifier: Apache-2.0 */
/* Marks a stretch of code for the footprint plugin (benchmarks/footprint): instructions without effect. */
#pragma once

#define kos_marker_begin() __asm__ volatile("movz xzr, #0x4b51" ::: "memory")
#define kos_marker_end()   __asm__ volatile("movz xzr, #0x4b52" ::: "memory")
/* count: a constant, at most 64. For the plugin lockstep.c. */
#define kos_marker_gather(count) __asm__ volatile("movz xzr, #0x4b60 + %0" ::"i"(count) : "memory")
