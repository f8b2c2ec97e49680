/* SPDX-License-Identifier: Apache-2.0 */
/* The two interrupt controllers behind gic.c. Interrupts used: SGI 0 (IPI) and the PPIs of the virtual timer and of
 * the PMU. */
#pragma once

#include <hal/base.h>

#define GIC_SGI_IPI   0U
#define GIC_FIRST_SPI 32U
#define GIC_SPECIAL   1020U /* numbers from here on are no interrupts */

/* Distributor registers that both have; SGI frame of a GICv3 redistributor: the same offsets for 0..31. */
#define GICD_CTLR       0x000U
#define GICD_TYPER      0x004U
#define GICD_IGROUPR    0x080U
#define GICD_ISENABLER  0x100U
#define GICD_ICENABLER  0x180U
#define GICD_IPRIORITYR 0x400U
#define GICD_ITARGETSR  0x800U
#define GICD_SGIR       0xf00U

typedef volatile u8 *device;
static inline u32 device_read(device base, u32 offset)
{
    u32 value;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(base + offset) : "memory");
    return value;
}
static inline void device_write(device base, u32 offset, u32 value)
{
    __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(base + offset) : "memory");
}

/* gic_lines.c: what the distributor does for devices. target: GICv2's bit of a CPU; null: GICv3. */
void hal_gic_lines_init(device distributor, u8 (*target)(u32 cpu_index));
bool hal_gic_is_edge(u32 line);

/* Bits of the private interrupts in use. */
u32 hal_gic_private_mask(void);

void hal_gic_v2_init(void);
void hal_gic_v2_cpu_init(void);
u32 hal_gic_v2_acknowledge(void); /* with the sender of an SGI in bits 10..12: pass it on to complete */
void hal_gic_v2_complete(u32 interrupt);
void hal_gic_v2_send(u32 cpu_index);

void hal_gic_v3_init(void);
void hal_gic_v3_cpu_init(void);
u32 hal_gic_v3_acknowledge(void);
void hal_gic_v3_complete(u32 interrupt);
void hal_gic_v3_send(u32 cpu_index);
