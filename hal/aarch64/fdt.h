/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader of the flattened device tree. One pure function over an untrusted blob: every access is bounds-checked,
 * nothing is allocated, no kernel function is called, so it builds and is fuzzed on a host. Buses are taken to have the
 * addresses of the root (empty "ranges").
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FDT_RANGES_MAX        32
#define FDT_CPUS_MAX          64
#define FDT_GIC_RANGES_MAX    8
#define FDT_COMMAND_LINE_SIZE 512
#define FDT_SEED_SIZE         64
#define FDT_HEADER_SIZE       40

struct fdt_range {
    uint64_t start, size;
};

enum fdt_conduit { FDT_CONDUIT_NONE, FDT_CONDUIT_HVC, FDT_CONDUIT_SMC };

struct fdt_info {
    struct fdt_range memory[FDT_RANGES_MAX];
    struct fdt_range reserved[FDT_RANGES_MAX];
    uint32_t memory_count, reserved_count;
    uint64_t cpus[FDT_CPUS_MAX]; /* "reg": affinity fields of MPIDR_EL1 */
    uint32_t cpu_count;
    uint32_t gic_version;                     /* 2, 3, or 0 if there is none */
    struct fdt_range gic[FDT_GIC_RANGES_MAX]; /* distributor; then CPU interface (2) or redistributor regions (3) */
    uint32_t gic_count;
    struct fdt_range uart;                    /* PL011: that of stdout-path, else the first; size 0 if none */
    enum fdt_conduit psci;                    /* PSCI 0.2 or later */
    uint32_t timer_ppi;                       /* interrupt number (16..31) of the virtual timer */
    uint32_t pmu_ppi;                         /* interrupt number (16..31) of the PMU, or 0: it has none of this kind */
    char command_line[FDT_COMMAND_LINE_SIZE]; /* cut if longer; always terminated */
    uint8_t seed[FDT_SEED_SIZE];              /* rng-seed of /chosen; cut if longer, the rest is zero */
};

/* Total size that the header at blob (at least FDT_HEADER_SIZE bytes) claims, or 0 if it is not a device tree. */
size_t fdt_total_size(const void *blob);

/* Fills *info from the blob; false if it is malformed (what was read until then stays in *info). */
bool fdt_read(const void *blob, size_t size, struct fdt_info *info);
