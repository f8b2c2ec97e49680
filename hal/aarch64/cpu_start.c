/* SPDX-License-Identifier: Apache-2.0 */
/* Start of the other CPUs by PSCI. */
#include "kernel_map.h"
#include "port.h"

static _Atomic u64 online; /* bit i: CPU i has called hal_cpu_online() */
/* Bit i: CPU i has begun, or the boot CPU has given it up; whichever is first. */
static _Atomic u64 decided;

static bool first_to_decide(u32 index)
{
    return (__c11_atomic_fetch_or(&decided, 1ULL << index, __ATOMIC_ACQ_REL) & 1ULL << index) == 0;
}

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
    const u64 deadline = hal_time_now() + HAL_CPU_START_TIMEOUT;
    while ((__c11_atomic_load(&online, __ATOMIC_ACQUIRE) & 1ULL << index) == 0) {
        if (hal_time_now() > deadline && first_to_decide(index))
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
    const u32 index = (u32)((area - HAL_CPU_BLOCKS) >> HAL_CPU_BLOCK_SHIFT);
    if (!first_to_decide(index)) /* too late: the others go on without it */
        hal_cpu_halt();
    hal_space_activate_none();
    hal_cpu_init(index);
    hal_gic_cpu_init();
    hal_timer_cpu_init();
    kernel_secondary_main();
}
