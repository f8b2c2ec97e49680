/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a handle table, and who may still come to it from outside meanwhile. */
#include <hal/boot.h>
#include <object/tree.h>
#include <smp/preemption.h>

bool handle_table_enter(struct handle_table *table)
{
    spinlock_lock(&table->lock);
    bool ended = table->ended;
    table->visitors += !ended;
    spinlock_unlock(&table->lock);
    return !ended;
}

void handle_table_leave(struct handle_table *table)
{
    spinlock_lock(&table->lock);
    table->visitors--;
    spinlock_unlock(&table->lock);
}

void handle_take_back(struct handle_table *table, u32 handle)
{
    struct object *object;
    bool last = false;
    u32 left = 0;
    if (!handle_table_enter(table))
        return;
    (void)handle_close_slot(table, handle, &object, &last, &left);
    handle_table_leave(table);
    if (left != 0)
        handle_object_left(object, last, left);
}

/* No more visitors from here on; those that are there do not wait for anything. */
static void visitors_leave(struct handle_table *table)
{
    u32 visitors = 1;
    while (visitors != 0) {
        spinlock_lock(&table->lock);
        table->ended = true;
        visitors = table->visitors;
        spinlock_unlock(&table->lock);
    }
}

void handle_table_destroy(struct handle_table *table)
{
    if (atomic_load_explicit(&table->block, memory_order_relaxed) == nullptr)
        return;
    visitors_leave(table); /* who may have made it grow */
    struct handle_block *block = atomic_load_explicit(&table->block, memory_order_relaxed);
    for (u64 index = 1; index <= block->mask; index++) {
        struct capability *capability = atomic_load_explicit(&block->entries[index].capability, memory_order_relaxed);
        if (capability != nullptr && handle_close(table, capability->handle) != rcOk)
            kernel_panic("handle %x of a dead task does not close", capability->handle);
        if (capability != nullptr || index % 16 == 0)
            checkpoint();
    }
    if (table->successor != nullptr)
        handle_block_free(table, table->successor);
    table->successor = nullptr;
    while (block != nullptr) {
        struct handle_block *outgrown = block->outgrown;
        checkpoint();
        handle_block_free(table, block);
        block = outgrown;
    }
    atomic_store_explicit(&table->block, nullptr, memory_order_relaxed);
}
