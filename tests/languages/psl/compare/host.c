/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/compare/host.h>

struct pool_of_contexts {
    u32 count;
    size_t size, words; /* of one context */
    unsigned char *bytes, *before;
    u32 count_before;
};

struct host_audit host_audits[1024];
u32 host_audit_count;
bool host_no_rule;
bool host_touched[256], host_changed[256];
static struct ksm_object *const *all_objects;
static u32 all_count, level, level_before;

static size_t words_of(const struct ksm_object *object)
{
    const struct ksm_hashset_configuration *set = object->configuration;
    const struct ksm_staticmap_configuration *map = object->configuration;
    switch (object->model) {
    case KSM_HASHSET:
        return 1 + (size_t)set->set_size * set->entry_words;
    case KSM_STATICMAP:
        return 2 * (size_t)map->key_count;
    default:
        return 4;
    }
}

retcode ksm_models_init(struct ksm_object *const *objects, u32 count)
{
    all_objects = objects;
    all_count = count;
    for (u32 i = 0; i < count; i++) {
        struct pool_of_contexts *pool = calloc(1, sizeof(*pool));
        pool->words = words_of(objects[i]);
        pool->size = sizeof(struct host_context) + pool->words * sizeof(u64);
        pool->bytes = calloc(HOST_CONTEXTS, pool->size);
        pool->before = calloc(HOST_CONTEXTS, pool->size);
        objects[i]->state = pool;
    }
    return rcOk;
}

void ksm_models_reset(void)
{
    for (u32 i = 0; i < all_count; i++)
        ((struct pool_of_contexts *)all_objects[i]->state)->count = 0;
    level = 0;
}

static struct host_context *at(const struct pool_of_contexts *pool, u32 i)
{
    return (struct host_context *)(void *)(pool->bytes + i * pool->size);
}

struct host_context *host_context(const struct ksm_object *object, u32 sid)
{
    struct pool_of_contexts *pool = object->state;
    host_touched[object->index] = true;
    for (u32 i = 0; i < pool->count; i++)
        if (at(pool, i)->sid == sid)
            return at(pool, i);
    return nullptr;
}

u32 host_context_count(const struct ksm_object *object)
{
    return ((struct pool_of_contexts *)object->state)->count;
}

u32 host_audit_level(void)
{
    return level;
}

struct host_context *host_make(const struct ksm_object *object, u32 sid, u32 most)
{
    struct pool_of_contexts *pool = object->state;
    if (sid == 0 || sid > KSM_SID_MAX || host_context(object, sid) != nullptr || pool->count == most ||
        pool->count == HOST_CONTEXTS)
        return nullptr;
    struct host_context *context = at(pool, pool->count++);
    memset(context, 0, pool->size);
    context->sid = sid;
    return context;
}

struct host_context *host_add(const struct ksm_object *object, u32 sid)
{
    struct host_context *context = host_context(object, sid);
    return context != nullptr ? context : host_make(object, sid, HOST_CONTEXTS);
}

bool host_drop(const struct ksm_object *object, u32 sid)
{
    struct pool_of_contexts *pool = object->state;
    struct host_context *context = host_context(object, sid);
    if (context == nullptr)
        return false;
    memmove(context, at(pool, --pool->count), pool->size);
    return true;
}

void ksm_models_forget(u32 sid)
{
    for (u32 i = 0; i < all_count; i++)
        host_drop(all_objects[i], sid);
}

void ksm_transaction_begin(struct ksm_transaction *transaction, const struct ksm_query *query,
                           const struct ksm_decision *decision)
{
    static struct ksm_memory memory;
    *transaction = (struct ksm_transaction){.query = query, .decision = decision, .memory = &memory};
    for (u32 i = 0; i < all_count; i++) {
        struct pool_of_contexts *pool = all_objects[i]->state;
        memcpy(pool->before, pool->bytes, pool->count * pool->size);
        pool->count_before = pool->count;
    }
    level_before = level;
    host_audit_count = 0;
    memset(host_touched, 0, sizeof(host_touched));
}

void ksm_transaction_end(struct ksm_transaction *transaction, bool granted)
{
    (void)transaction;
    for (u32 i = 0; i < all_count; i++) {
        const struct pool_of_contexts *pool = all_objects[i]->state;
        host_changed[i] =
            pool->count != pool->count_before || memcmp(pool->bytes, pool->before, pool->count * pool->size) != 0;
    }
    for (u32 i = 0; i < all_count && !granted; i++) {
        struct pool_of_contexts *pool = all_objects[i]->state;
        memcpy(pool->bytes, pool->before, pool->count_before * pool->size);
        pool->count = pool->count_before;
    }
    level = granted ? level : level_before;
}

static void note(const struct ksm_audit_site *site, bool granted, bool expression, u32 kind, u32 sid)
{
    if (host_audit_count < array_length(host_audits))
        host_audits[host_audit_count++] = (struct host_audit){site, granted, expression, kind, sid};
}

void ksm_audit_rule(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool granted, u32 sid)
{
    (void)transaction;
    note(site, granted, false, 0, sid);
}

void ksm_audit_expression(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool ok, u32 kind,
                          u32 sid)
{
    (void)transaction;
    note(site, ok, true, kind, sid);
}

void ksm_audit_no_rule(struct ksm_transaction *transaction)
{
    (void)transaction;
    host_no_rule = true;
}

bool ksm_base_set_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 value)
{
    (void)transaction, (void)object;
    level = value;
    return true;
}

void ksm_pause(void) {}

u32 ksm_regex_run(const struct ksm_regex *regex, struct ksm_text text)
{
    u32 row = regex->start;
    for (u32 i = 0; i < text.length; i++)
        row = regex->next[row + regex->classes[(u8)text.bytes[i]]];
    return regex->accepts[row / regex->class_count];
}

bool host_start(const struct ksm_policy *module)
{
    level = module->audit_level;
    return ksm_models_init(module->objects, module->object_count) == rcOk;
}

bool host_decide(const struct ksm_query *query, const struct ksm_decision *decision)
{
    struct ksm_transaction transaction;
    ksm_transaction_begin(&transaction, query, decision);
    bool granted = decision->evaluate(&transaction);
    ksm_transaction_end(&transaction, granted);
    return granted;
}

void compare_parallel(struct compare *compare)
{
    (void)compare;
}
