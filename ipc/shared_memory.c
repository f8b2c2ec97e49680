/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/core.h>
#include <hal/irq.h>
#include <ipc/shared_memory.h>
#include <memory/object_cache.h>
#include <memory/page.h>

/* In one task. Kept by the region, by the memory's list when it is revoked, and by who takes its pages away. */
struct shared_mapping {
    struct mapping mapping;
    struct capability pin; /* pin.object: with a reference */
    struct domain *domain; /* kept by quota */
    vaddr address;         /* 0: not mapped yet; guarded by the object's lock */
    u64 size;              /* constant */
    _Atomic u32 references;
    struct request gone_request; /* the region is gone */
};

static struct object_cache memories, mappings;

static struct shared_memory *memory_of(struct object *object)
{
    return container_of(object, struct shared_memory, object);
}

static struct shared_mapping *mapping_of(struct capability *pin)
{
    return container_of(pin, struct shared_mapping, pin);
}

/* ---- the object ---- */

static unsigned order_of(u64 size)
{
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < size)
        order++;
    return order;
}

static struct list devices = {&devices, &devices};
static struct spinlock devices_lock;

static void memory_reclaim(struct epoch_entry *entry)
{
    struct shared_memory *memory = container_of(entry, struct shared_memory, epoch);
    unsigned order = order_of(memory->size);
    if (memory->object.type == OBJECT_MEMORY) {
        page_free(memory->backing, order);
        quota_release_pages(memory->quota, 1ULL << order);
    }
    domain_drop(memory->quota);
    object_cache_free(&memories, memory, nullptr);
}

static void memory_destroy(struct object *object)
{
    if (object->type == OBJECT_DEVICE) {
        spinlock_lock(&devices_lock);
        list_remove(&memory_of(object)->device_link);
        spinlock_unlock(&devices_lock);
    }
    epoch_defer(&memory_of(object)->epoch, memory_reclaim);
}

static void pin_revoked(struct capability *pin)
{
    atomic_fetch_add_explicit(&mapping_of(pin)->references, 1, memory_order_relaxed);
    list_push_back(&memory_of(pin->object)->withdrawn, &pin->link);
}

void shared_memory_room_init(void)
{
    object_cache_init(&memories, "shared_memory", sizeof(struct shared_memory), KOS_CACHE_LINE);
    object_cache_init(&mappings, "shared_mapping", sizeof(struct shared_mapping), 8);
    object_operations[OBJECT_MEMORY] = object_operations[OBJECT_DEVICE] =
        (struct object_operations){.destroy = memory_destroy, .pin_revoked = pin_revoked};
}

retcode shared_memory_create(struct quota *quota, u64 size, struct shared_memory **result)
{
    if (size == 0 || size > KOS_MDL_SIZE_MAX)
        return rcInvalidArgument;
    unsigned order = order_of(size);
    retcode code = quota_charge_pages(quota, 1ULL << order);
    if (code != rcOk)
        return code;
    struct shared_memory *memory = object_cache_allocate(&memories, quota);
    paddr backing = memory == nullptr ? PADDR_NONE : page_allocate(order);
    if (backing == PADDR_NONE) {
        if (memory != nullptr)
            object_cache_free(&memories, memory, quota);
        quota_release_pages(quota, 1ULL << order);
        return memory == nullptr ? quota_refusal(quota, 0) : rcOutOfMemory;
    }
    object_init(&memory->object, OBJECT_MEMORY);
    memory->backing = backing;
    memory->size = round_up(size, PAGE_SIZE);
    memory->quota = quota;
    domain_hold(quota);
    list_init(&memory->withdrawn);
    futex_bucket_init(&memory->bucket);
    *result = memory;
    return rcOk;
}

static bool overlaps_device(paddr address, u64 size)
{
    list_for_each(node, &devices)
    {
        const struct shared_memory *other = list_entry(node, struct shared_memory, device_link);
        if (address < other->backing + other->size && other->backing < address + size)
            return true;
    }
    return false;
}

retcode shared_memory_device(struct quota *quota, paddr address, u64 size, struct shared_memory **result)
{
    if (address % PAGE_SIZE != 0 || size == 0 || size % PAGE_SIZE != 0 || size > KOS_DEVICE_SIZE_MAX ||
        !hal_device_range(address, size))
        return rcInvalidArgument;
    struct shared_memory *memory = object_cache_allocate(&memories, quota);
    if (memory == nullptr)
        return quota_refusal(quota, 0);
    object_init(&memory->object, OBJECT_DEVICE);
    memory->backing = address;
    memory->size = size;
    memory->quota = quota;
    list_init(&memory->withdrawn);
    futex_bucket_init(&memory->bucket);
    spinlock_lock(&devices_lock);
    bool taken = overlaps_device(address, size);
    if (!taken)
        list_push_back(&devices, &memory->device_link);
    spinlock_unlock(&devices_lock);
    if (taken) {
        object_cache_free(&memories, memory, quota);
        return rcAlreadyExists;
    }
    domain_hold(quota);
    *result = memory;
    return rcOk;
}

retcode shared_memory_zero(struct shared_memory *memory, struct progress *progress)
{
    while (progress->position < memory->size) {
        hal_page_zero(memory->backing + progress->position);
        progress->position += PAGE_SIZE;
        if (preemption_point())
            return PREEMPTED;
    }
    return rcOk;
}

retcode shared_memory_make(struct thread *thread, u64 size, paddr end, struct shared_memory **memory)
{
    struct work *work = &thread->work;
    if (work->object == nullptr) {
        retcode code = shared_memory_create(&thread->domain->quota, size, memory);
        if (code != rcOk)
            return code;
        if ((*memory)->backing + (*memory)->size > end) {
            object_release(&(*memory)->object);
            return rcOutOfMemory;
        }
        work->object = *memory;
    }
    *memory = work->object;
    retcode code = shared_memory_zero(*memory, &work->progress);
    if (code == rcOk) {
        work->object = nullptr;
        work->progress = (struct progress){};
    }
    return code;
}

/* ---- mappings ---- */

static void mapping_drop(struct shared_mapping *mapping)
{
    if (atomic_fetch_sub_explicit(&mapping->references, 1, memory_order_acq_rel) != 1)
        return;
    object_release(mapping->pin.object);
    struct domain *domain = mapping->domain;
    object_cache_free(&mappings, mapping, nullptr);
    domain_drop(&domain->quota);
}

static void mapping_end(struct shared_mapping *mapping)
{
    handle_unpin(&mapping->pin);
    mapping_drop(mapping);
}

static void gone_arrived(struct request *request)
{
    mapping_end(container_of(request, struct shared_mapping, gone_request));
}

/* The space's lock is held, which comes after the tree's: the rest is done without it. */
static void mapping_gone(struct mapping *mapping)
{
    inbox_push(cpu_self(), &container_of(mapping, struct shared_mapping, mapping)->gone_request, gone_arrived);
}

/* Who revokes finds either the address, or nothing: then we find that it was revoked. */
static retcode mapping_publish(struct shared_mapping *mapping, vaddr address)
{
    struct object *object = mapping->pin.object;
    spinlock_lock(&object->lock);
    mapping->address = address;
    bool revoked = mapping->pin.revoked;
    spinlock_unlock(&object->lock);
    struct progress undo = {};
    u64 size = mapping->size;
    while (revoked && space_free(&mapping->domain->space, address, size, &undo) == PREEMPTED)
        ; /* at most what other threads have touched already */
    return revoked ? rcHandleRevoked : rcOk;
}

static retcode map_pinned(struct shared_mapping *mapping, u64 offset, u64 size, u32 flags, vaddr *address)
{
    const struct shared_memory *memory = memory_of(mapping->pin.object);
    if (size == 0 || offset % PAGE_SIZE != 0 || *address % PAGE_SIZE != 0 || offset >= memory->size ||
        size > memory->size - offset)
        return rcInvalidArgument;
    mapping->size = round_up(size, PAGE_SIZE);
    return space_map_lazily(&mapping->domain->space, address, mapping->size, memory->backing + offset, flags,
                            &mapping->mapping);
}

/* What a handle names, from offset on; size 0: all of it. */
static retcode map(struct domain *domain, u32 handle, enum object_type type, u64 offset, u64 size, u32 flags,
                   vaddr *address)
{
    bool writes = (flags & KOS_VMM_WRITE) != 0;
    if ((flags & KOS_VMM_READ) == 0 || (flags & ~(u32)(KOS_VMM_READ | KOS_VMM_WRITE)) != 0)
        return rcInvalidArgument;
    struct shared_mapping *mapping = object_cache_allocate(&mappings, &domain->quota);
    if (mapping == nullptr)
        return quota_refusal(&domain->quota, 0);
    retcode code = handle_pin(&domain->handles, handle, type,
                              KOS_RIGHT_MEMORY_READ | (writes ? KOS_RIGHT_MEMORY_WRITE : 0), &mapping->pin);
    if (code != rcOk) {
        object_cache_free(&mappings, mapping, &domain->quota);
        return code;
    }
    mapping->mapping.gone = mapping_gone;
    mapping->domain = domain;
    domain_hold(&domain->quota);
    /* the region's, and ours: another thread may free the region at once */
    atomic_store_explicit(&mapping->references, 2, memory_order_relaxed);
    if (type == OBJECT_DEVICE)
        size = memory_of(mapping->pin.object)->size, flags |= KOS_VMM_CACHE_DISABLE;
    checkpoint();
    code = map_pinned(mapping, offset, size, flags, address);
    if (code == rcOk)
        checkpoint();
    if (code == rcOk && type == OBJECT_DEVICE &&
        (code = space_populate_owned(&domain->space, *address, &mapping->mapping)) != rcOk)
        space_unmap_owned(&domain->space, *address, &mapping->mapping);
    else if (code != rcOk) /* no region */
        mapping_end(mapping);
    else
        code = mapping_publish(mapping, *address);
    mapping_drop(mapping);
    return code;
}

retcode shared_memory_map(struct domain *domain, u32 handle, u64 offset, u64 size, u32 flags, vaddr *address)
{
    return map(domain, handle, OBJECT_MEMORY, offset, size, flags, address);
}

retcode shared_memory_map_device(struct domain *domain, u32 handle, u32 flags, vaddr *address)
{
    return map(domain, handle, OBJECT_DEVICE, 0, 0, flags, address);
}

/* A revoked mapping, with a reference; null if there is none. */
static struct shared_mapping *withdrawn_first(struct shared_memory *memory, vaddr *address)
{
    struct shared_mapping *mapping = nullptr;
    spinlock_lock(&memory->object.lock);
    if (!list_empty(&memory->withdrawn)) {
        mapping = mapping_of(list_entry(memory->withdrawn.next, struct capability, link));
        atomic_fetch_add_explicit(&mapping->references, 1, memory_order_relaxed);
        *address = mapping->address;
    }
    spinlock_unlock(&memory->object.lock);
    return mapping;
}

static void withdrawn_remove(struct shared_memory *memory, struct shared_mapping *mapping)
{
    spinlock_lock(&memory->object.lock);
    bool listed = !list_empty(&mapping->pin.link); /* else another thread has revoked too, and was faster */
    list_remove(&mapping->pin.link);
    spinlock_unlock(&memory->object.lock);
    if (listed)
        mapping_drop(mapping);
}

retcode shared_memory_withdraw(struct shared_memory *memory)
{
    struct shared_mapping *mapping;
    vaddr address;
    while ((mapping = withdrawn_first(memory, &address)) != nullptr) {
        retcode code = space_withdraw(&mapping->domain->space, address, &mapping->mapping);
        if (code == rcOk)
            withdrawn_remove(memory, mapping);
        mapping_drop(mapping);
        if (code != rcOk || preemption_point())
            return PREEMPTED;
    }
    return rcOk;
}
