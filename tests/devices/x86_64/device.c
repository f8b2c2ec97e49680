/* SPDX-License-Identifier: Apache-2.0 */
/* HPET (IA-PC HPET 1.0a): timer 0, level-triggered, to input 20 of the I/O APIC. */
#include <coresrv/io/mmio.h>
#include <kos/time.h>
#include <tests/devices/device.h>

const rtl_uint64_t device_address = 0xfed00000, controller_address = 0xfec00000, ram_address = 0x2000000,
                   silent_address = 0xfd000000;
const int device_line = 20;
const rtl_uint64_t dma_device_address = 0; /* none in memory: QEMU's own (fw_cfg) is behind ports */

int dma_device_write(volatile void *registers, void *at, rtl_uint64_t physical)
{
    (void)registers, (void)at, (void)physical;
    return 0;
}

#define CONFIGURATION 0x010U
#define STATUS        0x020U
#define COUNTER       0x0f0U
#define TIMER         0x100U
#define COMPARATOR    0x108U
#define TIMER_LEVEL   (1U << 1)
#define TIMER_ENABLED (1U << 2)
#define TIMER_32_BITS (1U << 8)

static volatile void *at(volatile void *registers, unsigned offset)
{
    return (volatile char *)registers + offset;
}

void device_init(volatile void *registers)
{
    IoWriteMmReg32(at(registers, TIMER), (rtl_uint32_t)device_line << 9 | TIMER_32_BITS | TIMER_LEVEL);
    IoWriteMmReg32(at(registers, STATUS), 1);
    IoWriteMmReg32(at(registers, CONFIGURATION), 1); /* the counter runs; not the PC's old routes */
}

#define TICK_NS 10U /* of the emulator's */

/* The comparator first: one in the past would raise the line as soon as the timer is enabled. */
void device_raise_later(volatile void *registers, unsigned delay_ns, unsigned long long *when)
{
    __atomic_store_n(when, kos_time_ns() + delay_ns, __ATOMIC_RELEASE);
    IoWriteMmReg32(at(registers, COMPARATOR), IoReadMmReg32(at(registers, COUNTER)) + delay_ns / TICK_NS);
    IoWriteMmReg32(at(registers, TIMER), (rtl_uint32_t)device_line << 9 | TIMER_32_BITS | TIMER_LEVEL | TIMER_ENABLED);
}

void device_raise(volatile void *registers)
{
    unsigned long long when;
    device_raise_later(registers, 2000, &when);
}

void device_quiet(volatile void *registers)
{
    IoWriteMmReg32(at(registers, TIMER), (rtl_uint32_t)device_line << 9 | TIMER_32_BITS | TIMER_LEVEL);
    IoWriteMmReg32(at(registers, STATUS), 1);
}
