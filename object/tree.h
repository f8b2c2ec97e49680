/* SPDX-License-Identifier: Apache-2.0 */
/* What capability.c, revoke.c and table_end.c share. */
#pragma once
#include <object/capability.h>

/* ---- slots ---- */
static inline struct handle_block *block_of(struct handle_table *table)
{
    /* acquire: the entries were copied before the block was published */
    return atomic_load_explicit(&table->block, memory_order_acquire);
}

/* lock held */
static inline void entry_moved(struct handle_table *table, u64 index)
{
    if (unlikely(table->successor != nullptr) && index < table->moved)
        table->successor->entries[index] = block_of(table)->entries[index];
}

/* lock held: the slot is not callable any more, in whichever block a thread looks. */
static inline void slot_uncallable(struct handle_table *table, u64 index)
{
    for (struct handle_block *block = block_of(table); block != nullptr && index <= block->mask;
         block = block->outgrown)
        atomic_store_explicit(&block->entries[index].callable, 0, memory_order_relaxed);
}

static inline struct handle_entry *entry_of(struct handle_table *table, u32 handle)
{
    struct handle_block *block = block_of(table);
    u32 index = handle & ((1U << KOS_HANDLE_INDEX_BITS) - 1);
    return index != 0 && index <= block->mask ? &block->entries[index] : nullptr;
}

/* Capability behind handle, revoked ones too; null if there is none. Valid during this kernel entry. */
static inline struct capability *capability_of(struct handle_table *table, u32 handle)
{
    struct handle_entry *entry = entry_of(table, handle);
    /* acquire: the capability was filled in before it was published */
    struct capability *capability =
        entry == nullptr ? nullptr : atomic_load_explicit(&entry->capability, memory_order_acquire);
    return capability != nullptr && capability->handle == handle ? capability : nullptr;
}

/* ---- capability.c ---- */
void handle_block_free(struct handle_table *table, struct handle_block *block);
/* What handle names, without a new reference: valid during this kernel entry. rcInvalidHandle, rcHandleRevoked. */
retcode capability_get(struct handle_table *table, u32 handle, struct capability **result);
/* Its memory, and a badge that it still has, an epoch after it has left the tree. */
void capability_reclaim(struct epoch_entry *entry);

/* ---- revoke.c ---- */
/* Closes handle. Codes of handle_close. *left: references to *object that are the caller's then, for
 * handle_object_left(); *last: it was the object's last live handle. No checkpoint. */
retcode handle_close_slot(struct handle_table *table, u32 handle, struct object **object, bool *last, u32 *left);
/* No lock held: what follows when live capabilities went away. count references are dropped. */
void handle_object_left(struct object *object, bool last, u32 count);
