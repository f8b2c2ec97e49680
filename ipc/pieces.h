/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the fast paths of messages in memory: what a sender has in its own memory, as the kernel sees it, and the steps
 * that Calls with and without an arena have in common.
 */
#pragma once
#include <hal/user_copy.h>
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

/* Into the active space. False: not all of it is there to be written. */
static inline __attribute__((always_inline)) bool pieces_give(const struct pieces *pieces, vaddr to)
{
    if (unlikely(!hal_copy_to_user(to, pieces->first, pieces->first_size)))
        return false;
    return likely(pieces->second_size == 0) ||
           hal_copy_to_user(to + pieces->first_size, pieces->second, pieces->second_size);
}

/* The active space becomes that of `to`: a fault while copying is its own. */
static inline void switch_to(struct hal_cpu *cpu, struct thread *from, struct thread *to)
{
    cpu->current = &to->context;
    hal_switch_space(&from->context, &to->context);
}

/* A message in memory has nothing in these registers: what is there need not be kept until it is clear that the message
 * takes the general path, and no address of the kernel's may come into a thread's registers. */
#define FORGET_WORDS() (w1 = w2 = w3 = w4 = w5 = w6 = w7 = 0)

/* The channel that a Call's selector names; null: it is not one to call. */
static inline struct channel *channel_find(const struct thread *client, word selector)
{
    const struct handle_block *handles = client->handles;
    word handle = (u32)selector;
    const struct handle_entry *entry = &handles->entries[handle & handles->mask];
    /* relaxed: as in kernel_call_entry */
    return likely(atomic_load_explicit(&entry->callable, memory_order_relaxed) == handle) ? entry->channel : nullptr;
}

static inline struct endpoint_slot *slot_find(const struct channel *channel, const struct cpu *cpu)
{
    return (struct endpoint_slot *)(void *)((char *)channel->slots + cpu->slot_offset);
}

/* Whether the thread parked in a slot of this CPU can take the client's message into its memory, now. */
static inline bool server_takes(const struct thread *server, const struct thread *client, const struct cpu *cpu)
{
    return likely((word)server > (word)SLOT_CONTENDED && server->base_level <= client->level && cpu->hal.pending == 0 &&
                  server->context.receive != 0);
}

/* The commit of a Call whose message has been delivered: nothing fails any more. */
static inline void call_commit(struct thread *client, struct thread *server, struct channel *channel,
                               struct endpoint_slot *slot, const struct ksm_entry *decision)
{
    kassert(client->home == server->home);
    slot->receiver = nullptr;
    server->reply_entry = decision;
    if (!ksm_entry_answers_in_registers(decision))
        server->reply_selector = 0;
    server->caller = client;
    server->level = client->level;
    server->state = THREAD_RUNNABLE;
    client->peer = server;
    client->channel = channel;
    client->state = THREAD_REPLY_WAIT;
}
