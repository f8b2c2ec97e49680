/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/boot.h>
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>
#include <ksm/models/models.h>
#include <ksm/verify.h>
#include <memory/page.h>
#include <smp/preemption.h>

/* The image's policy overrides this; a kernel without one refuses everything. */
[[gnu::weak]] const struct ksm_policy *const ksm_policy = nullptr;

/* By classes; push-only; guarded by pairs_lock for writers, acquire for readers. */
#define PAIR_BUCKETS  64U
#define CLEAR_AT_ONCE 4096U
static struct ksm_pair *_Atomic pairs[PAIR_BUCKETS];
static struct spinlock pairs_lock; /* and who learns holds it */

retcode ksm_init(u32 cpus, u64 seed)
{
    const struct ksm_policy *policy = ksm_policy_now();
    if (policy == nullptr) {
        kernel_print("ksm: no security policy in this image; nothing will run\n");
        return rcSecurityDisallow;
    }
    if (!ksm_policy_well_formed(policy)) {
        kernel_print("ksm: the security policy is malformed (version %u, %u classes)\n", policy->version,
                     policy->class_count);
        return rcInvalidArgument;
    }
    ksm_models_seed(seed);
    ksm_audit_level_first(policy->audit_level);
    retcode code = ksm_cpus_init(cpus);
    if (code == rcOk)
        code = ksm_models_init(policy->objects, policy->object_count);
    if (code != rcOk)
        kernel_print("ksm: no memory for the %u objects of the security policy\n", policy->object_count);
    return code;
}

static bool may_grant(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    enum ksm_verdict verdict = ksm_policy_now()->describe(event, source, destination, riid, mid).verdict;
    return verdict == KSM_GRANT || verdict == KSM_EVALUATE;
}

bool ksm_may_call_core(u32 class)
{
    for (u32 riid = 0; riid < ksm_core_endpoint_count; riid++)
        for (u32 mid = 0; mid < ksm_core_endpoints[riid].interface->method_count; mid++)
            if (may_grant(KSM_REQUEST, class, KSM_CLASS_CORE, riid, mid) &&
                may_grant(KSM_RESPONSE, KSM_CLASS_CORE, class, riid, mid))
                return true;
    return false;
}

#define NAMES_AT_ONCE 8U /* compared in a step */

retcode ksm_class_find(const char *name, u32 *class)
{
    const struct ksm_policy *policy = ksm_policy_now();
    for (u32 looked = 0; *class < policy->class_count; (*class)++) {
        if (strcmp(policy->classes[*class].name, name) == 0)
            return rcOk;
        if (++looked == NAMES_AT_ONCE) {
            (*class)++;
            return PREEMPTED;
        }
    }
    return rcResourceNotFound;
}

/* What follows on "<owner>." in name; null if it is not that of the owner's. */
static const char *name_within(const char *owner, const char *name)
{
    for (; *owner != '\0'; owner++, name++)
        if (*owner != *name)
            return nullptr;
    return *name == '.' ? name + 1 : nullptr;
}

static const char *last_part(const char *path)
{
    const char *last = path;
    for (; *path != '\0'; path++)
        if (*path == '.')
            last = path + 1;
    return last;
}

/* The endpoint's path, that behind "<class>.", or its own name behind "<component type>.". */
static bool endpoint_named(const struct ksm_class *class, u32 riid, const char *name)
{
    const char *path = class->endpoints[riid].name, *own = name_within(class->name, name);
    if (strcmp(path, name) == 0 || (own != nullptr && strcmp(own, path) == 0))
        return true;
    own = class->owners != nullptr ? name_within(class->owners[riid], name) : nullptr;
    return own != nullptr && strcmp(own, last_part(path)) == 0;
}

retcode ksm_endpoint_find(u32 class_index, const char *name, u32 *riid)
{
    const struct ksm_class *class = &ksm_policy_now()->classes[class_index];
    if (*riid < class->endpoint_count && endpoint_named(class, *riid, name))
        return rcOk;
    if (*riid >= class->endpoint_count)
        return rcResourceNotFound;
    (*riid)++;
    return PREEMPTED;
}

static u32 info_riid(word info)
{
    return (u32)(info >> KOS_INFO_RIID_SHIFT) & 0xffffU;
}
static u32 info_mid(word info)
{
    return (u32)(info >> KOS_INFO_MID_SHIFT) & 0xffffU;
}

const struct ksm_method *ksm_method(u32 class_index, word info)
{
    const struct ksm_class *class = &ksm_policy_now()->classes[class_index];
    u32 riid = info_riid(info), mid = info_mid(info);
    if (riid >= class->endpoint_count || mid >= class->endpoints[riid].interface->method_count)
        return nullptr;
    return &class->endpoints[riid].interface->methods[mid];
}

static word shape_info(const struct ksm_shape *shape, u32 riid, u32 mid)
{
    return KOS_INFO(riid, mid, shape->size, shape->handle_count);
}

/* Constant grants of messages without handles and chunks may be answered by the table: the info word says all there is
 * to verify. */
static bool shape_is_direct(const struct ksm_shape *shape)
{
    return shape->size >= KOS_MESSAGE_HEADER_SIZE && shape->handle_count == 0 && shape->chunk_count == 0 &&
           shape->union_count == 0;
}

/* Rules that are recorded must be called at each event. */
static bool audited(const struct ksm_descriptor *descriptor)
{
    return descriptor->decision != nullptr && descriptor->decision->evaluate != nullptr;
}

static bool granted(const struct ksm_policy *policy, enum ksm_event event, u32 source, u32 destination, word info)
{
    struct ksm_descriptor descriptor = policy->describe(event, source, destination, info_riid(info), info_mid(info));
    return descriptor.verdict == KSM_GRANT && !audited(&descriptor);
}

/* Other CPUs may be reading the entry: each word by itself is right, and the request, which leads to the response,
 * comes last. */
static void entry_set(word *field, word info)
{
    __atomic_store_n(field, info, __ATOMIC_RELEASE);
}

/* Chunks of bytes or plain elements, few enough to look at with interrupts masked on the fast path. */
#define DIRECT_CHUNKS 4U
static bool shape_is_plain(const struct ksm_shape *shape)
{
    return shape->size >= KOS_MESSAGE_HEADER_SIZE && shape->handle_count == 0 && shape->union_count == 0 &&
           !shape->deep && shape->chunk_count <= DIRECT_CHUNKS;
}

static void unfold_method(struct ksm_entry *entry, const struct ksm_pair *pair, const struct ksm_method *method,
                          word request, word response)
{
    const struct ksm_policy *policy = ksm_policy_now();
    u32 source = pair->source_class, destination = pair->destination_class;
    if (!shape_is_direct(&method->response) || !granted(policy, KSM_RESPONSE, destination, source, response))
        return;
    entry_set(&entry->memory_response, response);
    bool answers_in_registers = method->response.size <= KOS_REGISTER_MESSAGE_SIZE;
    if (answers_in_registers)
        entry_set(&entry->response, response);
    if (!granted(policy, KSM_REQUEST, source, destination, request))
        return;
    if (!shape_is_direct(&method->request)) {
        if (shape_is_plain(&method->request)) {
            struct ksm_arena_request *requests = (void *)(uintptr_t)&pair->entries[pair->mask + 1];
            struct ksm_arena_request *arena = &requests[entry - pair->entries];
            arena->info = request;
            /* release: the info word comes first */
            atomic_store_explicit(&arena->shape, &method->request, memory_order_release);
        }
        return;
    }
    entry_set(&entry->memory_request, request);
    if (answers_in_registers && method->request.size <= KOS_REGISTER_MESSAGE_SIZE)
        entry_set(&entry->request, request);
}

static struct ksm_pair *_Atomic *bucket_of(u32 source_class, u32 destination_class)
{
    return &pairs[(source_class * 7 + destination_class) % PAIR_BUCKETS];
}

static struct ksm_pair *pair_find(u32 source_class, u32 destination_class)
{
    /* acquire: pairs with the release when a pair is pushed */
    for (struct ksm_pair *pair = atomic_load_explicit(bucket_of(source_class, destination_class), memory_order_acquire);
         pair != nullptr; pair = pair->next)
        if (pair->source_class == source_class && pair->destination_class == destination_class)
            return pair;
    return nullptr;
}

/* A collision costs the second method the fast path, nothing else. The place is that of the first that is met. */
static void learn(struct ksm_pair *pair, const struct ksm_method *method, word info, u64 index)
{
    spinlock_lock(&pairs_lock);
    if (!ksm_pair_knows(pair, info)) {
        pair->known[index / 64] |= 1ULL << (index % 64);
        unfold_method(&pair->entries[index], pair, method,
                      shape_info(&method->request, info_riid(info), info_mid(info)),
                      shape_info(&method->response, info_riid(info), info_mid(info)));
    }
    spinlock_unlock(&pairs_lock);
}

void ksm_pair_learn(const struct ksm_pair *pair, word info)
{
    u64 index = ksm_hash(info) & pair->mask;
    const struct ksm_method *method = ksm_method(pair->destination_class, info);
    if (method != nullptr)
        learn(pair_find(pair->source_class, pair->destination_class), method, info, index);
}

static u64 pair_entries(const struct ksm_class *class)
{
    u64 most = 1;
    for (u32 riid = 0; riid < class->endpoint_count; riid++)
        most = most > riid * 16 + class->endpoints[riid].interface->method_count
                   ? most
                   : riid * 16 + class->endpoints[riid].interface->method_count;
    u64 entries = 2; /* ksm_none needs another place */
    while (entries < most && entries < KSM_ENTRIES_MAX)
        entries *= 2;
    return entries;
}

static void clear(u8 *bytes, u64 size, bool checkpoints)
{
    for (u64 done = 0; done < size; done += CLEAR_AT_ONCE) {
        memset(bytes + done, 0, size - done < CLEAR_AT_ONCE ? size - done : CLEAR_AT_ONCE);
        if (checkpoints)
            checkpoint();
    }
}

static struct ksm_pair *pair_get(u32 source_class, u32 destination_class, bool checkpoints)
{
    struct ksm_pair *pair = pair_find(source_class, destination_class);
    if (pair != nullptr)
        return pair;
    u64 entries = pair_entries(&ksm_policy_now()->classes[destination_class]);
    u64 size = sizeof(struct ksm_pair) + entries * (sizeof(struct ksm_entry) + sizeof(struct ksm_arena_request));
    unsigned order = 0;
    while (((u64)PAGE_SIZE << order) < size)
        order++;
    paddr page = page_allocate(order);
    if (page == PADDR_NONE)
        return nullptr;
    struct ksm_pair *made = hal_direct(page);
    clear((u8 *)made, size, checkpoints);
    made->mask = entries - 1;
    made->source_class = source_class;
    made->destination_class = destination_class;
    for (u64 i = 0; i < sizeof(struct ksm_entry) / sizeof(word); i++)
        ((word *)&made->entries[0])[i] = ksm_none(0);
    spinlock_lock(&pairs_lock);
    pair = pair_find(source_class, destination_class);
    if (pair == nullptr) {
        struct ksm_pair *_Atomic *bucket = bucket_of(source_class, destination_class);
        made->next = atomic_load_explicit(bucket, memory_order_relaxed);
        atomic_store_explicit(bucket, made, memory_order_release);
        pair = made;
        made = nullptr;
    }
    spinlock_unlock(&pairs_lock);
    if (made != nullptr) /* another was first */
        page_free(page, order);
    return pair;
}

struct ksm_pair *ksm_pair_get(u32 source_class, u32 destination_class)
{
    return pair_get(source_class, destination_class, false);
}

struct ksm_pair *ksm_pair_prepare(u32 source_class, u32 destination_class)
{
    return pair_get(source_class, destination_class, true);
}

bool ksm_shape_fits(const struct ksm_shape *shape, word info, u64 arena_size)
{
    return shape->size != 0 && ((info >> KOS_INFO_SIZE_SHIFT) & KOS_INFO_SIZE_MASK) == shape->size &&
           ((info >> KOS_INFO_HANDLES_SHIFT) & KOS_INFO_HANDLES_MASK) == shape->handle_count &&
           arena_size <= shape->arena_size;
}

bool ksm_chunks_fit(const struct ksm_shape *shape, const void *constant_part, u64 arena_size)
{
    const u8 *bytes = constant_part;
    for (u32 i = 0; i < shape->chunk_count; i++) {
        struct kos_chunk chunk;
        __builtin_memcpy(&chunk, bytes + shape->chunks[i].offset - KOS_MESSAGE_HEADER_SIZE, sizeof(chunk));
        if (chunk.size > shape->chunks[i].size_max || (u64)chunk.offset + chunk.size > arena_size ||
            chunk.size % shape->chunks[i].element_size != 0 ||
            (shape->contents != nullptr && (chunk.offset & shape->contents[i].align_mask) != 0))
            return false;
    }
    return true;
}
