/* SPDX-License-Identifier: Apache-2.0 */
/* Local APIC (Intel SDM volume 3, chapter 10): x2APIC by MSR, else the memory page. The old 8259 pair is masked. */
#include <hal/x86_64/port.h>

static volatile u32 *registers; /* xAPIC; null: x2APIC */

#define ID               0x20
#define END_OF_INTERRUPT 0xb0
#define SPURIOUS         0xf0
#define REQUESTED_LAST   0x270 /* interrupts that wait: vectors 0xe0 to 0xff */
#define COMMAND_LOW      0x300
#define COMMAND_HIGH     0x310
#define TIMER            0x320
#define TIMER_INITIAL    0x380
#define TIMER_CURRENT    0x390
#define TIMER_DIVIDE     0x3e0

static void put(u32 where, u32 value)
{
    if (registers != nullptr)
        registers[where / 4] = value;
    else
        msr_write(0x800 + where / 16, value);
}

static u32 get(u32 where)
{
    return registers != nullptr ? registers[where / 4] : (u32)msr_read(0x800 + where / 16);
}

void apic_init(paddr local_apic)
{
    port_out8(0x21, 0xff);
    port_out8(0xa1, 0xff);
    if (!cpu_features.x2apic)
        registers = paging_map_device(local_apic);
}

void apic_setup(void)
{
    msr_write(0x1b, msr_read(0x1b) | 1U << 11 | (cpu_features.x2apic ? 1U << 10 : 0));
    put(SPURIOUS, 0x100 | VECTOR_SPURIOUS);
    put(TIMER_DIVIDE, 0xb); /* by 1 */
    put(TIMER, VECTOR_TIMER | (cpu_features.tsc_deadline ? 2U << 17 : 0));
}

u32 apic_id(void)
{
    return registers != nullptr ? get(ID) >> 24 : get(ID);
}

void apic_end_of_interrupt(void)
{
    put(END_OF_INTERRUPT, 0);
}

static_assert(VECTOR_TIMER >= 0xe0 && VECTOR_IPI >= 0xe0 && VECTOR_OTHER >= 0xe0, "those that are looked at");
bool apic_interrupt_pending(void)
{
    return get(REQUESTED_LAST) != 0;
}

static void command(u32 target, u32 value)
{
    if (registers == nullptr) {
        __asm__ volatile("mfence; lfence" ::: "memory"); /* x2APIC writes do not wait for earlier stores */
        msr_write(0x830, (u64)target << 32 | value);
        return;
    }
    while ((get(COMMAND_LOW) & 1U << 12) != 0)
        hal_cpu_relax();
    put(COMMAND_HIGH, target << 24);
    put(COMMAND_LOW, value);
}

void hal_ipi_send(u32 index)
{
    command(cpu_apic_ids[index], 0x4000 | VECTOR_IPI);
}

static void wait_us(u64 us)
{
    u64 end = hal_time_now() + us * 1000;
    while (hal_time_now() < end)
        hal_cpu_relax();
}

void apic_start_cpu(u32 id, paddr trampoline)
{
    command(id, 0xc500); /* INIT, assert */
    wait_us(10);
    command(id, 0x4600 | (u32)(trampoline >> 12));
    wait_us(200);
    command(id, 0x4600 | (u32)(trampoline >> 12)); /* a second one is ignored by a CPU that runs */
}

void apic_timer_set(u64 ticks)
{
    put(TIMER_INITIAL, ticks > 0xffffffffU ? 0xffffffffU : (u32)ticks);
}
u32 apic_timer_count(void)
{
    return get(TIMER_CURRENT);
}
