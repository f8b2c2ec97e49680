/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds the kernel half of the address space. Tables come from a pool inside the image, so that each is reached
 * through the image mapping before there is a direct map.
 */
#include "kernel_map.h"
#include "port.h"

#define TABLE_POOL 96U

[[gnu::section(".noinit"), gnu::aligned(4096)]] static u64 table_pool[TABLE_POOL][512];
[[gnu::section(".noinit"), gnu::aligned(4096)]] u64 hal_kernel_root[512];
static u32 tables_used;
static u64 window_next = HAL_DEVICE_WINDOW;

static const u64 access_bits[] = {
    [KERNEL_TEXT] = PAGE_SHAREABLE | PAGE_READ_ONLY | PAGE_NO_USER_EXECUTE,
    [KERNEL_CONSTANT] = PAGE_SHAREABLE | PAGE_READ_ONLY | PAGE_NO_USER_EXECUTE | PAGE_NO_KERNEL_EXECUTE,
    [KERNEL_DATA] = PAGE_SHAREABLE | PAGE_NO_USER_EXECUTE | PAGE_NO_KERNEL_EXECUTE,
    [KERNEL_DEVICE] = PAGE_DEVICE | PAGE_NO_USER_EXECUTE | PAGE_NO_KERNEL_EXECUTE,
};

/* The table behind an entry, made if there is none; null if the pool is empty. */
static u64 *next_table(u64 *entry)
{
    if ((*entry & PAGE_VALID) == 0) {
        if (tables_used == TABLE_POOL)
            return nullptr;
        u64 *table = table_pool[tables_used++];
        memset(table, 0, KOS_PAGE_SIZE);
        barrier("dsb ishst");
        __atomic_store_n(entry, ((u64)table + hal_image_offset) | PAGE_TABLE, __ATOMIC_RELEASE);
    }
    return (u64 *)((*entry & PAGE_ADDRESS) - hal_image_offset);
}

void hal_kernel_share_window(void)
{
    u64 *table = next_table(&hal_kernel_root[511]);
    table[511] = ((u64)hal_window_table + hal_image_offset) | PAGE_TABLE;
}

bool hal_kernel_map(u64 address, paddr physical, u64 size, enum kernel_access access)
{
    while (size != 0) {
        u64 *table = hal_kernel_root;
        u32 shift = 39;
        u64 block;
        for (;;) {
            table = next_table(&table[(address >> shift) & 511]);
            if (table == nullptr)
                return false;
            shift -= 9;
            block = 1ULL << shift;
            const bool fits = ((address | physical) & (block - 1)) == 0 && size >= block;
            if (shift == 12 || (fits && (table[(address >> shift) & 511] & PAGE_VALID) == 0))
                break;
        }
        const u64 type = shift == 12 ? PAGE_TABLE : PAGE_BLOCK;
        /* A run of entries in the same table. */
        do {
            table[(address >> shift) & 511] = physical | type | PAGE_ACCESSED | access_bits[access];
            address += block;
            physical += block;
            size -= block;
        } while (shift == 12 && size != 0 && ((address >> shift) & 511) != 0);
    }
    barrier("dsb ishst\n\tisb");
    return true;
}

void *hal_kernel_map_window(paddr physical, u64 size, enum kernel_access access)
{
    const u64 start = round_down(physical, KOS_PAGE_SIZE);
    const u64 length = round_up(physical + size, KOS_PAGE_SIZE) - start;
    /* As far from a 2 MiB boundary as the physical address, so that large regions take blocks. */
    u64 address = window_next + ((start - window_next) & 0x1fffff);
    if (size > HAL_DEVICE_WINDOW_END - HAL_DEVICE_WINDOW || address + length > HAL_DEVICE_WINDOW_END ||
        !hal_kernel_map(address, start, length, access))
        kernel_panic("no room to map %lu bytes at 0x%lx", size, physical);
    window_next = address + length + KOS_PAGE_SIZE;
    return (void *)(address + (physical - start));
}
