/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every test of handle tables starts from: tables, objects that count what happens to them, allocations that fail
 * on demand (the link wraps the allocators), and a check of everything that must always hold.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <memory/object_cache.h>
#include <memory/page.h>
#include <object/capability.h>
#include <stdlib.h>

#define TABLES    3U
#define OBJECTS   6U
#define COPY      KOS_RIGHT_COPY
#define TRANSFER  KOS_RIGHT_TRANSFER
#define ALL       (~0U)
#define INDEX(h)  ((h) & 0xffffU)
#define NO_HANDLE 0xdeadbeefU

static struct handle_table tables[TABLES];
static struct quota quotas[TABLES];
/* 0, 1: user resources; 2, 3: channels; 4, 5: badges */
static struct object objects[OBJECTS];
static u32 abandoned[OBJECTS], destroyed[OBJECTS];

/* ---- the allocators, wrapped ---- */

static u64 allocations, failing; /* allocations so far; the number of the one that fails, 0 = none */
static s64 alive;                /* objects of the object caches in use */

static void (*meanwhile)(void); /* what another CPU does during the next allocation */

static bool fails(void)
{
    void (*other)(void) = meanwhile;
    meanwhile = nullptr;
    if (other != nullptr)
        other();
    return ++allocations == failing;
}
void *__real_object_cache_allocate(struct object_cache *cache, struct quota *quota);
void *__wrap_object_cache_allocate(struct object_cache *cache, struct quota *quota);
void *__wrap_object_cache_allocate(struct object_cache *cache, struct quota *quota)
{
    void *object = fails() ? nullptr : __real_object_cache_allocate(cache, quota);
    alive += object != nullptr;
    return object;
}
void __real_object_cache_free(struct object_cache *cache, void *object, struct quota *quota);
void __wrap_object_cache_free(struct object_cache *cache, void *object, struct quota *quota);
void __wrap_object_cache_free(struct object_cache *cache, void *object, struct quota *quota)
{
    alive--;
    __real_object_cache_free(cache, object, quota);
}
paddr __real_page_allocate(unsigned order);
paddr __wrap_page_allocate(unsigned order);
paddr __wrap_page_allocate(unsigned order)
{
    return fails() ? PADDR_NONE : __real_page_allocate(order);
}
retcode __real_quota_charge_pages(struct quota *quota, u64 count);
retcode __wrap_quota_charge_pages(struct quota *quota, u64 count);
retcode __wrap_quota_charge_pages(struct quota *quota, u64 count)
{
    return fails() ? rcQuotaExceeded : __real_quota_charge_pages(quota, count);
}
retcode __real_quota_charge_object(struct quota *quota);
retcode __wrap_quota_charge_object(struct quota *quota);
retcode __wrap_quota_charge_object(struct quota *quota)
{
    return fails() ? rcQuotaExceeded : __real_quota_charge_object(quota);
}

/* ---- what must always hold ---- */

static bool unlocked(struct spinlock *lock)
{
    return lock->next == lock->serving;
}

static u32 list_length(const struct list *head)
{
    u32 length = 0;
    list_for_each(node, head) length++;
    return length;
}

static void check_capability(struct handle_table *table, u32 index, const struct handle_entry *entry)
{
    const struct capability *capability = entry->capability;
    assert_ptr_equal(capability->table, table);
    assert_int_equal(INDEX(capability->handle), index);
    assert_int_equal(capability->handle >> KOS_HANDLE_INDEX_BITS, entry->generation);
    assert_in_range(entry->generation, 1, 0xfffe);
    bool callable = capability->object->type == OBJECT_CHANNEL && (capability->rights & KOS_RIGHT_IPC_CALL) != 0;
    assert_int_equal(entry->callable, callable && !capability->revoked ? capability->handle : 0);
    if (callable)
        assert_ptr_equal(entry->channel, capability->object);
    if (capability->revoked) {
        assert_true(list_empty(&capability->link) && list_empty(&capability->sibling));
        assert_true(list_empty(&capability->children));
    }
    if (capability->parent == nullptr)
        return;
    assert_ptr_equal(capability->parent->object, capability->object);
    assert_int_equal(capability->rights & ~capability->parent->rights, 0);
    u32 found = 0;
    list_for_each(node, &capability->parent->children) found += node == &capability->sibling;
    assert_int_equal(found, 1);
}

/* Closed capabilities that others are below: each has two children, or one that is no ghost. */
static u64 ghosts(void)
{
    u64 count = 0;
    for (u32 t = 0; t < TABLES; t++) {
        const struct handle_block *block = tables[t].block;
        for (u32 index = 1; block != nullptr && index <= block->mask; index++) {
            const struct capability *at = block->entries[index].capability;
            for (; at != nullptr && at->parent != nullptr && at->parent->children.next == &at->sibling; at = at->parent)
                if (at->parent->ghost) {
                    assert_true(!at->ghost || at->parent->children.previous != &at->sibling);
                    assert_true(at->parent->revoked && at->parent->table == nullptr);
                    count++;
                }
        }
    }
    return count;
}

/* Every slot is used or free, once; every capability is where it says; references add up. */
static void check_all(void)
{
    u32 references[OBJECTS] = {}, live[OBJECTS] = {}, badged[OBJECTS] = {};
    for (u32 t = 0; t < TABLES; t++) {
        struct handle_table *table = &tables[t];
        const struct handle_block *block = table->block;
        assert_true(unlocked(&table->lock));
        if (block == nullptr)
            continue;
        u32 used = 0, chained = 0, fresh = (u32)(block->mask + 1 - table->fresh);
        assert_int_equal(block->entries[0].callable, ~0ULL);
        for (u32 index = 1; index <= block->mask; index++) {
            const struct handle_entry *entry = &block->entries[index];
            if (entry->capability == nullptr) {
                assert_int_equal(entry->callable, 0);
                continue;
            }
            used++;
            check_capability(table, index, entry);
            references[entry->capability->object - objects]++;
            live[entry->capability->object - objects] += !entry->capability->revoked;
            if (entry->capability->badge == nullptr)
                continue;
            references[entry->capability->badge - objects]++;
            badged[entry->capability->badge - objects] += !entry->capability->revoked;
        }
        for (u32 index = table->free_first; index != 0; index = block->entries[index].next_free) {
            assert_in_range(index, 1, block->mask);
            assert_null(block->entries[index].capability);
            assert_true(++chained <= block->mask); /* no ring */
        }
        assert_int_equal(used, table->count);
        assert_int_equal(used + chained + fresh, block->mask);
        for (u32 index = table->fresh; index <= block->mask; index++)
            assert_true(block->entries[index].capability == nullptr && block->entries[index].generation == 0);
        for (const struct handle_block *old = block->outgrown; old != nullptr; old = old->outgrown)
            for (u32 index = 1; index <= old->mask; index++) /* what is there is also valid */
                assert_true(old->entries[index].callable == 0 ||
                            old->entries[index].callable == block->entries[index].callable);
        for (u32 index = 0; table->successor != nullptr && index < table->moved; index++)
            if (index <= block->mask)
                assert_memory_equal(&table->successor->entries[index], &block->entries[index],
                                    sizeof(block->entries[0]));
            else
                assert_null(table->successor->entries[index].capability);
    }
    for (u32 o = 0; o < OBJECTS; o++) {
        assert_true(unlocked(&objects[o].lock));
        if (objects[o].type == OBJECT_BADGE) /* ghosts keep theirs, for an epoch beyond their end */
            assert_in_range(objects[o].references, 1 + references[o],
                            1 + references[o] + fake_epoch_count() + ghosts());
        else
            assert_int_equal(objects[o].references, 1 + references[o]);
        assert_int_equal(list_length(&objects[o].capabilities), live[o]);
        assert_int_equal(objects[o].badged, badged[o]);
    }
}

/* ---- begin and end of a test ---- */

static void note_abandoned(struct object *object)
{
    assert_true(unlocked(&object->lock));
    for (u32 t = 0; t < TABLES; t++)
        assert_true(unlocked(&tables[t].lock));
    assert_true(list_empty(&object->capabilities));
    abandoned[object - objects]++;
}
static void note_destroyed(struct object *object)
{
    for (u32 o = 0; o < OBJECTS; o++)
        assert_true(unlocked(&objects[o].lock));
    destroyed[object - objects]++;
}

static void *channel_of(struct handle_table *table, struct object *object, u32 rights)
{
    assert_true(table >= tables && table < tables + TABLES);
    return object->type == OBJECT_CHANNEL && (rights & KOS_RIGHT_IPC_CALL) != 0 ? object : nullptr;
}

static int setup(void **state)
{
    (void)state;
    static const enum object_type types[OBJECTS] = {OBJECT_USER,    OBJECT_USER,  OBJECT_CHANNEL,
                                                    OBJECT_CHANNEL, OBJECT_BADGE, OBJECT_BADGE};
    failing = 0, alive = 0;
    for (u32 o = 0; o < OBJECTS; o++) {
        objects[o] = (struct object){};
        object_init(&objects[o], types[o]);
        abandoned[o] = destroyed[o] = 0;
    }
    for (u32 t = 0; t < TABLES; t++) {
        quota_init(&quotas[t], 100000, 100000);
        tables[t] = (struct handle_table){};
        assert_int_equal(handle_table_init(&tables[t], &quotas[t]), rcOk);
    }
    return 0;
}

static int teardown(void **state) /* nothing is ever left */
{
    (void)state;
    failing = 0;
    for (u32 t = 0; t < TABLES; t++) {
        check_all();
        handle_table_destroy(&tables[t]);
        handle_table_destroy(&tables[t]); /* again: no-op */
        assert_int_equal(quotas[t].pages, 0);
        assert_int_equal(quotas[t].objects, 0);
    }
    check_all();
    fake_epoch_run();
    assert_int_equal(alive, 0);
    for (u32 o = 0; o < OBJECTS; o++) {
        assert_int_equal(destroyed[o], 0);
        object_release(&objects[o]);
        assert_int_equal(destroyed[o], 1);
    }
    return 0;
}

static int machine_setup(void **state)
{
    (void)state;
    fake_arena(16384);
    fake_cpu_set(0);
    page_allocator_add(PAGE_SIZE, 16384 * (u64)PAGE_SIZE);
    object_room_init();
    handle_channel_of = channel_of;
    for (u32 type = 0; type < OBJECT_TYPES; type++)
        object_operations[type] = (struct object_operations){.abandoned = note_abandoned, .destroy = note_destroyed};
    return 0;
}

/* ---- shorter words ---- */

static u32 insert(u32 table, u32 object, u32 rights)
{
    u32 handle = NO_HANDLE;
    assert_int_equal(handle_insert(&tables[table], &objects[object], rights, &handle), rcOk);
    return handle;
}
static u32 derive(u32 from, u32 handle, u32 to, u32 rights, u32 right, u32 badge) /* badge: object, 0 = none */
{
    u32 derived = NO_HANDLE;
    assert_int_equal(handle_derive(&tables[from], handle, &tables[to], rights, right,
                                   badge != 0 ? &objects[badge] : nullptr, &derived),
                     rcOk);
    return derived;
}
/* What a lookup of handle says; the object must be that one if it says rcOk. */
static retcode look(u32 table, u32 handle, u32 object, u32 rights)
{
    struct object *found = nullptr;
    retcode code = handle_lookup(&tables[table], handle, OBJECT_NONE, rights, &found);
    assert_ptr_equal(found, code == rcOk ? &objects[object] : nullptr);
    if (found != nullptr)
        object_release(found);
    return code;
}
#define assert_ok(expression)         assert_int_equal(expression, rcOk)
#define assert_code(expression, code) assert_int_equal(expression, code)
