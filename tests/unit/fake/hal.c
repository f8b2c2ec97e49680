/* SPDX-License-Identifier: Apache-2.0 */
/* The HAL on the host: four-level tables in the arena, in the simplest form; console on stdio. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "fake.h"
#include <smp/preemption.h>
#include <smp/cross_call.h>
#include <smp/epoch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

unsigned long long fake_direct_map;
static struct hal_cpu cpus[KOS_CPUS_MAX];
struct hal_cpu *fake_cpu = cpus;
u64 fake_stale_here, fake_stale_there, fake_invalidations, fake_shootdowns;
jmp_buf fake_panic_return;
bool fake_panic_expected;

#define ARENA_ALIGN (4ULL << 20)

void fake_arena(u64 pages)
{
    u64 size = pages * KOS_PAGE_SIZE;
    void *memory =
        mmap(nullptr, size + ARENA_ALIGN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    fake_direct_map = round_up((u64)memory, ARENA_ALIGN);
    if (size <= 256ULL << 20)
        memset(hal_direct(0), 0x5a, size);
}

void fake_cpu_set(u32 index)
{
    fake_cpu = &cpus[index];
    fake_cpu->index = index;
}

u64 fake_interrupt_every;
bool fake_interrupt_pending(void)
{
    static u64 looks;
    return fake_interrupt_every != 0 && ++looks % fake_interrupt_every == 0;
}

void kernel_panic(const char *format, ...)
{
    if (fake_panic_expected)
        longjmp(fake_panic_return, 1);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    abort();
}

void kernel_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

void (*fake_poll)(void);
void smp_poll(void)
{
    if (fake_poll != nullptr)
        fake_poll();
}

static struct epoch_entry *deferred;
static u64 deferred_count;

void epoch_defer(struct epoch_entry *entry, void (*free)(struct epoch_entry *))
{
    if (fake_stale_here != 0 || fake_stale_there != 0)
        kernel_panic("pages are freed while translations of them are alive");
    entry->free = free;
    entry->next = deferred;
    deferred = entry;
    deferred_count++;
}

u64 fake_epoch_count(void)
{
    return deferred_count;
}

void fake_epoch_run(void)
{
    while (deferred != nullptr) {
        struct epoch_entry *entry = deferred;
        deferred = entry->next;
        deferred_count--;
        entry->free(entry);
    }
}

#define VALID                 0x800ULL
#define INDEX(address, level) (((address) >> (12 + 9 * (level))) & 511)
#define ADDRESS(entry)        ((entry) & ~0xfffULL)

retcode hal_space_init(struct hal_space *space, const struct hal_page_allocator *pages)
{
    space->root = pages->allocate(pages->context);
    return space->root == PADDR_NONE ? rcOutOfMemory : rcOk;
}

static void destroy(paddr table, unsigned level, const struct hal_page_allocator *pages)
{
    u64 *entries = hal_direct(table);
    for (u32 i = 0; i < 512 && level > 0; i++)
        if ((entries[i] & VALID) != 0)
            destroy(ADDRESS(entries[i]), level - 1, pages);
    for (u32 i = 0; i < 512 && level == 0; i++)
        if ((entries[i] & VALID) != 0)
            kernel_panic("a page was left mapped");
    pages->free(pages->context, table);
}

static const struct hal_space *forgotten; /* the last that all CPUs have forgotten */

bool hal_space_destroy(struct hal_space *space, const struct hal_page_allocator *pages, u64 *position)
{
    if (*position == 0 && forgotten != space)
        kernel_panic("CPUs keep translations under an identifier that is given back");
    if ((*position)++ < 3) /* as if it took some steps */
        return false;
    destroy(space->root, 3, pages);
    return true;
}

static u64 *leaf(const struct hal_space *space, vaddr address)
{
    u64 *table = hal_direct(space->root);
    for (unsigned level = 3; level > 0; level--) {
        u64 entry = table[INDEX(address, level)];
        if ((entry & VALID) == 0)
            return nullptr;
        table = hal_direct(ADDRESS(entry));
    }
    return &table[INDEX(address, 0)];
}

retcode hal_space_tables(struct hal_space *space, vaddr address, const struct hal_page_allocator *pages)
{
    u64 *table = hal_direct(space->root);
    for (unsigned level = 3; level > 0; level--) {
        u64 *entry = &table[INDEX(address, level)];
        if ((*entry & VALID) == 0) {
            paddr made = pages->allocate(pages->context);
            if (made == PADDR_NONE)
                return rcOutOfMemory;
            for (u32 i = 0; i < 512; i++)
                if (((u64 *)hal_direct(made))[i] != 0)
                    kernel_panic("a page table is not zeroed");
            *entry = made | VALID;
            return PREEMPTED;
        }
        table = hal_direct(ADDRESS(*entry));
    }
    return rcOk;
}

void hal_space_map(const struct hal_space *space, vaddr address, paddr page, u32 access)
{
    u64 *entry = leaf(space, address);
    if (entry == nullptr)
        kernel_panic("the page table of %llx is missing", (unsigned long long)address);
    if ((*entry & VALID) != 0) {
        fake_stale_here++;
        fake_stale_there++;
    }
    *entry = page | VALID | access;
}

bool hal_space_protect(const struct hal_space *space, vaddr address, u32 access)
{
    u64 *entry = leaf(space, address);
    if (entry == nullptr || (*entry & VALID) == 0)
        return false;
    fake_stale_here++;
    fake_stale_there++;
    *entry = ADDRESS(*entry) | VALID | access;
    return true;
}

u64 hal_space_protect_run(const struct hal_space *space, vaddr address, u64 count, u32 access)
{
    for (u64 i = 0; i < count; i++)
        if (!hal_space_protect(space, address + i * KOS_PAGE_SIZE, access))
            kernel_panic("the page of %llx is missing", (unsigned long long)(address + i * KOS_PAGE_SIZE));
    return count;
}

paddr hal_space_unmap(struct hal_space *space, vaddr address)
{
    u64 *entry = leaf(space, address);
    if (entry == nullptr || (*entry & VALID) == 0)
        return PADDR_NONE;
    paddr page = ADDRESS(*entry);
    *entry = 0;
    fake_stale_here++;
    fake_stale_there++;
    return page;
}

vaddr hal_space_next(const struct hal_space *space, vaddr address)
{
    const u64 *table = hal_direct(space->root);
    unsigned level = 3;
    for (u64 entry; level > 0 && ((entry = table[INDEX(address, level)]) & VALID) != 0; level--)
        table = hal_direct(ADDRESS(entry));
    u64 index = INDEX(address, level) + 1;
    for (u32 seen = 1; level == 0 && seen < HAL_PAGES_AT_ONCE && index < 512 && (table[index] & VALID) == 0; seen++)
        index++;
    return (address & ~0ULL << (21 + 9 * level)) + (index << (12 + 9 * level));
}

paddr hal_space_lookup(const struct hal_space *space, vaddr address, u32 *access)
{
    const u64 *entry = leaf(space, address);
    if (entry == nullptr || (*entry & VALID) == 0)
        return PADDR_NONE;
    *access = (u32)(*entry & (HAL_PAGE_RIGHTS | HAL_PAGE_SEALABLE));
    return ADDRESS(*entry);
}

void hal_space_leave(const struct hal_space *space)
{
    (void)space;
}

void hal_space_invalidate(const struct hal_space *space, vaddr address, u64 count)
{
    (void)space, (void)address, (void)count;
    fake_stale_here = 0;
    fake_invalidations++;
}

void fake_shootdown(struct address_space *space, vaddr address, u64 count, bool locked)
{
    (void)locked;
    if (fake_stale_here != 0)
        kernel_panic("other CPUs before this one");
    if (address == 0 && count == ~0ULL)
        forgotten = &space->hal;
    fake_stale_there = 0;
    fake_shootdowns++;
}

void hal_page_zero(paddr page)
{
    memset(hal_direct(page), 0, KOS_PAGE_SIZE);
}

void (*fake_checkpoint)(void);
void checkpoint_reached(void)
{
    if (fake_checkpoint != nullptr)
        fake_checkpoint();
}

u64 fake_time;
[[gnu::weak]] u64 hal_time_now(void) /* tests of timers bring their own */
{
    return fake_time;
}
