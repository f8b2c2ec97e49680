/* SPDX-License-Identifier: Apache-2.0 */
/* GICv3 (and 4): CPU interface in system registers, one redistributor per CPU. */
#include "gic.h"
#include "kernel_map.h"
#include "port.h"

#define GICD_CTLR_GROUP1        (1U << 1)
#define GICD_CTLR_AFFINITY      (1U << 4)
#define GICD_CTLR_WRITE_PENDING (1U << 31)
#define GICR_TYPER              0x08U
#define GICR_WAKER              0x14U
#define GICR_FRAME              0x10000U
#define TYPER_VIRTUAL_LPIS      (1U << 1)
#define TYPER_LAST              (1U << 4)
#define WAKER_SLEEP             (1U << 1)
#define WAKER_ASLEEP            (1U << 2)

static device distributor;
static device regions[FDT_GIC_RANGES_MAX];
static u64 region_sizes[FDT_GIC_RANGES_MAX];
static u32 region_count;

static void wait_for_distributor(void)
{
    while ((device_read(distributor, GICD_CTLR) & GICD_CTLR_WRITE_PENDING) != 0)
        hal_cpu_relax();
}

void hal_gic_v3_init(void)
{
    const struct fdt_info *tree = &hal_device_tree;
    distributor = hal_kernel_map_window(tree->gic[0].start, tree->gic[0].size, KERNEL_DEVICE);
    for (u32 i = 1; i < tree->gic_count; i++) {
        /* Four frames for each CPU are the most that one can have. */
        u64 size = 4ULL * GICR_FRAME * KOS_CPUS_MAX;
        if (size > tree->gic[i].size)
            size = tree->gic[i].size;
        regions[region_count] = hal_kernel_map_window(tree->gic[i].start, size, KERNEL_DEVICE);
        region_sizes[region_count++] = size;
    }
    device_write(distributor, GICD_CTLR, 0);
    wait_for_distributor();
    const u32 words = (device_read(distributor, GICD_TYPER) & 31) + 1;
    for (u32 i = 1; i < words; i++)
        device_write(distributor, GICD_ICENABLER + 4 * i, ~0U);
    wait_for_distributor();
    device_write(distributor, GICD_CTLR, GICD_CTLR_AFFINITY);
    wait_for_distributor();
    device_write(distributor, GICD_CTLR, GICD_CTLR_AFFINITY | GICD_CTLR_GROUP1);
    wait_for_distributor();
    hal_gic_lines_init(distributor, nullptr);
}

static device find_redistributor(u64 mpidr)
{
    const u32 affinity = (u32)(mpidr & 0xffffff) | (u32)(mpidr >> 8 & 0xff000000U);
    for (u32 i = 0; i < region_count; i++)
        for (u64 offset = 0; region_sizes[i] - offset >= 2ULL * GICR_FRAME;) {
            const u32 type = device_read(regions[i], (u32)offset + GICR_TYPER);
            if (device_read(regions[i], (u32)offset + GICR_TYPER + 4) == affinity)
                return regions[i] + offset;
            offset += ((type & TYPER_VIRTUAL_LPIS) != 0 ? 4ULL : 2ULL) * GICR_FRAME;
            if ((type & TYPER_LAST) != 0 || offset >= region_sizes[i])
                break;
        }
    return nullptr;
}

void hal_gic_v3_cpu_init(void)
{
    const device redistributor = find_redistributor(hal_cpu_self()->affinity);
    if (redistributor == nullptr)
        kernel_panic("CPU 0x%lx has no redistributor", hal_cpu_self()->affinity);
    device_write(redistributor, GICR_WAKER, device_read(redistributor, GICR_WAKER) & ~WAKER_SLEEP);
    while ((device_read(redistributor, GICR_WAKER) & WAKER_ASLEEP) != 0)
        hal_cpu_relax();
    const device own = redistributor + GICR_FRAME;
    const u32 mask = hal_gic_private_mask();
    device_write(own, GICD_ICENABLER, ~mask);
    device_write(own, GICD_IGROUPR, ~0U);
    for (u32 i = 0; i < 8; i++)
        device_write(own, GICD_IPRIORITYR + 4 * i, 0xa0a0a0a0U);
    device_write(own, GICD_ISENABLER, mask);

    write_register(s3_0_c12_c12_5, read_register(s3_0_c12_c12_5) | 1); /* ICC_SRE_EL1: system registers */
    barrier("isb");
    write_register(s3_0_c4_c6_0, 0xf0); /* ICC_PMR_EL1: all priorities in use */
    write_register(s3_0_c12_c12_3, 0);  /* ICC_BPR1_EL1 */
    write_register(s3_0_c12_c12_4, 0);  /* ICC_CTLR_EL1: completion also deactivates */
    write_register(s3_0_c12_c12_7, 1);  /* ICC_IGRPEN1_EL1 */
    barrier("isb");
}

u32 hal_gic_v3_acknowledge(void)
{
    const u32 interrupt = (u32)read_register(s3_0_c12_c12_0); /* ICC_IAR1_EL1 */
    barrier("dsb sy");
    return interrupt;
}

void hal_gic_v3_complete(u32 interrupt)
{
    write_register(s3_0_c12_c12_1, interrupt); /* ICC_EOIR1_EL1 */
    barrier("isb");
}

void hal_gic_v3_send(u32 cpu_index)
{
    const u64 to = hal_device_tree.cpus[cpu_index];
    const u64 low = to & 0xff;
    write_register(s3_0_c12_c11_5, (to >> 32 & 0xff) << 48 | (low >> 4) << 44 | (to >> 16 & 0xff) << 32 |
                                       (u64)GIC_SGI_IPI << 24 | (to >> 8 & 0xff) << 16 | 1ULL << (low & 15));
    barrier("isb"); /* ICC_SGI1R_EL1 */
}
