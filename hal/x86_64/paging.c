/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables (Intel SDM volume 3, 4.5). User half: entries 0..255 of the top level, per space. Kernel half: entries
 * 256..511, copied from the kernel's root; all that are ever used exist before the first space.
 */
#include <hal/identifiers.h>
#include <hal/table_scan.h>
#include <hal/x86_64/port.h>

extern u64 boot_high[512];
extern u8 hal_image_start[], hal_text_start[], hal_text_end[], hal_rodata_start[], hal_rodata_end[], hal_data_start[],
    hal_data_end[];

/* In CR3 (SDM volume 3, 4.10.4.1). */
#define PCID              0xfffULL
#define KEEP_TRANSLATIONS (1ULL << 63)

u64 hal_kernel_root;
static u64 *kernel_root;
static u64 device_next = HAL_DEVICE_WINDOW;
static hal_page_source device_source;

#define TABLE                 (PAGE_PRESENT | PAGE_WRITABLE)
#define DATA                  (PAGE_PRESENT | PAGE_WRITABLE | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY | PAGE_NO_EXECUTE)
#define INDEX(address, level) (((address) >> (12 + 9 * (level))) & 511)

static u64 *table_at(u64 entry)
{
    return hal_direct(entry & PAGE_ADDRESS);
}

static paddr need_page(hal_page_source source)
{
    paddr page = source();
    if (page == PADDR_NONE)
        kernel_panic("no memory for the kernel's page tables");
    return page;
}

static u64 *kernel_table(u64 *table, u64 index, hal_page_source source)
{
    if ((table[index] & PAGE_PRESENT) == 0)
        table[index] = need_page(source) | TABLE;
    return table_at(table[index]);
}

void paging_map_kernel(u64 address, paddr page, u64 flags, hal_page_source source)
{
    u64 *table = kernel_root;
    for (unsigned level = 3; level > 0; level--)
        table = kernel_table(table, INDEX(address, level), source);
    table[INDEX(address, 0)] = page | flags;
    __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

static void map_image(const u8 *start, const u8 *end, u64 flags, hal_page_source source)
{
    for (u64 address = (u64)start; address < (u64)end; address += KOS_PAGE_SIZE)
        paging_map_kernel(address, address - HAL_KERNEL_BASE, flags, source);
}

static void map_direct(paddr end, hal_page_source source)
{
    for (paddr at = 0; at < end; at += 1ULL << 30) {
        u64 *directory_pointers = kernel_table(kernel_root, INDEX(HAL_DIRECT_MAP + at, 3), source);
        u64 *place = &directory_pointers[INDEX(HAL_DIRECT_MAP + at, 2)];
        if (cpu_features.pages_1g) {
            *place = at | DATA | PAGE_LARGE;
            continue;
        }
        u64 *directory = kernel_table(directory_pointers, INDEX(HAL_DIRECT_MAP + at, 2), source);
        for (u64 i = 0; i < 512; i++)
            directory[i] = (at + (i << 21)) | DATA | PAGE_LARGE;
    }
}

void paging_init(paddr memory_end, hal_page_source source)
{
    hal_kernel_root = need_page(source);
    kernel_root = hal_direct(hal_kernel_root);
    device_source = source;
    map_direct(memory_end, source);
    u64 *high = kernel_table(kernel_root, 511, source);
    high[511] = boot_high[511]; /* the boot CPU's block, and room for the others' */
    map_image(hal_text_start, hal_text_end, PAGE_PRESENT | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY, source);
    map_image(hal_rodata_start, hal_rodata_end, PAGE_PRESENT | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY | PAGE_NO_EXECUTE,
              source);
    map_image(hal_data_start, hal_data_end, DATA, source);
    __asm__ volatile("mov %0, %%cr3" ::"r"(hal_kernel_root) : "memory");
}

void *paging_map_device(paddr physical)
{
    u64 address = device_next;
    device_next += KOS_PAGE_SIZE;
    paging_map_kernel(address, physical & PAGE_ADDRESS, DATA | PAGE_UNCACHED, device_source);
    return (void *)(address + (physical & (KOS_PAGE_SIZE - 1)));
}

paddr hal_image_physical(const void *address)
{
    return (u64)address - HAL_KERNEL_BASE;
}

/* ---- user spaces ---- */

retcode hal_space_init(struct hal_space *space, const struct hal_page_allocator *pages)
{
    paddr root = pages->allocate(pages->context);
    if (root == PADDR_NONE)
        return rcOutOfMemory;
    u64 *table = hal_direct(root);
    memcpy(&table[256], &kernel_root[256], 256 * sizeof(*table));
    space->root = root;
    space->space_word = root;
    const u64 pcid = cpu_features.pcid ? hal_identifier_allocate() : 0;
    if (pcid != 0) /* else its translations go at every switch */
        space->space_word = root | pcid | KEEP_TRANSLATIONS;
    return rcOk;
}

#define USER_END     (1ULL << 47)
#define STEP_ENTRIES 48U /* looked at in one step; a table that is freed counts as some of them */
#define STEP_FREE    24U

static void table_free(u64 *place, const struct hal_page_allocator *pages)
{
    paddr table = *place & PAGE_ADDRESS;
    *place = 0;
    pages->free(pages->context, table);
}

/* position: all tables that map only what is below it are gone. */
bool hal_space_destroy(struct hal_space *space, const struct hal_page_allocator *pages, u64 *position)
{
    u64 *root = hal_direct(space->root), at = *position;
    for (u32 seen = 0; seen < STEP_ENTRIES && at < USER_END;) {
        u64 *owners[4] = {}; /* the entry that leads to the table of that level */
        u64 *table = root;
        unsigned level = 3;
        for (; level > 1 && (table[INDEX(at, level)] & PAGE_PRESENT) != 0; level--) {
            owners[level - 1] = &table[INDEX(at, level)];
            table = table_at(table[INDEX(at, level)]);
        }
        u64 index = INDEX(at, level), entries = level == 3 ? 256 : 512;
        index = table_skip_empty(table, index, entries, &seen, STEP_ENTRIES);
        const unsigned shift = 12 + 9 * level;
        at = (at >> (shift + 9) << (shift + 9)) + (index << shift);
        if (level == 1 && index < entries && table[index] != 0) {
            table_free(&table[index], pages);
            at += 1ULL << shift;
            seen += STEP_FREE;
        }
        /* behind its last entry a table goes too, and so on upwards */
        for (; level < 3 && INDEX(at, level) == 0; level++, seen += STEP_FREE)
            table_free(owners[level], pages);
    }
    *position = at;
    if (at < USER_END)
        return false;
    hal_identifier_free(space->space_word & PCID);
    pages->free(pages->context, space->root);
    return true;
}

void hal_space_leave(const struct hal_space *space)
{
    u64 active;
    __asm__ volatile("mov %%cr3, %0" : "=r"(active));
    if ((active & PAGE_ADDRESS) == space->root)
        __asm__ volatile("mov %0, %%cr3" ::"r"(hal_kernel_root) : "memory");
}

void hal_context_leave_space(struct hal_context *context)
{
    context->space = nullptr;
    context->space_word = hal_kernel_root;
    __asm__ volatile("mov %0, %%cr3" ::"r"(hal_kernel_root) : "memory");
}

static u64 entry_flags(u32 access)
{
    return PAGE_USER | ((access & HAL_PAGE_WRITE) != 0 ? PAGE_WRITABLE : 0) |
           ((access & HAL_PAGE_EXECUTE) != 0 ? 0 : PAGE_NO_EXECUTE) |
           ((access & HAL_PAGE_RIGHTS) != 0 ? PAGE_PRESENT : 0);
}

/* One step down; null if there is no table. Written out for each level, as the shifts are constant then. */
static inline u64 *below(const u64 *table, u64 index)
{
    u64 entry = __atomic_load_n(&table[index], __ATOMIC_ACQUIRE);
    if (unlikely((entry & PAGE_PRESENT) == 0))
        return nullptr;
    u64 *next = table_at(entry);
    __builtin_assume(next != nullptr); /* where the direct map is */
    return next;
}

static inline u64 *leaf_of(const struct hal_space *space, vaddr address)
{
    u64 *table = below(hal_direct(space->root), INDEX(address, 3));
    if (unlikely(table == nullptr || (table = below(table, INDEX(address, 2))) == nullptr ||
                 (table = below(table, INDEX(address, 1))) == nullptr))
        return nullptr;
    return &table[INDEX(address, 0)];
}

retcode hal_space_tables(struct hal_space *space, vaddr address, const struct hal_page_allocator *pages)
{
    if (likely(leaf_of(space, address) != nullptr))
        return rcOk;
    u64 *table = hal_direct(space->root);
    unsigned level = 3;
    for (u64 *next; level > 1 && (next = below(table, INDEX(address, level))) != nullptr; level--)
        table = next;
    paddr made = pages->allocate(pages->context);
    if (made == PADDR_NONE)
        return rcOutOfMemory; /* tables made on the way stay; they go with the space */
    __atomic_store_n(&table[INDEX(address, level)], made | PAGE_USER | TABLE, __ATOMIC_RELEASE);
    return PREEMPTED;
}

/* A page without access keeps its address in a non-present entry: bit 9 says so. Bits 10 and 11 are HAL_PAGE_SEALABLE
 * and HAL_PAGE_DEVICE. */
static u64 leaf_entry(paddr page, u32 access)
{
    return page | entry_flags(access) | (access & (HAL_PAGE_SEALABLE | HAL_PAGE_DEVICE)) |
           ((access & HAL_PAGE_DEVICE) != 0 ? PAGE_UNCACHED : 0) | ((access & HAL_PAGE_RIGHTS) == 0 ? 0x200 : 0);
}

void hal_space_map(const struct hal_space *space, vaddr address, paddr page, u32 access)
{
    __atomic_store_n(leaf_of(space, address), leaf_entry(page, access), __ATOMIC_RELEASE);
}

bool hal_space_protect(const struct hal_space *space, vaddr address, u32 access)
{
    u64 *leaf = leaf_of(space, address);
    if (leaf == nullptr || *leaf == 0)
        return false;
    __atomic_store_n(leaf, leaf_entry(*leaf & PAGE_ADDRESS, access), __ATOMIC_RELEASE);
    return true;
}

u64 hal_space_protect_run(const struct hal_space *space, vaddr address, u64 count, u32 access)
{
    u64 *leaf = leaf_of(space, address), rest = 512 - INDEX(address, 0), entry = leaf_entry(0, access);
    if (count > rest)
        count = rest;
    for (u64 i = 0; i < count; i++)
        __atomic_store_n(&leaf[i], (leaf[i] & PAGE_ADDRESS) | entry, __ATOMIC_RELEASE);
    return count;
}

paddr hal_space_unmap(struct hal_space *space, vaddr address)
{
    u64 *leaf = leaf_of(space, address);
    if (leaf == nullptr || *leaf == 0)
        return PADDR_NONE;
    paddr page = *leaf & PAGE_ADDRESS;
    __atomic_store_n(leaf, 0, __ATOMIC_RELEASE);
    return page;
}

vaddr hal_space_next(const struct hal_space *space, vaddr address)
{
    const u64 *table = hal_direct(space->root), *next;
    unsigned level = 3;
    for (; level > 0 && (next = below(table, INDEX(address, level))) != nullptr; level--)
        table = next;
    u64 index = INDEX(address, level) + 1;
    if (level == 0)
        for (u32 seen = 1; seen < HAL_PAGES_AT_ONCE && index < 512 && table[index] == 0; seen++)
            index++;
    const unsigned shift = 12 + 9 * level;
    return (address >> (shift + 9) << (shift + 9)) + (index << shift);
}

paddr hal_space_lookup(const struct hal_space *space, vaddr address, u32 *access)
{
    u64 *leaf = leaf_of(space, address);
    u64 entry = leaf != nullptr ? __atomic_load_n(leaf, __ATOMIC_ACQUIRE) : 0;
    if (entry == 0)
        return PADDR_NONE;
    *access = (entry & PAGE_PRESENT) == 0 || (entry & HAL_PAGE_DEVICE) != 0
                  ? (u32)entry & HAL_PAGE_DEVICE
                  : HAL_PAGE_READ | ((entry & PAGE_WRITABLE) != 0 ? HAL_PAGE_WRITE : 0) |
                        ((entry & PAGE_NO_EXECUTE) != 0 ? 0 : HAL_PAGE_EXECUTE) | ((u32)entry & HAL_PAGE_SEALABLE);
    return entry & PAGE_ADDRESS;
}

void hal_space_invalidate(const struct hal_space *space, vaddr address, u64 count)
{
    u64 active;
    __asm__ volatile("mov %%cr3, %0" : "=r"(active));
    if ((active & PAGE_ADDRESS) != space->root) {
        const word pcid = space->space_word & PCID;
        if (pcid != 0) { /* the kernel's tables under its number, not to be kept, and back: nothing new comes in */
            __asm__ volatile("mov %0, %%cr3" ::"r"(hal_kernel_root | pcid) : "memory");
            __asm__ volatile("mov %0, %%cr3" ::"r"(active | ((active & PCID) != 0 ? KEEP_TRANSLATIONS : 0)) : "memory");
        }
        return;
    }
    if (count > 32) {
        __asm__ volatile("mov %0, %%cr3" ::"r"(space->space_word & ~KEEP_TRANSLATIONS) : "memory");
        return;
    }
    for (; count > 0; count--, address += KOS_PAGE_SIZE)
        __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

void hal_page_zero(paddr page)
{
    void *at = hal_direct(page);
    u64 count = KOS_PAGE_SIZE / 8;
    __asm__ volatile("rep stosq" : "+D"(at), "+c"(count) : "a"(0ULL) : "memory");
}
