/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of this port. */
#pragma once
#include <hal/hal.h>
#include <hal/upcall.h>
#include <hal/x86_64/acpi.h>
#include <hal/x86_64/offsets.h>

static inline u8 port_in8(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline void port_out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static inline void port_out16(u16 port, u16 value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}
static inline u64 msr_read(u32 number)
{
    u32 low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return low | (u64)high << 32;
}
static inline void msr_write(u32 number, u64 value)
{
    __asm__ volatile("wrmsr" ::"c"(number), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}
static inline u64 tsc_read(void)
{
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | (u64)high << 32;
}
struct cpuid {
    u32 a, b, c, d;
};
static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(subleaf));
    return r;
}

/* Features found by cpu_features_init; constant afterwards. */
extern struct cpu_features {
    bool pcid, smep, smap, x2apic, tsc_deadline, pages_1g, xsave, avx, rdrand;
} cpu_features;
void cpu_features_init(void);
/* This CPU's control registers, GDT, TSS, IDT, system-call MSRs. Its block is mapped. */
void cpu_setup(u32 index, u32 apic_id);
/* Virtual address of CPU index's block. */
static inline u64 cpu_block(u32 index)
{
    return HAL_CPU_BLOCKS + (u64)index * HAL_CPU_BLOCK_SIZE;
}

/* paging.c */
extern u64 hal_kernel_root; /* physical address of the kernel's own top-level table */
void paging_init(paddr memory_end, hal_page_source source);
void paging_map_kernel(u64 address, paddr page, u64 flags, hal_page_source source);
void *paging_map_device(paddr physical); /* one page, uncached */

/* apic.c */
void apic_init(paddr local_apic);
void apic_setup(void);
u32 apic_id(void);
void apic_end_of_interrupt(void);
void apic_start_cpu(u32 apic_id, paddr trampoline);
void apic_timer_set(u64 ticks); /* 0 = stop */
u32 apic_timer_count(void);

/* io_apic.c */
static inline u32 device_vector(u32 line)
{
    return line < 16 ? VECTOR_DEVICE + line : VECTOR_DEVICE_REST + line - 16;
}
void io_apic_init(paddr io_apic, paddr local_apic); /* io_apic 0: there is none */
bool io_apic_is_level(u32 line);

/* boot.c: true if any of it is RAM. */
bool boot_is_ram(paddr start, u64 size);

/* timer.c */
void timer_calibrate(paddr hpet);
void timer_setup(void);

void console_init(void);
extern u32 cpu_apic_ids[KOS_CPUS_MAX];
