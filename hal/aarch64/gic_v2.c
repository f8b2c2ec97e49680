/* SPDX-License-Identifier: Apache-2.0 */
/* GICv2: memory-mapped CPU interface, at most 8 CPUs. */
#include "gic.h"
#include "kernel_map.h"
#include "port.h"

#define GICC_CTLR 0x00U
#define GICC_PMR  0x04U
#define GICC_BPR  0x08U
#define GICC_IAR  0x0cU
#define GICC_EOIR 0x10U

static device distributor, interface;
static u8 targets[KOS_CPUS_MAX]; /* CPU interface bit, by CPU index */

static u8 target_of(u32 cpu_index)
{
    return targets[cpu_index];
}

void hal_gic_v2_init(void)
{
    const struct fdt_range *ranges = hal_device_tree.gic;
    distributor = hal_kernel_map_window(ranges[0].start, ranges[0].size, KERNEL_DEVICE);
    interface = hal_kernel_map_window(ranges[1].start, ranges[1].size, KERNEL_DEVICE);
    device_write(distributor, GICD_CTLR, 0);
    const u32 words = (device_read(distributor, GICD_TYPER) & 31) + 1;
    for (u32 i = 1; i < words; i++)
        device_write(distributor, GICD_ICENABLER + 4 * i, ~0U);
    device_write(distributor, GICD_CTLR, 1);
    hal_gic_lines_init(distributor, target_of);
}

void hal_gic_v2_cpu_init(void)
{
    const u32 mask = hal_gic_private_mask();
    device_write(distributor, GICD_ICENABLER, ~mask);
    for (u32 i = 0; i < 8; i++)
        device_write(distributor, GICD_IPRIORITYR + 4 * i, 0xa0a0a0a0U);
    device_write(distributor, GICD_ISENABLER, mask);
    /* The target registers of the private interrupts tell the reader's own bit. On a uniprocessor they read as zero. */
    u32 own = device_read(distributor, GICD_ITARGETSR);
    own |= own >> 16;
    own |= own >> 8;
    targets[hal_cpu_self()->index] = (u8)((own & 0xff) != 0 ? own : 1);
    device_write(interface, GICC_PMR, 0xf0);
    device_write(interface, GICC_BPR, 0);
    device_write(interface, GICC_CTLR, 1);
}

u32 hal_gic_v2_acknowledge(void)
{
    return device_read(interface, GICC_IAR);
}

void hal_gic_v2_complete(u32 interrupt)
{
    device_write(interface, GICC_EOIR, interrupt);
}

void hal_gic_v2_send(u32 cpu_index)
{
    device_write(distributor, GICD_SGIR, (u32)targets[cpu_index] << 16 | GIC_SGI_IPI);
}
