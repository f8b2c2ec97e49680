/* SPDX-License-Identifier: Apache-2.0 */
/* PL031 (ARM DDI 0224): its alarm, set to the second that it is. */
#include <coresrv/io/mmio.h>
#include <kos/time.h>
#include <tests/devices/device.h>

const rtl_uint64_t device_address = 0x09010000, controller_address = 0x08000000, ram_address = 0x42000000,
                   silent_address = 0x0b000000;
const int device_line = 32 + 2;

#define DATA    0x00U
#define MATCH   0x04U
#define CONTROL 0x0cU
#define ENABLE  0x10U
#define CLEAR   0x1cU

static volatile void *at(volatile void *registers, unsigned offset)
{
    return (volatile char *)registers + offset;
}

void device_init(volatile void *registers)
{
    IoWriteMmReg32(at(registers, CONTROL), 1);
    IoWriteMmReg32(at(registers, ENABLE), 0);
    IoWriteMmReg32(at(registers, CLEAR), 1);
}

/* It counts seconds: at once. */
void device_raise_later(volatile void *registers, unsigned delay_ns, unsigned long long *when)
{
    (void)delay_ns;
    IoWriteMmReg32(at(registers, ENABLE), 1);
    rtl_uint32_t now = IoReadMmReg32(at(registers, DATA));
    __atomic_store_n(when, kos_time_ns(), __ATOMIC_RELEASE);
    IoWriteMmReg32(at(registers, MATCH), now);
}

void device_raise(volatile void *registers)
{
    unsigned long long when;
    device_raise_later(registers, 0, &when);
}

void device_quiet(volatile void *registers)
{
    IoWriteMmReg32(at(registers, ENABLE), 0);
    IoWriteMmReg32(at(registers, CLEAR), 1);
}
