/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handle tables and the inheritance tree. Locks: object->lock before table->lock; neither is held when abandoned or
 * destroy run. A slot changes under both.
 */
#include <memory/object_cache.h>
#include <memory/page.h>
#include <hal/boot.h>
#include <object/tree.h>

void *(*handle_channel_of)(struct handle_table *table, struct object *object, u32 rights);

static struct object_cache capabilities, first_blocks;

#define BLOCK_SIZE(entries) (sizeof(struct handle_block) + (entries) * sizeof(struct handle_entry))

void object_room_init(void)
{
    object_cache_init(&capabilities, "capability", sizeof(struct capability), KOS_CACHE_LINE); /* tasks share no line */
    object_cache_init(&first_blocks, "handle_block", BLOCK_SIZE(HANDLE_TABLE_ENTRIES_FIRST), KOS_CACHE_LINE);
}

/* ---- tables ---- */

static unsigned block_order(u64 entries)
{
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < BLOCK_SIZE(entries))
        order++;
    return order;
}

/* Not zeroed, but for a first block. */
static struct handle_block *block_make(struct handle_table *table, u64 entries)
{
    struct handle_block *block;
    if (entries == HANDLE_TABLE_ENTRIES_FIRST) {
        block = object_cache_allocate(&first_blocks, table->quota);
    } else {
        unsigned order = block_order(entries);
        if (quota_charge_pages(table->quota, 1ULL << order) != rcOk)
            return nullptr;
        paddr page = page_allocate(order);
        if (page == PADDR_NONE) {
            quota_release_pages(table->quota, 1ULL << order);
            return nullptr;
        }
        block = hal_direct(page);
        block->outgrown = nullptr;
    }
    if (block != nullptr)
        block->mask = entries - 1;
    return block;
}

void handle_block_free(struct handle_table *table, struct handle_block *block)
{
    u64 entries = block->mask + 1;
    if (entries == HANDLE_TABLE_ENTRIES_FIRST) {
        object_cache_free(&first_blocks, block, table->quota);
    } else {
        page_free(hal_physical(block), block_order(entries));
        quota_release_pages(table->quota, 1ULL << block_order(entries));
    }
}

static struct handle_block *block_of(struct handle_table *table)
{
    /* acquire: the entries were copied before the block was published */
    return atomic_load_explicit(&table->block, memory_order_acquire);
}

retcode handle_table_init(struct handle_table *table, struct quota *quota)
{
    table->quota = quota;
    struct handle_block *block = block_make(table, HANDLE_TABLE_ENTRIES_FIRST);
    if (block == nullptr)
        return quota_refusal(quota, 0);
    /* A Call on handle 0 looks here and must not find its own selector, 0. No Call has the selector ~0. */
    atomic_store_explicit(&block->entries[0].callable, ~0ULL, memory_order_relaxed);
    table->fresh = 1;
    table->ended = false;
    atomic_store_explicit(&table->block, block, memory_order_release);
    return rcOk;
}

/*
 * A table grows while the last quarter of its slots is taken: each of them moves GROWTH_STEP entries to the successor,
 * twice as large, so it is complete when the last slot is taken, and no path is as long as the table. Changes go to
 * what has moved as well (entry_moved). Threads go on in an outgrown block until they find nothing there: in it, words
 * only become 0.
 */
#define GROWTH_STEP 8U

/* lock held */
static void entry_moved(struct handle_table *table, u64 index)
{
    if (unlikely(table->successor != nullptr) && index < table->moved)
        table->successor->entries[index] = block_of(table)->entries[index];
}

static void successor_fill(struct handle_block *block, struct handle_block *successor, u64 from, u64 to)
{
    for (u64 index = from; index < to; index++)
        successor->entries[index] = index <= block->mask ? block->entries[index] : (struct handle_entry){};
}

/* lock held, a slot is to be taken */
static retcode table_grow(struct handle_table *table)
{
    struct handle_block *block = block_of(table);
    u64 entries = block->mask + 1;
    if (block->mask - table->count > entries / 4)
        return rcOk;
    if (entries == HANDLE_TABLE_ENTRIES_MAX)
        return table->count == block->mask ? rcOutOfMemory : rcOk;
    if (table->successor == nullptr) {
        table->successor = block_make(table, 2 * entries);
        if (table->successor == nullptr)
            return quota_refusal(table->quota, 1ULL << block_order(2 * entries));
        table->moved = 0;
    }
    successor_fill(block, table->successor, table->moved, table->moved + GROWTH_STEP);
    table->moved += GROWTH_STEP;
    if (table->moved < 2 * entries)
        return rcOk;
    table->successor->outgrown = block;
    atomic_store_explicit(&table->block, table->successor, memory_order_release);
    table->successor = nullptr;
    return rcOk;
}

/* lock held: the slot is not callable any more, in whichever block a thread looks. */
static void slot_uncallable(struct handle_table *table, u64 index)
{
    for (struct handle_block *block = block_of(table); block != nullptr && index <= block->mask;
         block = block->outgrown)
        atomic_store_explicit(&block->entries[index].callable, 0, memory_order_relaxed);
}

static struct handle_entry *entry_of(struct handle_table *table, u32 handle)
{
    struct handle_block *block = block_of(table);
    u32 index = handle & ((1U << KOS_HANDLE_INDEX_BITS) - 1);
    return index != 0 && index <= block->mask ? &block->entries[index] : nullptr;
}

struct capability *capability_of(struct handle_table *table, u32 handle)
{
    struct handle_entry *entry = entry_of(table, handle);
    /* acquire: the capability was filled in before it was published */
    struct capability *capability =
        entry == nullptr ? nullptr : atomic_load_explicit(&entry->capability, memory_order_acquire);
    return capability != nullptr && capability->handle == handle ? capability : nullptr;
}

retcode capability_get(struct handle_table *table, u32 handle, struct capability **result)
{
    struct capability *capability = capability_of(table, handle);
    if (capability == nullptr)
        return rcInvalidHandle;
    if (capability->revoked)
        return rcHandleRevoked;
    *result = capability;
    return rcOk;
}

/* Its object's lock held: what became of a capability that was found without it. */
static retcode lives(struct handle_table *table, const struct capability *capability)
{
    if (capability_of(table, capability->handle) != capability)
        return rcInvalidHandle;
    return capability->revoked ? rcHandleRevoked : rcOk;
}

retcode handle_borrow(struct handle_table *table, u32 handle, enum object_type type, u32 rights, struct object **object)
{
    struct capability *capability;
    retcode code = capability_get(table, handle, &capability);
    if (code != rcOk)
        return code;
    if (type != OBJECT_NONE && capability->object->type != type)
        return rcInvalidArgument;
    if ((capability->rights & rights) != rights)
        return rcNoCapability;
    *object = capability->object;
    return rcOk;
}

retcode handle_lookup(struct handle_table *table, u32 handle, enum object_type type, u32 rights, struct object **object)
{
    retcode code = handle_borrow(table, handle, type, rights, object);
    return code == rcOk && !object_try_reference(*object) ? rcInvalidHandle : code;
}

retcode handle_view(struct handle_table *table, u32 handle, struct handle_view *view)
{
    struct capability *capability;
    retcode code = capability_get(table, handle, &capability);
    if (code != rcOk)
        return code;
    struct object *object = capability->object;
    if (!object_try_reference(object))
        return rcInvalidHandle;
    spinlock_lock(&object->lock);
    code = lives(table, capability); /* again, under the lock: else its badge may have gone with it */
    if (code == rcOk) {
        *view = (struct handle_view){object, capability->rights, capability->badge};
        if (view->badge != nullptr)
            object_reference(view->badge);
    }
    spinlock_unlock(&object->lock);
    if (code != rcOk)
        object_release(object);
    return code;
}

void handle_view_release(struct handle_view *view)
{
    object_release(view->object);
    if (view->badge != nullptr)
        object_release(view->badge);
}

bool handle_describe(struct handle_table *table, u32 handle, struct object **object, u32 *rights)
{
    struct capability *capability = capability_of(table, handle);
    if (capability == nullptr || !object_try_reference(capability->object))
        return false;
    *object = capability->object;
    *rights = capability->revoked ? 0 : capability->rights;
    return true;
}

bool handle_is_open(struct handle_table *table, u32 handle)
{
    return capability_of(table, handle) != nullptr;
}

/* ---- the tree ---- */

void capability_reclaim(struct epoch_entry *entry)
{
    struct capability *capability = container_of(entry, struct capability, epoch);
    if (unlikely(capability->badge != nullptr)) /* a ghost's */
        object_release(capability->badge);
    object_cache_free(&capabilities, capability, nullptr);
}

/* Gives the capability a slot and publishes it. object lock held. */
static retcode slot_take(struct handle_table *table, struct capability *capability)
{
    spinlock_lock(&table->lock);
    retcode code = table_grow(table);
    if (code == rcOk) {
        u32 index = table->free_first != 0 ? table->free_first : table->fresh++;
        struct handle_entry *entry = &block_of(table)->entries[index];
        if (index == table->free_first)
            table->free_first = entry->next_free;
        table->count++;
        entry->generation = entry->generation >= 0xfffeU ? 1 : entry->generation + 1;
        capability->table = table;
        capability->handle = (entry->generation << KOS_HANDLE_INDEX_BITS) | index;
        atomic_store_explicit(&entry->capability, capability, memory_order_release);
        void *channel =
            handle_channel_of != nullptr ? handle_channel_of(table, capability->object, capability->rights) : nullptr;
        if (channel != nullptr) {
            entry->channel = channel; /* release: the channel pointer first */
            atomic_store_explicit(&entry->callable, capability->handle, memory_order_release);
        }
        entry_moved(table, index);
    }
    spinlock_unlock(&table->lock);
    return code;
}

static struct capability *capability_new(struct handle_table *table, struct object *object, u32 rights)
{
    struct capability *capability = object_cache_allocate(&capabilities, table->quota);
    if (capability != nullptr) {
        capability->object = object;
        capability->rights = rights;
        list_init(&capability->children);
        list_init(&capability->sibling);
        list_init(&capability->link);
    }
    return capability;
}

retcode handle_insert(struct handle_table *table, struct object *object, u32 rights, u32 *handle)
{
    struct capability *capability = capability_new(table, object, rights);
    if (capability == nullptr)
        return quota_refusal(table->quota, 0);
    spinlock_lock(&object->lock);
    object_reference(object);
    retcode code = slot_take(table, capability);
    if (code == rcOk) {
        list_push_back(&object->capabilities, &capability->link);
        *handle = capability->handle;
    }
    spinlock_unlock(&object->lock);
    if (code != rcOk) {
        object_cache_free(&capabilities, capability, table->quota);
        object_release(object);
    }
    return code;
}

/* Of a capability that lives; it holds a reference until it is closed. */
static void badge_attach(struct object *badge)
{
    if (badge == nullptr)
        return;
    object_reference(badge);
    atomic_fetch_add_explicit(&badge->badged, 1, memory_order_relaxed);
}

/* Whether something may be made from it, or why not. Its object's lock held. */
static retcode made_from(const struct capability *parent)
{
    return parent == nullptr ? rcInvalidHandle : parent->revoked || parent->closing ? rcHandleRevoked : rcOk;
}

retcode handle_derive(struct handle_table *from, u32 handle, struct handle_table *to, u32 rights, u32 right,
                      struct object *badge, u32 *derived)
{
    struct object *object;
    retcode code = handle_lookup(from, handle, OBJECT_NONE, right, &object);
    if (code != rcOk)
        return code;
    struct capability *child = capability_new(to, object, 0);
    if (child == nullptr) {
        object_release(object);
        return quota_refusal(to->quota, 0);
    }
    spinlock_lock(&object->lock);
    struct capability *parent = capability_of(from, handle);
    code = made_from(parent); /* again, under the lock */
    if (code == rcOk) {
        child->rights = rights & parent->rights;
        child->branch = badge != nullptr;
        child->badge = badge != nullptr ? badge : parent->badge;
        code = slot_take(to, child);
    }
    if (code == rcOk) {
        badge_attach(child->badge);
        child->parent = parent;
        list_push_back(&parent->children, &child->sibling);
        list_push_back(&object->capabilities, &child->link);
        *derived = child->handle;
    }
    spinlock_unlock(&object->lock);
    if (code != rcOk) {
        object_cache_free(&capabilities, child, to->quota);
        object_release(object);
    } /* else the lookup's reference is the child's */
    return code;
}

retcode handle_pin(struct handle_table *table, u32 handle, enum object_type type, u32 rights, struct capability *pin)
{
    struct object *object;
    retcode code = handle_lookup(table, handle, type, rights, &object);
    if (code != rcOk)
        return code;
    list_init(&pin->children);
    list_init(&pin->link);
    spinlock_lock(&object->lock);
    struct capability *parent = capability_of(table, handle);
    code = made_from(parent); /* again, under the lock */
    if (code == rcOk) {
        pin->object = object;
        pin->parent = parent;
        pin->rights = parent->rights;
        list_push_back(&parent->children, &pin->sibling);
    }
    spinlock_unlock(&object->lock);
    if (code != rcOk)
        object_release(object);
    return code;
}

void capability_slot_release(struct capability *capability)
{
    struct handle_table *table = capability->table;
    spinlock_lock(&table->lock);
    u32 index = capability->handle & ((1U << KOS_HANDLE_INDEX_BITS) - 1);
    struct handle_entry *entry = &block_of(table)->entries[index];
    slot_uncallable(table, index);
    atomic_store_explicit(&entry->capability, nullptr, memory_order_relaxed);
    entry->next_free = table->free_first;
    table->free_first = index;
    table->count--;
    entry_moved(table, index);
    spinlock_unlock(&table->lock);
}

void capability_slot_revoke(struct capability *capability)
{
    struct handle_table *table = capability->table;
    u32 index = capability->handle & ((1U << KOS_HANDLE_INDEX_BITS) - 1);
    spinlock_lock(&table->lock); /* a table that grows on another CPU has copies of the entry */
    slot_uncallable(table, index);
    entry_moved(table, index);
    spinlock_unlock(&table->lock);
}

retcode handle_ancestor_in(struct handle_table *from, u32 handle, struct handle_table *owner, u32 *ancestor)
{
    struct capability *capability;
    retcode code = capability_get(from, handle, &capability);
    if (code != rcOk)
        return code;
    struct object *object = capability->object;
    if (!object_try_reference(object))
        return rcInvalidHandle;
    spinlock_lock(&object->lock);
    code = lives(from, capability); /* again, under the lock */
    bool found = false;
    for (u32 i = 0; code == rcOk && !found && i < HANDLE_ANCESTORS_MAX; i++) {
        capability = capability->parent;
        if (capability == nullptr)
            break;
        found = capability->table == owner && !capability->revoked;
    }
    if (found)
        *ancestor = capability->handle;
    spinlock_unlock(&object->lock);
    object_release(object);
    return code == rcOk && !found ? rcResourceNotFound : code;
}
