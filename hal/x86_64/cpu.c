/* SPDX-License-Identifier: Apache-2.0 */
/* Set-up of one CPU: features, control registers, descriptor tables, the system-call entry; start of the others. */
#include <hal/x86_64/port.h>
#include <stdatomic.h>

struct cpu_features cpu_features;
u32 cpu_apic_ids[KOS_CPUS_MAX];

extern const u8 hal_entry_stub[], hal_entry_stub_reply[], hal_entry_stub_call[], hal_entry_stub_end[];
extern const u8 hal_entry_stub_diverted[], hal_entry_stub_diverted_jump[];
extern const u8 hal_interrupt_stubs[], hal_trampoline[], hal_trampoline_end[];
extern u64 hal_secondary_stack;
u64 hal_secondary_stack;

void cpu_features_init(void)
{
    struct cpuid one = cpuid(1, 0), seven = cpuid(7, 0), extended = cpuid(0x80000001, 0);
    cpu_features.pcid = (one.c >> 17 & 1) != 0;
    cpu_features.x2apic = (one.c >> 21 & 1) != 0;
    cpu_features.tsc_deadline = (one.c >> 24 & 1) != 0;
    cpu_features.xsave = (one.c >> 26 & 1) != 0;
    cpu_features.avx = (one.c >> 28 & 1) != 0;
    cpu_features.rdrand = (one.c >> 30 & 1) != 0;
    cpu_features.smep = (seven.b >> 7 & 1) != 0;
    cpu_features.smap = (seven.b >> 20 & 1) != 0;
    cpu_features.pages_1g = (extended.d >> 26 & 1) != 0;
    if ((seven.b & 1) == 0)
        kernel_panic("this processor lacks FSGSBASE, which the kernel needs");
}

static void control_registers(void)
{
    u64 cr0, cr4;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    cr0 = (cr0 & ~(1ULL << 2)) | 1ULL << 1 | 1ULL << 3 | 1ULL << 5 | 1ULL << 16; /* MP, TS, NE, WP; not EM */
    cr4 |= 1ULL << 7 | 1ULL << 9 | 1ULL << 10 | 1ULL << 16;                      /* PGE, OSFXSR, OSXMMEXCPT, FSGSBASE */
    cr4 |= (cpu_features.pcid ? 1ULL << 17 : 0) | (cpu_features.xsave ? 1ULL << 18 : 0) |
           (cpu_features.smep ? 1ULL << 20 : 0) | (cpu_features.smap ? 1ULL << 21 : 0);
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4));
    __asm__ volatile("mov %0, %%cr0" ::"r"(cr0));
    if (cpu_features.xsave)
        __asm__ volatile("xsetbv" ::"c"(0), "a"(cpu_features.avx ? 7 : 3), "d"(0));
    __asm__ volatile("wrgsbase %0" ::"r"(0ULL));
}

static void gate(u64 *idt, u32 vector, u32 stub, u32 stack, u32 privilege)
{
    u64 target = (u64)hal_interrupt_stubs + (u64)stub * INTERRUPT_STUB_SIZE;
    idt[2UL * vector] = (target & 0xffff) | (u64)SELECTOR_KERNEL_CODE << 16 | (u64)stack << 32 |
                        (u64)(0x8e | privilege << 5) << 40 | (target >> 16 & 0xffff) << 48;
    idt[2UL * vector + 1] = target >> 32;
}

/* The IDT is the same for all CPUs; it has one page of its own. */
static alignas(KOS_PAGE_SIZE) u64 idt[512];

static void idt_fill(void)
{
    for (u32 vector = 0; vector < 256; vector++)
        gate(idt, vector, vector < 32 ? vector : INTERRUPT_STUB_OTHER, 0, 0);
    gate(idt, VECTOR_TIMER, INTERRUPT_STUB_TIMER, 0, 0);
    gate(idt, VECTOR_IPI, INTERRUPT_STUB_IPI, 0, 0);
    for (u32 line = 0; line < DEVICE_VECTORS; line++)
        gate(idt, device_vector(line), INTERRUPT_STUB_DEVICE + line, 0, 0);
    gate(idt, 2, 2, 1, 0);
    gate(idt, 8, 8, 2, 0);
    gate(idt, 18, 18, 3, 0);
    gate(idt, 3, 3, 0, 3); /* breakpoint from user mode */
}

static void put64(u8 *at, u64 value)
{
    memcpy(at, &value, sizeof(value));
}

static void descriptor_tables(u64 block)
{
    u64 *gdt = (u64 *)(block + HAL_BLOCK_TABLES);
    u8 *tss = (u8 *)(block + HAL_BLOCK_TABLES + 128);
    put64(tss + 4, block + HAL_BLOCK_STACK_TOP); /* stack of entries from user mode */
    put64(tss + 36, block + HAL_BLOCK_NMI_STACK + KOS_PAGE_SIZE);
    put64(tss + 44, block + HAL_BLOCK_DOUBLE_FAULT_STACK + KOS_PAGE_SIZE);
    put64(tss + 52, block + HAL_BLOCK_MACHINE_CHECK_STACK + KOS_PAGE_SIZE);
    tss[102] = 104; /* no I/O permissions */
    u64 base = (u64)tss;
    gdt[0] = 0;
    gdt[1] = 0x00af9b000000ffff; /* kernel code */
    gdt[2] = 0x00cf93000000ffff; /* kernel data */
    gdt[3] = 0;
    gdt[4] = 0x00cff3000000ffff; /* user data */
    gdt[5] = 0x00affb000000ffff; /* user code */
    gdt[6] = 103 | (base & 0xffffff) << 16 | 0x89ULL << 40 | (base >> 24 & 0xff) << 56;
    gdt[7] = base >> 32;
    const struct [[gnu::packed]] {
        u16 limit;
        u64 base;
    } gdt_pointer = {63, (u64)gdt}, idt_pointer = {sizeof(idt) - 1, (u64)idt};
    __asm__ volatile("lgdt %0; lidt %1" ::"m"(gdt_pointer), "m"(idt_pointer));
    __asm__ volatile("pushq %0; lea 1f(%%rip), %%rax; push %%rax; lretq; 1:" ::"i"(SELECTOR_KERNEL_CODE)
                     : "rax", "memory");
    __asm__ volatile("mov %0, %%ss; mov %1, %%ds; mov %1, %%es; ltr %w2" ::"r"(SELECTOR_KERNEL_DATA), "r"(0),
                     "r"(SELECTOR_TASK));
}

#define MSR_STAR   0xc0000081U
#define MSR_LSTAR  0xc0000082U
#define MSR_SFMASK 0xc0000084U

/* The copy of the stub; its jumps are relative, so they move with it. Written through the direct map: the page is
 * not writable. */
static void entry_stub(u64 block, u8 *page)
{
    size_t size = (size_t)(hal_entry_stub_end - hal_entry_stub);
    memcpy(page, hal_entry_stub, size);
    s32 distance = (s32)((s64)(u64)hal_entry_stub - (s64)(block + HAL_BLOCK_CODE));
    const u8 *places[] = {hal_entry_stub_reply, hal_entry_stub_call, hal_entry_stub_diverted_jump};
    for (u32 i = 0; i < array_length(places); i++) {
        s32 relative;
        memcpy(&relative, places[i], sizeof(relative));
        relative += distance;
        memcpy(page + (places[i] - hal_entry_stub), &relative, sizeof(relative));
    }
    msr_write(MSR_STAR, (u64)SELECTOR_SYSRET_BASE << 48 | (u64)SELECTOR_KERNEL_CODE << 32);
    msr_write(MSR_LSTAR, block + HAL_BLOCK_CODE);
    msr_write(MSR_SFMASK, 0x47700 | 0x4000); /* AC NT IF TF DF ... */
}

void hal_entry_divert(bool diverted)
{
    u64 stub = cpu_block(hal_cpu_self()->index) + HAL_BLOCK_CODE;
    msr_write(MSR_LSTAR, diverted ? stub + (u64)(hal_entry_stub_diverted - hal_entry_stub) : stub);
}

static paddr block_physical(u64 address)
{
    u64 *table = hal_direct(hal_kernel_root);
    for (unsigned level = 3; level > 0; level--)
        table = hal_direct(table[address >> (12 + 9 * level) & 511] & PAGE_ADDRESS);
    return table[address >> 12 & 511] & PAGE_ADDRESS;
}

void cpu_setup(u32 index, u32 id)
{
    u64 block = cpu_block(index);
    struct hal_cpu *cpu = (struct hal_cpu *)(block + HAL_BLOCK_AREA);
    if (index == 0)
        idt_fill();
    control_registers();
    descriptor_tables(block);
    entry_stub(block, hal_direct(block_physical(block + HAL_BLOCK_CODE)));
    cpu->index = index;
    cpu->apic_id = id;
    cpu->pending = 0;
}

/* ---- other CPUs ---- */

#define TRAMPOLINE 0x8000ULL /* physical page below 640 KiB, never given to the allocator */
static _Atomic u32 online;

retcode hal_cpu_start(u32 index, hal_page_source source)
{
    static const u16 pages[] = {HAL_BLOCK_NMI_STACK,
                                HAL_BLOCK_DOUBLE_FAULT_STACK,
                                HAL_BLOCK_MACHINE_CHECK_STACK,
                                HAL_BLOCK_STACK,
                                HAL_BLOCK_STACK + 0x1000,
                                HAL_BLOCK_STACK + 0x2000,
                                HAL_BLOCK_STACK + 0x3000,
                                HAL_BLOCK_AREA,
                                HAL_BLOCK_CODE,
                                HAL_BLOCK_TABLES};
    u64 block = cpu_block(index),
        data = PAGE_PRESENT | PAGE_WRITABLE | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY | PAGE_NO_EXECUTE;
    for (u32 i = 0; i < array_length(pages); i++) {
        paddr page = source();
        if (page == PADDR_NONE)
            return rcOutOfMemory;
        paging_map_kernel(block + pages[i], page,
                          pages[i] == HAL_BLOCK_CODE ? PAGE_PRESENT | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY : data, source);
    }
    memcpy(hal_direct(TRAMPOLINE), hal_trampoline, (size_t)(hal_trampoline_end - hal_trampoline));
    ((struct hal_cpu *)(block + HAL_BLOCK_AREA))->index = index;
    __atomic_store_n(&hal_secondary_stack, block + HAL_BLOCK_STACK_TOP, __ATOMIC_RELEASE);
    apic_start_cpu(cpu_apic_ids[index], TRAMPOLINE);
    /* Who has taken the stack will come; who has not by the end of the time finds none any more (entry.S). */
    u64 limit = hal_time_now() + HAL_CPU_START_TIMEOUT;
    while (atomic_load_explicit(&online, memory_order_acquire) < index) {
        if (hal_time_now() > limit && __atomic_exchange_n(&hal_secondary_stack, 0, __ATOMIC_ACQUIRE) != 0)
            return rcTimeout;
        hal_cpu_relax(); /* an emulator that runs one CPU at a time gives the other its turn */
    }
    return rcOk;
}

[[noreturn]] void hal_secondary_main(void);
void hal_secondary_main(void)
{
    u32 index = hal_cpu_self()->index;
    cpu_setup(index, cpu_apic_ids[index]);
    apic_setup();
    timer_setup();
    kernel_secondary_main();
}

void hal_cpu_online(void)
{
    atomic_fetch_add_explicit(&online, 1, memory_order_release);
}

void hal_cpu_halt(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}
