/* SPDX-License-Identifier: Apache-2.0 */
/* Shared peripheral interrupts: the distributor's registers, which GICv2 and GICv3 have alike but for the routing. */
#include "gic.h"
#include "port.h"
#include <hal/irq.h>
#include <stdatomic.h>

#define GICD_ICFGR   0xc00U
#define GICD_IROUTER 0x6000U

static device distributor;
static u32 line_end;
static u8 (*target_of)(u32 cpu_index); /* GICv2; null: by affinity */
static _Atomic u32 taken;              /* registers that several lines share are read and written back */

void hal_gic_lines_init(device registers, u8 (*target)(u32 cpu_index))
{
    distributor = registers;
    target_of = target;
    line_end = 32 * ((device_read(registers, GICD_TYPER) & 31) + 1);
    if (line_end > HAL_IRQ_LINES)
        line_end = HAL_IRQ_LINES;
}

bool hal_irq_exists(u32 line)
{
    return line >= GIC_FIRST_SPI && line < line_end;
}

static void field_write(u32 offset, u32 shift, u32 width, u32 value)
{
    const u32 mask = ((1U << width) - 1) << shift;
    device_write(distributor, offset, (device_read(distributor, offset) & ~mask) | value << shift);
}

void hal_irq_route(u32 line, u32 cpu_index, bool edge, bool low)
{
    (void)low;
    while (atomic_exchange_explicit(&taken, 1, memory_order_acquire) != 0)
        hal_cpu_relax();
    hal_irq_mask(line);
    field_write(GICD_ICFGR + line / 16 * 4, line % 16 * 2, 2, edge ? 2 : 0);
    field_write(GICD_IPRIORITYR + line / 4 * 4, line % 4 * 8, 8, 0xa0);
    if (target_of != nullptr) {
        field_write(GICD_ITARGETSR + line / 4 * 4, line % 4 * 8, 8, target_of(cpu_index));
    } else {
        const u64 to = hal_device_tree.cpus[cpu_index];
        field_write(GICD_IGROUPR + line / 32 * 4, line % 32, 1, 1);
        device_write(distributor, GICD_IROUTER + 8 * line, (u32)(to & 0xffffff));
        device_write(distributor, GICD_IROUTER + 8 * line + 4, (u32)(to >> 32 & 0xff));
    }
    atomic_store_explicit(&taken, 0, memory_order_release);
}

void hal_irq_mask(u32 line)
{
    device_write(distributor, GICD_ICENABLER + line / 32 * 4, 1U << line % 32);
}

void hal_irq_unmask(u32 line)
{
    device_write(distributor, GICD_ISENABLER + line / 32 * 4, 1U << line % 32);
}

bool hal_gic_is_edge(u32 line)
{
    return (device_read(distributor, GICD_ICFGR + line / 16 * 4) >> (line % 16 * 2) & 2) != 0;
}

static bool meets(const struct fdt_range *ranges, u32 count, u64 start, u64 size)
{
    for (u32 i = 0; i < count; i++)
        if (start < ranges[i].start + ranges[i].size && ranges[i].start < start + size)
            return true;
    return false;
}

bool hal_device_range(paddr start, u64 size)
{
    const struct fdt_info *tree = &hal_device_tree;
    return start + size > start && start + size <= 1ULL << 40 &&
           !meets(tree->memory, tree->memory_count, start, size) && !meets(tree->gic, tree->gic_count, start, size);
}
