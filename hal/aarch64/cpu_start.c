/* SPDX-License-Identifier: Apache-2.0 */
/* Start of the other CPUs by PSCI. */
#include "kernel_map.h"
#include "port.h"

#define START_TIMEOUT 1000000000ULL

static _Atomic u64 online; /* bit i: CPU i has called hal_cpu_online() */

static retcode map_block(u32 index, hal_page_source source)
{
    const u64 block = HAL_CPU_BLOCKS + (u64)index * HAL_CPU_BLOCK_SIZE;
    for (u64 offset = HAL_BLOCK_STACK; offset <= HAL_BLOCK_AREA; offset += KOS_PAGE_SIZE) {
        if (offset == HAL_BLOCK_STACK_TOP)
            continue; /* guard */
        const paddr page = source();
        if (page == PADDR_NONE || !hal_kernel_map(block + offset, page, KOS_PAGE_SIZE, KERNEL_DATA))
            return rcOutOfMemory;
    }
    return rcOk;
}

retcode hal_cpu_start(u32 index, hal_page_source source)
{
    if (index == 0 || index >= hal_device_tree.cpu_count || hal_device_tree.psci == FDT_CONDUIT_NONE)
        return rcInvalidArgument;
    const retcode rc = map_block(index, source);
    if (rc != rcOk)
        return rc;
    const s64 answer =
        hal_psci_call(PSCI_CPU_ON, hal_device_tree.cpus[index], (u64)hal_secondary_start + hal_image_offset, index);
    if (answer != 0)
        return rcDeviceNotFound;
    const u64 deadline = hal_time_now() + START_TIMEOUT;
    while ((__c11_atomic_load(&online, __ATOMIC_ACQUIRE) & 1ULL << index) == 0) {
        if (hal_time_now() > deadline)
            return rcTimeout;
        hal_cpu_relax();
    }
    return rcOk;
}

void hal_cpu_online(void)
{
    __c11_atomic_fetch_or(&online, 1ULL << hal_cpu_self()->index, __ATOMIC_RELEASE);
}

/* On the CPU's own stack; TPIDR_EL1 is set (boot.S). */
void hal_secondary_boot(void)
{
    const u64 area = read_register(tpidr_el1);
    write_register(vbar_el1, hal_vectors);
    hal_space_activate_none();
    hal_cpu_init((u32)((area - HAL_CPU_BLOCKS) >> HAL_CPU_BLOCK_SHIFT));
    hal_gic_cpu_init();
    hal_timer_cpu_init();
    kernel_secondary_main();
}
