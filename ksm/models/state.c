/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the models, and contexts. */
#include <hal/boot.h>
#include <ksm/cpu.h>
#include <ksm/models/state.h>
#include <memory/page.h>

#define BLOCK_SIZE ((u64)PAGE_SIZE << PAGE_ORDER_MAX)

struct ksm_objects ksm_objects;
u64 ksm_seed;

void ksm_models_seed(u64 seed)
{
    ksm_seed = seed;
}

/* size bytes of zeros, for good. */
static void *allocate(u64 size)
{
    unsigned order = 0;
    while (order <= PAGE_ORDER_MAX && ((u64)PAGE_SIZE << order) < size)
        order++;
    paddr page = order <= PAGE_ORDER_MAX ? page_allocate(order) : PADDR_NONE;
    return page != PADDR_NONE ? memset(hal_direct(page), 0, (u64)PAGE_SIZE << order) : nullptr;
}

/* Contexts and their words; 0: the model has none. */
static u64 capacity_of(const struct ksm_object *object, u64 *words)
{
    switch (object->model) {
    case KSM_HASHSET:
        *words = ksm_hashset_words(object->configuration);
        return ((const struct ksm_hashset_configuration *)object->configuration)->pool_size;
    case KSM_STATICMAP:
        *words = ksm_staticmap_words(object->configuration);
        return ((const struct ksm_staticmap_configuration *)object->configuration)->pool_size;
    case KSM_FLOW:
        *words = KSM_FLOW_WORDS;
        return KSM_FLOW_MACHINES;
    case KSM_MIC:
        *words = KSM_MIC_WORDS;
        return KSM_MIC_LABELS;
    case KSM_BASE:
    case KSM_REGEX:
        break;
    }
    return 0;
}

/* Blocks of a power of two of contexts. */
static bool allocate_blocks(struct ksm_state *state, u64 count)
{
    for (u64 i = 0; i < count; i++) {
        u64 contexts = state->capacity - (i << state->block_shift);
        if (contexts > 1ULL << state->block_shift)
            contexts = 1ULL << state->block_shift;
        state->blocks[i] = allocate(contexts * state->words * sizeof(u64));
        if (state->blocks[i] == nullptr)
            return false;
    }
    return true;
}

static struct ksm_state *make_state(u64 capacity, u64 words)
{
    u64 size = (words + KSM_CONTEXT_HEAD) * sizeof(u64);
    u32 shift = 0, bucket_bits = 1;
    if (size > BLOCK_SIZE)
        return nullptr;
    while (1ULL << shift < capacity && (size << (shift + 1)) <= BLOCK_SIZE)
        shift++;
    while (1ULL << bucket_bits < capacity)
        bucket_bits++;
    u64 blocks = (capacity + (1ULL << shift) - 1) >> shift;
    struct ksm_state *state = allocate(sizeof(*state) + blocks * sizeof(state->blocks[0]));
    if (state == nullptr)
        return nullptr;
    state->buckets = allocate(sizeof(u64) << bucket_bits);
    state->bucket_shift = 32 - bucket_bits;
    state->capacity = (u32)capacity;
    state->words = (u32)words + KSM_CONTEXT_HEAD;
    state->block_shift = shift;
    state->none[0] = KSM_NOBODY;
    state->none[1] = (uintptr_t)state->none;
    return state->buckets != nullptr && allocate_blocks(state, blocks) ? state : nullptr;
}

static void reset(struct ksm_state *state)
{
    for (u64 i = 0; i < 1ULL << (32 - state->bucket_shift); i++)
        state->buckets[i] = (uintptr_t)state->none;
    state->free = (uintptr_t)state->none;
    for (u64 i = state->capacity; i-- != 0;) {
        u64 *context = ksm_context_at(state, i);
        context[0] = 0;
        context[1] = state->free;
        state->free = (uintptr_t)context;
    }
    state->generation++; /* decisions may be cached */
}

retcode ksm_models_init(struct ksm_object *const *objects, u32 count)
{
    ksm_objects = (struct ksm_objects){objects, count};
    for (u32 i = 0; i < count; i++) {
        u64 words = 0, capacity = capacity_of(objects[i], &words);
        if (capacity != 0 && (objects[i]->state = make_state(capacity, words)) == nullptr)
            return rcOutOfMemory;
        if (objects[i]->model == KSM_HASHSET)
            ksm_hashset_measure(objects[i]->state, objects[i]->configuration);
        if (objects[i]->model == KSM_BASE)
            objects[i]->state = &ksm_base_state;
    }
    ksm_models_reset();
    return rcOk;
}

static bool has_contexts(const struct ksm_object *object)
{
    return object->state != nullptr && object->state != &ksm_base_state;
}

bool ksm_models_keep(void)
{
    for (u32 i = 0; i < ksm_objects.count; i++)
        if (has_contexts(ksm_objects.all[i]))
            return true;
    return false;
}

void ksm_models_reset(void)
{
    for (u32 i = 0; i < ksm_objects.count; i++)
        if (has_contexts(ksm_objects.all[i]))
            reset(ksm_objects.all[i]->state);
    ksm_base_reset();
}

KSM_ASIDE u64 *ksm_context_find_behind(const struct ksm_state *state, const u64 *context, u32 sid)
{
    for (u32 left = state->capacity; context != state->none && left != 0; left--) {
        u64 *next = ksm_context_linked(ksm_load(&context[1]));
        if (ksm_load(next) == sid)
            return next + KSM_CONTEXT_HEAD;
        context = next;
    }
    return nullptr;
}

u64 *ksm_context_make(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    struct ksm_state *state = object->state;
    u64 *context = ksm_context_linked(state->free), *bucket = ksm_bucket_of(state, sid);
    if (sid - 1 >= KSM_SID_MAX || context == state->none || ksm_context_find(object, sid) != nullptr)
        return nullptr;
    ksm_store(transaction, state, &state->free, context[1]);
    ksm_store(transaction, state, &context[0], sid);
    ksm_store(transaction, state, &context[1], *bucket);
    ksm_store(transaction, state, bucket, (uintptr_t)context);
    return context + KSM_CONTEXT_HEAD;
}

bool ksm_context_drop(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    struct ksm_state *state = object->state;
    u64 *place = ksm_bucket_of(state, sid), *context; /* place: what links the context */
    while ((context = ksm_context_linked(*place))[0] != sid) {
        if (context == state->none)
            return false;
        place = &context[1];
    }
    ksm_store(transaction, state, place, context[1]);
    ksm_store(transaction, state, &context[0], 0);
    ksm_store(transaction, state, &context[1], state->free);
    ksm_store(transaction, state, &state->free, (uintptr_t)context);
    return true;
}

/* No event has this SID any more. Contexts made for it before are visible here; whether others change their chains
 * meanwhile, the sequence tells. */
static bool surely_absent(const struct ksm_object *object, u32 sid)
{
    const struct ksm_state *state = object->state;
    u64 sequence = __atomic_load_n(&state->sequence, __ATOMIC_ACQUIRE);
    bool absent = ksm_context_find(object, sid) == nullptr;
    atomic_thread_fence(memory_order_acquire);
    return absent && sequence % 2 == 0 && ksm_load(&state->sequence) == sequence;
}

void ksm_models_forget(u32 sid)
{
    for (u32 i = 0; i < ksm_objects.count; i++) {
        if (!has_contexts(ksm_objects.all[i]) || surely_absent(ksm_objects.all[i], sid))
            continue;
        const u16 index = (u16)i;
        const struct ksm_decision decision = {
            .objects = &index, .changes = &index, .object_count = 1, .change_count = 1};
        struct ksm_transaction transaction = {.decision = &decision, .memory = ksm_cpu_self()->memory};
        ksm_transaction_lock(&transaction);
        ksm_context_drop(&transaction, ksm_objects.all[i], sid);
        ksm_transaction_unlock(&transaction, true);
    }
}
