/* SPDX-License-Identifier: Apache-2.0 */
/* For the fast paths of messages in memory: what a sender has in its own memory, as the kernel sees it. */
#pragma once
#include <ipc/ipc.h>
#include <memory/page.h>

/* Up to a page of bytes, so in at most two pieces. */
struct pieces {
    const void *first, *second;
    u64 first_size, second_size;
};

static inline const void *page_bytes(const struct thread *sender, vaddr address)
{
    u32 access = 0;
    paddr page = hal_space_lookup(&sender->domain->space.hal, address, &access);
    if (unlikely(page == PADDR_NONE || (access & HAL_PAGE_READ) == 0))
        return nullptr;
    return (const u8 *)hal_direct(page) + (address & (KOS_PAGE_SIZE - 1));
}

/* size: at most a page, above 0; the range lies in user memory. False: some of it is not there. */
static inline __attribute__((always_inline)) bool pieces_find(const struct thread *sender, vaddr address, u64 size,
                                                              struct pieces *pieces)
{
    u64 on_page = KOS_PAGE_SIZE - (address & (KOS_PAGE_SIZE - 1));
    pieces->second = nullptr;
    pieces->second_size = 0;
    pieces->first_size = size;
    pieces->first = page_bytes(sender, address);
    if (likely(size <= on_page))
        return pieces->first != nullptr;
    pieces->first_size = on_page;
    pieces->second_size = size - on_page;
    pieces->second = page_bytes(sender, address + on_page);
    return pieces->first != nullptr && pieces->second != nullptr;
}

/* The active space becomes that of `to`: a fault while copying is its own. */
static inline void switch_to(struct hal_cpu *cpu, struct thread *from, struct thread *to)
{
    cpu->current = &to->context;
    hal_switch_space(&from->context, &to->context);
}
