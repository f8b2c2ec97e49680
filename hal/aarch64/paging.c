/* SPDX-License-Identifier: Apache-2.0 */
/* User address spaces: see <hal/paging.h>. Table entries are written once whole, so readers need no lock. */
#include "port.h"
#include <hal/identifiers.h>
#include <hal/table_scan.h>

#define LEVELS               4
#define USER_ROOT_ENTRIES    256U                         /* 47 bits of addresses */
#define LEVEL_SPAN(level)    (1ULL << (39 - 9 * (level))) /* what an entry maps */
#define INVALIDATE_PAGES_MAX 32U

[[gnu::section(".noinit"), gnu::aligned(4096)]] static u64 empty_root[512];

static u64 *table_at(paddr table)
{
    return hal_direct(table & PAGE_ADDRESS);
}
static u32 level_index(vaddr address, u32 level)
{
    return (u32)(address >> (39 - 9 * level)) & 511;
}
static u64 entry_read(const u64 *entry)
{
    return __atomic_load_n(entry, __ATOMIC_RELAXED);
}
static void entry_write(u64 *entry, u64 value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELAXED);
}

/* One step down; null if there is no table. Written out for each level, as the shifts are constant then. */
static inline u64 *below(const u64 *table, u32 index)
{
    const u64 entry = entry_read(&table[index]);
    if (__builtin_expect((entry & PAGE_VALID) == 0, 0))
        return nullptr;
    u64 *next = table_at(entry);
    __builtin_assume(next != nullptr); /* where the direct map is */
    return next;
}

/* The last-level entry of address, or null. */
static inline u64 *find_entry(const struct hal_space *space, vaddr address)
{
    u64 *table;
    if (address >= KOS_USER_LIMIT || (table = below(table_at(space->root), level_index(address, 0))) == nullptr ||
        (table = below(table, level_index(address, 1))) == nullptr ||
        (table = below(table, level_index(address, 2))) == nullptr)
        return nullptr;
    return &table[level_index(address, 3)];
}

retcode hal_space_init(struct hal_space *space, const struct hal_page_allocator *pages)
{
    const u64 asid = hal_identifier_allocate();
    if (asid == 0) /* translations of two spaces under one number would be mixed up */
        return rcOutOfMemory;
    space->root = pages->allocate(pages->context);
    if (space->root == PADDR_NONE) {
        hal_identifier_free(asid);
        return rcOutOfMemory;
    }
    space->space_word = space->root | asid << 48;
    barrier("dsb ishst");
    return rcOk;
}

#define STEP_ENTRIES 48U /* looked at in one step; a table that is freed counts as some of them */
#define STEP_FREE    24U

static void table_free(u64 *place, const struct hal_page_allocator *pages)
{
    const paddr table = entry_read(place) & PAGE_ADDRESS;
    entry_write(place, 0);
    pages->free(pages->context, table);
}

/* position: all tables that map only what is below it are gone. */
bool hal_space_destroy(struct hal_space *space, const struct hal_page_allocator *pages, u64 *position)
{
    vaddr at = *position;
    for (u32 seen = 0; seen < STEP_ENTRIES && at < KOS_USER_LIMIT;) {
        u64 *owners[LEVELS] = {}; /* the entry that leads to the table of that level */
        u64 *table = table_at(space->root), entry;
        u32 level = 0;
        for (; level < LEVELS - 2 && ((entry = entry_read(&table[level_index(at, level)])) & PAGE_VALID) != 0;
             level++) {
            owners[level + 1] = &table[level_index(at, level)];
            table = table_at(entry);
        }
        u64 index = level_index(at, level), entries = level == 0 ? USER_ROOT_ENTRIES : 512;
        index = table_skip_empty(table, index, entries, &seen, STEP_ENTRIES);
        at = round_down(at, LEVEL_SPAN(level) * 512) + index * LEVEL_SPAN(level);
        if (level == LEVELS - 2 && index < entries && entry_read(&table[index]) != 0) {
            table_free(&table[index], pages);
            at += LEVEL_SPAN(level);
            seen += STEP_FREE;
        }
        /* behind its last entry a table goes too, and so on upwards */
        for (; level > 0 && level_index(at, level) == 0; level--, seen += STEP_FREE)
            table_free(owners[level], pages);
    }
    *position = at;
    if (at < KOS_USER_LIMIT)
        return false;
    hal_space_invalidate(space, 0, ~0ULL);
    hal_identifier_free(space->space_word >> 48);
    pages->free(pages->context, space->root);
    *space = (struct hal_space){.root = PADDR_NONE};
    return true;
}

void hal_space_activate_none(void)
{
    static bool cleared; /* the boot CPU comes first, alone */
    if (!cleared) {
        memset(empty_root, 0, sizeof(empty_root));
        cleared = true;
    }
    write_register(ttbr0_el1, hal_image_physical(empty_root));
    barrier("isb\n\ttlbi aside1, xzr\n\tdsb nsh\n\tisb");
}

void hal_space_leave(const struct hal_space *space)
{
    if (read_register(ttbr0_el1) == space->space_word)
        hal_space_activate_none();
}

void hal_context_leave_space(struct hal_context *context)
{
    context->space = nullptr;
    context->space_word = hal_image_physical(empty_root);
    hal_space_activate_none();
}

static u64 page_entry(paddr page, u32 access)
{
    u64 entry = page | PAGE_TABLE | PAGE_SHAREABLE | PAGE_ACCESSED | PAGE_NOT_GLOBAL | PAGE_NO_KERNEL_EXECUTE;
    if ((access & (HAL_PAGE_READ | HAL_PAGE_WRITE)) != 0)
        entry |= PAGE_USER;
    if ((access & HAL_PAGE_WRITE) == 0)
        entry |= PAGE_READ_ONLY;
    if ((access & HAL_PAGE_EXECUTE) == 0)
        entry |= PAGE_NO_USER_EXECUTE;
    if ((access & HAL_PAGE_SEALABLE) != 0)
        entry |= PAGE_SEALABLE;
    if ((access & HAL_PAGE_DEVICE) != 0)
        entry |= PAGE_DEVICE | PAGE_USER_DEVICE;
    return entry;
}

/* Makes what was stored to the page visible to instruction fetch, where the hardware does not do it by itself. */
static void make_fetchable(paddr page)
{
    const u64 cache_type = read_register(ctr_el0);
    const u64 data_line = 4ULL << ((cache_type >> 16) & 15), code_line = 4ULL << (cache_type & 15);
    const u8 *bytes = hal_direct(page);
    const u64 start = (u64)bytes, end = start + KOS_PAGE_SIZE;
    if ((cache_type & 1ULL << 28) == 0)
        for (u64 line = start; line < end; line += data_line)
            __asm__ volatile("dc cvau, %0" ::"r"(line) : "memory");
    barrier("dsb ish");
    if ((cache_type & 1ULL << 29) == 0) {
        if ((cache_type >> 14 & 3) == 3) { /* physically tagged: by any alias */
            for (u64 line = start; line < end; line += code_line)
                __asm__ volatile("ic ivau, %0" ::"r"(line) : "memory");
        } else
            barrier("ic ialluis");
        barrier("dsb ish");
    }
}

retcode hal_space_tables(struct hal_space *space, vaddr address, const struct hal_page_allocator *pages)
{
    if (find_entry(space, address) != nullptr)
        return rcOk;
    if (address >= KOS_USER_LIMIT)
        return rcInvalidArgument;
    u64 *table = table_at(space->root);
    u32 level = 0;
    for (u64 *next; level < LEVELS - 2 && (next = below(table, level_index(address, level))) != nullptr; level++)
        table = next;
    const paddr made = pages->allocate(pages->context);
    if (made == PADDR_NONE)
        return rcOutOfMemory; /* tables made on the way stay; they go with the space */
    barrier("dmb ishst");     /* a walker that sees the entry sees an empty table */
    entry_write(&table[level_index(address, level)], made | PAGE_TABLE);
    return PREEMPTED;
}

void hal_space_map(const struct hal_space *space, vaddr address, paddr page, u32 access)
{
    if ((access & HAL_PAGE_EXECUTE) != 0)
        make_fetchable(page);
    entry_write(find_entry(space, address), page_entry(page, access));
    barrier("dsb ishst\n\tisb");
}

bool hal_space_protect(const struct hal_space *space, vaddr address, u32 access)
{
    u64 *const place = find_entry(space, address);
    const u64 entry = place == nullptr ? 0 : entry_read(place);
    if ((entry & PAGE_VALID) == 0)
        return false;
    if ((access & HAL_PAGE_EXECUTE) != 0)
        make_fetchable(entry & PAGE_ADDRESS);
    entry_write(place, page_entry(entry & PAGE_ADDRESS, access));
    return true;
}

u64 hal_space_protect_run(const struct hal_space *space, vaddr address, u64 count, u32 access)
{
    u64 *place = find_entry(space, address), rest = 512 - level_index(address, LEVELS - 1),
        entry = page_entry(0, access);
    if (count > rest)
        count = rest;
    if (unlikely((access & HAL_PAGE_EXECUTE) != 0))
        for (u64 i = 0; i < count; i++)
            make_fetchable(entry_read(&place[i]) & PAGE_ADDRESS);
    for (u64 *end = place + count; place < end; place++)
        entry_write(place, (entry_read(place) & PAGE_ADDRESS) | entry);
    return count;
}

paddr hal_space_unmap(struct hal_space *space, vaddr address)
{
    u64 *entry = find_entry(space, address);
    if (entry == nullptr || (entry_read(entry) & PAGE_VALID) == 0)
        return PADDR_NONE;
    const paddr page = entry_read(entry) & PAGE_ADDRESS;
    entry_write(entry, 0);
    return page;
}

vaddr hal_space_next(const struct hal_space *space, vaddr address)
{
    const u64 *table = table_at(space->root), *next;
    u32 level = 0;
    for (; level < LEVELS - 1 && (next = below(table, level_index(address, level))) != nullptr; level++)
        table = next;
    u64 index = level_index(address, level) + 1U;
    if (level == LEVELS - 1)
        for (u32 seen = 1; seen < HAL_PAGES_AT_ONCE && index < 512 && entry_read(&table[index]) == 0; seen++)
            index++;
    return round_down(address, LEVEL_SPAN(level) * 512) + index * LEVEL_SPAN(level);
}

paddr hal_space_lookup(const struct hal_space *space, vaddr address, u32 *access)
{
    const u64 *place = find_entry(space, address);
    const u64 entry = place == nullptr ? 0 : entry_read(place);
    if ((entry & PAGE_VALID) == 0)
        return PADDR_NONE;
    if (unlikely((entry & PAGE_USER_DEVICE) != 0)) {
        *access = HAL_PAGE_DEVICE;
        return entry & PAGE_ADDRESS;
    }
    *access = ((entry & PAGE_USER) != 0 ? HAL_PAGE_READ : 0) | ((entry & PAGE_READ_ONLY) == 0 ? HAL_PAGE_WRITE : 0) |
              ((entry & PAGE_NO_USER_EXECUTE) == 0 ? HAL_PAGE_EXECUTE : 0) |
              ((entry & PAGE_SEALABLE) != 0 ? HAL_PAGE_SEALABLE : 0);
    return entry & PAGE_ADDRESS;
}

void hal_space_invalidate(const struct hal_space *space, vaddr address, u64 count)
{
    const u64 asid = space->space_word & 0xffffULL << 48;
    barrier("dsb ishst"); /* model: shootdown.pml BROADCAST */
    if (count > INVALIDATE_PAGES_MAX)
        __asm__ volatile("tlbi aside1is, %0" ::"r"(asid) : "memory");
    else
        for (u64 i = 0; i < count; i++)
            __asm__ volatile("tlbi vae1is, %0" ::"r"(asid | ((address >> 12) + i)) : "memory");
    barrier("dsb ish\n\tisb");
}

void hal_page_zero(paddr page)
{
    memset(hal_direct(page), 0, KOS_PAGE_SIZE); /* by whole lines: arch/bulk.h */
}
