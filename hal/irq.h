/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device interrupts. A line is a number of the machine's: an input of the I/O APIC (x86_64), an INTID from 32 on
 * (aarch64). All are masked at boot. When an unmasked one is raised, a CPU that it is routed to comes to
 * kernel_device_interrupt(); a level-triggered line is masked by then, and it is completed at the controller.
 *
 * Changes to one line are serialized by the caller; of different lines any CPUs may make at once.
 */
#pragma once
#include <hal/base.h>

#define HAL_IRQ_LINES 1020U /* all lines are below */

bool hal_irq_exists(u32 line);
/* The line, masked, is to go to that CPU. edge: it is raised by a change, else as long as it is active. low: active
 * when low (x86_64 only; a GIC's lines have no polarity). */
void hal_irq_route(u32 line, u32 cpu_index, bool edge, bool low);
void hal_irq_mask(u32 line);
void hal_irq_unmask(u32 line);

/* No RAM, and no register of an interrupt controller or a timer that is the kernel's own: who gets that range, pages as
 * a whole, can do nothing to it but what a device can. */
bool hal_device_range(paddr start, u64 size);
