/* SPDX-License-Identifier: Apache-2.0 */
/* Boot CPU, from the first C line to kernel_main(): device tree, final page tables, console, own per-CPU block. */
#include "kernel_map.h"
#include "port.h"
#include <hal/identifiers.h>

u64 hal_image_offset;
struct fdt_info hal_device_tree;
static struct hal_boot_info boot_info;

paddr hal_image_physical(const void *address)
{
    return (u64)address + hal_image_offset;
}

static void map_or_stop(u64 address, paddr physical, u64 size, enum kernel_access access)
{
    if (!hal_kernel_map(address, physical, size, access))
        kernel_panic("too few boot page tables for this memory map");
}

static void map_image(void)
{
    const u64 start = (u64)hal_image_start, text = (u64)hal_text_end, constants = (u64)hal_rodata_end;
    map_or_stop(start, start + hal_image_offset, text - start, KERNEL_TEXT);
    map_or_stop(text, text + hal_image_offset, constants - text, KERNEL_CONSTANT);
    map_or_stop(constants, constants + hal_image_offset, (u64)hal_image_end - constants, KERNEL_DATA);
}

/* Free memory of the list so far; pages of the image that must not change are read-only here too. */
static void map_directly(u64 start, u64 end)
{
    const u64 fixed = (u64)hal_image_start + hal_image_offset, fixed_end = (u64)hal_rodata_end + hal_image_offset;
    if (fixed >= start && fixed_end <= end) {
        map_or_stop(HAL_DIRECT_MAP + start, start, fixed - start, KERNEL_DATA);
        map_or_stop(HAL_DIRECT_MAP + fixed, fixed, fixed_end - fixed, KERNEL_CONSTANT);
        start = fixed_end;
    }
    map_or_stop(HAL_DIRECT_MAP + start, start, end - start, KERNEL_DATA);
}

/* The tree is mapped in the window that the boot tables and the final tables have in common. */
static u64 read_device_tree(paddr physical)
{
    u64 size = FDT_HEADER_SIZE;
    const void *blob = hal_kernel_map_window(physical, size, KERNEL_CONSTANT);
    size = fdt_total_size(blob);
    if (physical == 0 || size == 0 || size > 2U << 20)
        kernel_panic("no device tree at 0x%lx", physical);
    blob = hal_kernel_map_window(physical, size, KERNEL_CONSTANT);
    const bool whole = fdt_read(blob, size, &hal_device_tree);
    hal_console_init();
    if (!whole)
        kernel_panic("the device tree at 0x%lx is malformed", physical);
    return size;
}

static void find_memory(paddr device_tree, u64 device_tree_size)
{
    const struct fdt_info *tree = &hal_device_tree;
    for (u32 i = 0; i < tree->memory_count; i++)
        hal_ranges_add(&boot_info, tree->memory[i].start, tree->memory[i].size);
    if (boot_info.range_count == 0)
        kernel_panic("no memory in the device tree");
    for (u32 i = 0; i < boot_info.range_count; i++)
        map_directly(boot_info.ranges[i].start, boot_info.ranges[i].end);
    hal_ranges_remove(&boot_info, hal_image_physical(hal_image_start), (u64)(hal_image_end - hal_image_start));
    hal_ranges_remove(&boot_info, device_tree, device_tree_size);
    hal_ranges_remove(&boot_info, 0, KOS_PAGE_SIZE); /* physical page 0 stays out: too easily taken for "none" */
    for (u32 i = 0; i < tree->reserved_count; i++)
        hal_ranges_remove(&boot_info, tree->reserved[i].start, tree->reserved[i].size);
}

/* The CPU that runs this becomes number 0. */
static void order_cpus(void)
{
    struct fdt_info *tree = &hal_device_tree;
    const u64 self = read_register(mpidr_el1) & MPIDR_AFFINITY;
    u32 found = 0;
    while (found < tree->cpu_count && tree->cpus[found] != self)
        found++;
    if (found == tree->cpu_count) { /* no list, or one without this CPU: it runs alone */
        tree->cpu_count = 1;
        found = 0;
    }
    tree->cpus[found] = tree->cpus[0];
    tree->cpus[0] = self;
    boot_info.cpu_count = tree->cpu_count;
}

[[noreturn]] static void boot_on_own_stack(void)
{
    hal_space_activate_none();
    hal_cpu_init(0);
    hal_gic_init();
    hal_gic_cpu_init();
    hal_timer_cpu_init();
    kernel_main(&boot_info);
}

static void map_boot_block(void)
{
    for (u64 offset = HAL_BLOCK_STACK; offset <= HAL_BLOCK_AREA; offset += KOS_PAGE_SIZE) {
        if (offset == HAL_BLOCK_STACK_TOP)
            continue; /* guard */
        const paddr page = hal_ranges_take_page(&boot_info);
        if (page == PADDR_NONE)
            kernel_panic("no memory");
        map_or_stop(HAL_CPU_BLOCKS + offset, page, KOS_PAGE_SIZE, KERNEL_DATA);
    }
}

void hal_boot(paddr device_tree, paddr image)
{
    write_register(vbar_el1, hal_vectors);
    hal_image_offset = image - (u64)hal_image_start;
    hal_timer_init();
    const bool wide_asids = ((read_register(id_aa64mmfr0_el1) >> 4) & 15) == 2;
    hal_identifiers_init(wide_asids ? ARCH_IDENTIFIERS_MAX : 256);
    memset(hal_kernel_root, 0, KOS_PAGE_SIZE);
    map_image();
    hal_kernel_share_window();
    find_memory(device_tree, read_device_tree(device_tree));
    order_cpus();
    /* Pages are zeroed through the direct map: so only now. */
    hal_kernel_root_activate((u64)hal_kernel_root + hal_image_offset, hal_image_offset);
    map_boot_block();
    for (u32 i = 0; i < HAL_COMMAND_LINE_SIZE; i++)
        boot_info.command_line[i] = hal_device_tree.command_line[i];
    memcpy(boot_info.seed, hal_device_tree.seed, sizeof(boot_info.seed));
    memset(hal_device_tree.seed, 0, sizeof(hal_device_tree.seed));
    __asm__ volatile("msr tpidr_el1, %0\n\tmov sp, %1\n\tmov x29, xzr\n\tblr %2" ::"r"(HAL_CPU_BLOCKS + HAL_BLOCK_AREA),
                     "r"(HAL_CPU_BLOCKS + HAL_BLOCK_STACK_TOP), "r"(boot_on_own_stack)
                     : "memory");
    __builtin_unreachable();
}
