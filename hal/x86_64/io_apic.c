/* SPDX-License-Identifier: Apache-2.0 */
/* The first I/O APIC (Intel 82093AA): device interrupts. Its registers are read and written by index. */
#include <hal/irq.h>
#include <hal/x86_64/port.h>
#include <stdatomic.h>

#define INDEX        0U
#define DATA         4U /* in units of u32 */
#define VERSION      1U
#define ENTRY(line)  (0x10U + 2 * (line))
#define ENTRY_MASKED (1U << 16)
#define ENTRY_LEVEL  (1U << 15)
#define ENTRY_LOW    (1U << 13)

static volatile u32 *registers;
static u32 lines;
static paddr io_apic, local_apic;
static u32 entries[DEVICE_VECTORS]; /* low halves */
static _Atomic u32 taken;           /* index and data belong together */

static void take(void)
{
    while (atomic_exchange_explicit(&taken, 1, memory_order_acquire) != 0)
        hal_cpu_relax();
}
static void give(void)
{
    atomic_store_explicit(&taken, 0, memory_order_release);
}

static void put(u32 index, u32 value)
{
    registers[INDEX] = index;
    registers[DATA] = value;
}

void io_apic_init(paddr address, paddr local)
{
    local_apic = local;
    if (address == 0)
        return;
    io_apic = address;
    registers = paging_map_device(address);
    registers[INDEX] = VERSION;
    lines = (registers[DATA] >> 16 & 0xff) + 1;
    if (lines > DEVICE_VECTORS)
        lines = DEVICE_VECTORS;
    for (u32 line = 0; line < lines; line++)
        put(ENTRY(line), entries[line] = ENTRY_MASKED | device_vector(line));
}

bool io_apic_is_level(u32 line)
{
    return (entries[line] & ENTRY_LEVEL) != 0;
}

bool hal_irq_exists(u32 line)
{
    return line < lines;
}

void hal_irq_route(u32 line, u32 cpu_index, bool edge, bool low)
{
    take();
    entries[line] = ENTRY_MASKED | (edge ? 0 : ENTRY_LEVEL) | (low ? ENTRY_LOW : 0) | device_vector(line);
    put(ENTRY(line), entries[line]);
    put(ENTRY(line) + 1, cpu_apic_ids[cpu_index] << 24);
    give();
}

static void set_masked(u32 line, bool masked)
{
    take();
    entries[line] = (entries[line] & ~ENTRY_MASKED) | (masked ? ENTRY_MASKED : 0);
    put(ENTRY(line), entries[line]);
    give();
}

void hal_irq_mask(u32 line)
{
    set_masked(line, true);
}

void hal_irq_unmask(u32 line)
{
    set_masked(line, false);
}

bool hal_device_range(paddr start, u64 size)
{
    const struct {
        paddr start, end;
    } own[] = {{io_apic, io_apic + KOS_PAGE_SIZE}, {local_apic, local_apic + KOS_PAGE_SIZE}};
    for (u32 i = 0; i < array_length(own); i++)
        if (start < own[i].end && own[i].start < start + size)
            return false;
    return start + size > start && start + size <= 1ULL << 46 && !boot_is_ram(start, size);
}
