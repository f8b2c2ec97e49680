/* SPDX-License-Identifier: Apache-2.0 */
/* From the PVH entry to kernel_main (Xen PVH boot protocol: hvm_start_info). */
#include <hal/identifiers.h>
#include <hal/x86_64/port.h>

#define START_MAGIC 0x336ec578U
#define MEMORY_RAM  1U

struct start_info {
    u32 magic, version, flags, module_count;
    u64 modules, command_line, rsdp, memory_map;
    u32 memory_map_entries, reserved;
};
struct memory_entry {
    u64 address, size;
    u32 type, reserved;
};

extern u8 hal_image_start[], hal_image_end[];

static struct hal_boot_info boot;
static u32 early_range; /* the range that early pages are cut from */
static struct hal_memory_range ram[HAL_MEMORY_RANGES_MAX];
static u32 ram_count;

/* Early pages come from the end of the largest range below 1 GiB, which the first tables map. */
static paddr early_page(void)
{
    struct hal_memory_range *range = &boot.ranges[early_range];
    if (range->end - range->start < 2ULL * KOS_PAGE_SIZE)
        return PADDR_NONE;
    range->end -= KOS_PAGE_SIZE;
    hal_page_zero(range->end);
    return range->end;
}

static void range_add(u64 start, u64 end)
{
    start = round_up(start, KOS_PAGE_SIZE);
    end = round_down(end, KOS_PAGE_SIZE);
    u64 image_start = (u64)hal_image_start - HAL_KERNEL_BASE, image_end = (u64)hal_image_end - HAL_KERNEL_BASE;
    if (start < 0x100000)
        start = 0x100000; /* firmware, trampoline */
    if (end > HAL_DIRECT_MAP_SIZE)
        end = HAL_DIRECT_MAP_SIZE;
    if (start < end && start < image_end && end > image_start) {
        range_add(start, image_start);
        start = image_end;
    }
    if (start < end && boot.range_count < HAL_MEMORY_RANGES_MAX)
        boot.ranges[boot.range_count++] = (struct hal_memory_range){start, end};
}

static const void *boot_translate(u64 physical, u64 size)
{
    /* the first tables map 1 GiB */
    return physical < 1ULL << 30 && size <= (1ULL << 30) - physical ? hal_direct(physical) : nullptr;
}

static paddr late_limit;
static const void *translate(u64 physical, u64 size)
{
    return physical < late_limit && size <= late_limit - physical ? hal_direct(physical) : nullptr;
}

static paddr read_memory_map(const struct start_info *info)
{
    paddr end = 1ULL << 30;
    const struct memory_entry *entries = boot_translate(info->memory_map, info->memory_map_entries * sizeof(*entries));
    for (u32 i = 0; entries != nullptr && i < info->memory_map_entries; i++) {
        u64 top = entries[i].address + entries[i].size;
        if (entries[i].type == MEMORY_RAM) {
            range_add(entries[i].address, top);
            if (ram_count < HAL_MEMORY_RANGES_MAX)
                ram[ram_count++] = (struct hal_memory_range){entries[i].address, top};
            end = end > top ? end : top;
        }
    }
    for (u32 i = 1; i < boot.range_count; i++) {
        const struct hal_memory_range *a = &boot.ranges[early_range], *b = &boot.ranges[i];
        if (b->start < 1ULL << 30 && b->end - b->start > a->end - a->start)
            early_range = i;
    }
    if (boot.range_count == 0)
        kernel_panic("no usable memory");
    return end;
}

bool boot_is_ram(paddr start, u64 size)
{
    for (u32 i = 0; i < ram_count; i++)
        if (start < ram[i].end && ram[i].start < start + size)
            return true;
    return start < 0x100000; /* firmware's, whatever it says */
}

static void read_command_line(const struct start_info *info)
{
    const char *text = info->command_line != 0 ? boot_translate(info->command_line, HAL_COMMAND_LINE_SIZE) : nullptr;
    for (u32 i = 0; text != nullptr && i + 1 < HAL_COMMAND_LINE_SIZE && text[i] != '\0'; i++)
        boot.command_line[i] = text[i];
}

[[noreturn]] void hal_boot_main(paddr start_info);
void hal_boot_main(paddr start_info)
{
    console_init();
    cpu_features_init();
    hal_identifiers_init(ARCH_IDENTIFIERS_MAX);
    const struct start_info *info = boot_translate(start_info, sizeof(*info));
    if (info == nullptr || info->magic != START_MAGIC)
        kernel_panic("not started by the PVH protocol");
    struct start_info copy = *info;
    read_command_line(&copy);
    paddr end = read_memory_map(&copy);
    u64 split = boot.ranges[early_range].end; /* early pages must lie below 1 GiB */
    if (split > 1ULL << 30) {
        boot.ranges[early_range].end = 1ULL << 30;
        if (boot.range_count < HAL_MEMORY_RANGES_MAX)
            boot.ranges[boot.range_count++] = (struct hal_memory_range){1ULL << 30, split};
    }
    late_limit = round_up(end, 1ULL << 30);
    paging_init(late_limit, early_page);
    struct acpi_machine machine;
    (void)acpi_read(copy.rsdp, translate, &machine);
    memcpy(cpu_apic_ids, machine.apic_ids, sizeof(cpu_apic_ids));
    apic_init(machine.local_apic);
    io_apic_init(machine.io_apic, machine.local_apic);
    cpu_setup(0, cpu_apic_ids[0]);
    apic_setup();
    timer_calibrate(machine.hpet);
    /* the boot CPU is number 0, wherever the MADT has it */
    u32 self = apic_id();
    for (u32 i = 1; i < machine.cpu_count; i++)
        if (cpu_apic_ids[i] == self) {
            cpu_apic_ids[i] = cpu_apic_ids[0];
            cpu_apic_ids[0] = self;
        }
    hal_cpu_self()->apic_id = self;
    boot.cpu_count = machine.cpu_count;
    kernel_main(&boot);
}
