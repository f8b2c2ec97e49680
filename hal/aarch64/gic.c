/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupt controller: chooses GICv2 or GICv3 by the device tree, and tells what an interrupt means. */
#include "gic.h"
#include "port.h"
#include <hal/irq.h>

static bool version3;

u32 hal_gic_private_mask(void)
{
    const u32 pmu = hal_device_tree.pmu_ppi != 0 ? 1U << hal_device_tree.pmu_ppi : 0;
    return 1U << GIC_SGI_IPI | 1U << hal_device_tree.timer_ppi | pmu;
}

void hal_gic_init(void)
{
    if (hal_device_tree.gic_version == 0)
        kernel_panic("no GICv2 or GICv3 in the device tree");
    version3 = hal_device_tree.gic_version == 3;
    if (version3)
        hal_gic_v3_init();
    else
        hal_gic_v2_init();
}

void hal_gic_cpu_init(void)
{
    hal_pmu_cpu_init();
    if (version3)
        hal_gic_v3_cpu_init();
    else
        hal_gic_v2_cpu_init();
}

/* The timer's line is level-triggered, so the timer is stopped before its interrupt is completed. */
enum gic_event hal_gic_take(u32 *line)
{
    const u32 interrupt = version3 ? hal_gic_v3_acknowledge() : hal_gic_v2_acknowledge();
    const u32 number = interrupt & 0x3ff;
    if (!version3 && number >= GIC_SPECIAL)
        return GIC_OTHER;
    if (version3 && interrupt >= GIC_SPECIAL && interrupt < 8192)
        return GIC_OTHER;
    const bool timer = interrupt == hal_device_tree.timer_ppi;
    const bool device = number >= GIC_FIRST_SPI;
    if (timer)
        hal_timer_stop();
    *line = number;
    if (device && !hal_gic_is_edge(number))
        hal_irq_mask(number);
    if (version3)
        hal_gic_v3_complete(interrupt);
    else
        hal_gic_v2_complete(interrupt);
    return timer ? GIC_TIMER : device ? GIC_DEVICE : number == GIC_SGI_IPI ? GIC_IPI : GIC_OTHER;
}

/* What the sender stored before is visible to the CPU that takes the interrupt. */
void hal_ipi_send(u32 cpu_index)
{
    barrier("dsb ish");
    if (version3)
        hal_gic_v3_send(cpu_index);
    else
        hal_gic_v2_send(cpu_index);
}
