/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugins ask of a guest instruction while it is translated. */
#pragma once
#include <benchmarks/footprint/qemu_plugin.h>

#define KERNEL_HALF (1ULL << 63)

enum instruction_kind {
    ATOMIC = 1,
    BARRIER = 2,
    SPACE_SWITCH = 4,
    TLB_INVALIDATION = 8,
    KERNEL = 16,
    STORE_EXCLUSIVE = 32 /* second half of an atomic whose first half is ATOMIC */
};

/* Kinds of an instruction of the kernel; 0 for the user's. */
unsigned instruction_kinds(const struct qemu_plugin_insn *insn, bool is_aarch64);
/* 1 begin, 2 end, 16 + n gather n, 0 none: libkos/arch/<arch>/include/kos/arch/marker.h */
unsigned instruction_marker(const struct qemu_plugin_insn *insn, bool is_aarch64);
