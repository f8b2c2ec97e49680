/* SPDX-License-Identifier: Apache-2.0 */
/* What the port tells the kernel at boot, and how other CPUs are started. */
#pragma once

#include <hal/base.h>

#define HAL_MEMORY_RANGES_MAX 32
#define HAL_COMMAND_LINE_SIZE 512
#define HAL_SEED_WORDS        8

struct hal_memory_range {
    paddr start, end; /* page-aligned, usable RAM not occupied by the kernel image, the port's tables or firmware */
};

struct hal_boot_info {
    struct hal_memory_range ranges[HAL_MEMORY_RANGES_MAX];
    u32 range_count;
    u32 cpu_count; /* 1..KOS_CPUS_MAX, the boot CPU is 0 */
    char command_line[HAL_COMMAND_LINE_SIZE];
    u64 seed[HAL_SEED_WORDS]; /* random, from the boot loader; 0 where it gave none */
};

/*
 * Every physical page of RAM is mapped writable, never executable, at this constant offset ("direct map") before
 * kernel_main runs. HAL_DIRECT_MAP comes from <arch/layout.h>.
 */
#include <arch/layout.h>
static inline void *hal_direct(paddr physical)
{
    return (void *)(HAL_DIRECT_MAP + physical);
}
static inline paddr hal_physical(const void *direct)
{
    return (u64)direct - HAL_DIRECT_MAP;
}

/* Physical address of something in the kernel image (the ROMFS). */
paddr hal_image_physical(const void *address);

/* The port takes page-table pages and per-CPU blocks from here once set (zeroed page, or PADDR_NONE). Boot CPU only. */
typedef paddr (*hal_page_source)(void);

#define HAL_CPU_START_TIMEOUT 5000000000ULL /* ns; an emulator on a loaded machine may need seconds */

/*
 * Starts CPU index (1..cpu_count-1) on a stack and per-CPU area made from pages of the source; it ends up in
 * kernel_secondary_main(). Returns once the CPU has called hal_cpu_online() or has not begun in time (rcTimeout);
 * one that begins later halts. Boot CPU only.
 */
retcode hal_cpu_start(u32 index, hal_page_source source);

/* Called by a secondary CPU when it can be relied on. */
void hal_cpu_online(void);
