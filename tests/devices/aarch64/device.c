/* SPDX-License-Identifier: Apache-2.0 */
/* PL031 (ARM DDI 0224): its alarm, set to the second that it is. */
#include <coresrv/io/barriers.h>
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

/* QEMU's fw_cfg (docs/specs/fw_cfg.rst): what is big-endian; item 0 begins with "QEMU". */
const rtl_uint64_t dma_device_address = 0x09020000;
#define DMA_ADDRESS 16U
#define DMA_READ    (1U << 1)
#define DMA_SELECT  (1U << 3)
#define DMA_ITEM    (0U << 16)

struct dma_access {
    rtl_uint32_t control, length;
    rtl_uint64_t address;
};

int dma_device_write(volatile void *registers, void *at, rtl_uint64_t physical)
{
    volatile struct dma_access *access = at;
    volatile char *text = (volatile char *)at + 64;
    access->length = __builtin_bswap32(4);
    access->address = __builtin_bswap64(physical + 64);
    access->control = __builtin_bswap32(DMA_ITEM | DMA_SELECT | DMA_READ);
    volatile char *to = (volatile char *)registers + DMA_ADDRESS;
    IoWriteBarrier();
    IoWriteMmReg32(to, __builtin_bswap32((rtl_uint32_t)(physical >> 32)));
    IoWriteMmReg32(to + 4, __builtin_bswap32((rtl_uint32_t)physical));
    for (unsigned long long end = kos_time_ns() + 1000000000U; access->control != 0;)
        if (kos_time_ns() > end)
            return 0;
    IoReadBarrier();
    return text[0] == 'Q' && text[1] == 'E' && text[2] == 'M' && text[3] == 'U' && text[4] == 0;
}

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
