/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's models, cache and decisions on the host: what they take from the kernel, and a view of their contexts.
 */
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>
#include <ksm/models/state.h>
#include <memory/page.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/compare/kernel.h>

thread_local struct hal_cpu host_cpu;
unsigned long host_direct_map;
struct host_audit host_audits[1024];
u32 host_audit_count;
bool host_no_rule;
bool host_touched[256], host_changed[256];

void kernel_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

/* Who waits for a lock may be on the CPU of who holds it. */
void smp_poll(void)
{
    sched_yield();
}

paddr page_allocate(unsigned order)
{
    void *pages = aligned_alloc((size_t)PAGE_SIZE << order, (size_t)PAGE_SIZE << order);
    return pages != nullptr ? (paddr)(uintptr_t)pages : PADDR_NONE;
}

/* ---- contexts ---- */

static void hashset_view(const struct ksm_object *object, u64 *table, u64 *view)
{
    const struct ksm_hashset_configuration *set = object->configuration;
    const struct ksm_state *tables = object->state;
    u64 size = set->entry_words, mask = (1ULL << KSM_INDEX_BITS) - 1;
    view[0] = 0;
    for (u64 bucket = 2; bucket < tables->table_next; bucket++) {
        u64 link = table[bucket], number = (link & ~mask) == table[0] ? link & mask : 0;
        for (; number != 0; number = table[tables->table_next + number])
            memcpy(&view[1 + view[0]++ * size], &table[tables->table_entries + number * size], size * sizeof(u64));
    }
    if (view[0] != (table[1] & ((1ULL << KSM_INDEX_BITS) - 1)))
        abort();
}

struct host_context *host_context(const struct ksm_object *object, u32 sid)
{
    static u64 room[1 << 16];
    struct host_context *const view = (struct host_context *)(void *)room;
    const struct ksm_staticmap_configuration *map = object->configuration;
    if (object->state == nullptr || object->model == KSM_BASE)
        return nullptr;
    u64 *words = ksm_context_find(object, sid), *to = view->words;
    if (words == nullptr)
        return nullptr;
    if (object->model == KSM_HASHSET)
        hashset_view(object, words, to);
    else if (object->model != KSM_STATICMAP)
        memcpy(to, words, (object->model == KSM_FLOW ? KSM_FLOW_WORDS : KSM_MIC_WORDS) * sizeof(u64));
    for (u32 key = 0; object->model == KSM_STATICMAP && key < map->key_count; key++)
        if (!ksm_staticmap_get(nullptr, (struct ksm_object *)object, sid, key, &to[key]) ||
            !ksm_staticmap_get_uncommitted(nullptr, (struct ksm_object *)object, sid, key, &to[map->key_count + key]))
            return nullptr;
    return view;
}

u32 host_context_count(const struct ksm_object *object)
{
    const struct ksm_state *state = object->state;
    u32 count = 0;
    if (state == nullptr || object->model == KSM_BASE)
        return 0;
    for (u32 i = 0; i < state->capacity; i++)
        count += (u32)*ksm_context_at(state, i) != 0;
    return count;
}

u32 host_audit_level(void)
{
    return ksm_audit_level();
}

/* ---- audit: as in host.c, but one thread's only ---- */

static void note(const struct ksm_audit_site *site, bool granted, bool expression, u32 kind, u32 sid)
{
    if (host_cpu.index == 0 && host_audit_count < array_length(host_audits))
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

void ksm_audit_end(const struct ksm_transaction *transaction, bool granted)
{
    if (host_cpu.index == 0)
        host_no_rule = transaction->audit_count == KSM_AUDIT_NONE_CALLED && !granted;
}
void ksm_audit_denied(const struct ksm_query *query)
{
    struct ksm_descriptor says =
        kernel_describe(query->event, query->source_class, query->destination_class, query->riid, query->mid);
    if (host_cpu.index == 0)
        host_no_rule = says.verdict == KSM_NO_RULE;
}

/* ---- decisions ---- */

static struct ksm_policy policy;
const struct ksm_policy *const ksm_policy = &policy;

bool host_start(const struct ksm_policy *module)
{
    policy = *module;
    policy.describe = kernel_describe;
    ksm_models_seed(0x9876543210ULL);
    ksm_audit_level_first(module->audit_level);
    kernel_module = module;
    return ksm_models_well_formed(module->objects, module->object_count) &&
           ksm_models_init(module->objects, module->object_count) == rcOk && ksm_cpus_init(KERNEL_THREADS + 1) == rcOk;
}

bool host_decide(const struct ksm_query *query, const struct ksm_decision *decision)
{
    (void)decision;
    return ksm_decide(query) == rcOk;
}
