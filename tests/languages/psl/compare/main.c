/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psl_compare [-I DIR]... EVENTS SEED POLICY MODULE: random events to the interpreter and to the compiled policy. After
 * every event the verdicts must be the same, and what the decision says of itself must be true: a decision that does
 * not read the message, its arena, its handles or the SIDs gets none; one that names objects touches no other. From
 * time to time, and at the end, all contexts must be the same.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/compare/compare.h>

static const struct ksm_object *module_object(const struct compare *compare, const char *name)
{
    for (u32 i = 0; i < compare->module->object_count; i++)
        if (strcmp(compare->module->objects[i]->name, name) == 0)
            return compare->module->objects[i];
    return nullptr;
}

[[noreturn]] void compare_fail(struct compare *compare, const char *what)
{
    printf("seed %llu, event %u (%s of %s, method %s): %s\n", (unsigned long long)compare->seed, compare->number,
           psl_event_word[compare->event.event], compare->event.source->name,
           compare->event.method != nullptr ? compare->event.method->name.text : "main", what);
    exit(EXIT_FAILURE);
}

static void compare_states(struct compare *compare)
{
    for (unsigned i = 0; i < compare->policy.object_count; i++) {
        const struct psl_object *object = compare->policy.objects[i];
        const struct ksm_object *other = module_object(compare, object->name);
        u32 count = 0;
        for (size_t j = 0; j < compare->interpreter->count; j++) {
            const struct reference_context *context = &compare->interpreter->contexts[j];
            if (context->object != object)
                continue;
            count++;
            const struct host_context *twin = host_context(other, context->sid);
            if (twin == nullptr || !compare_context(context, twin))
                compare_fail(compare, "contexts differ");
        }
        if (other != nullptr && count != host_context_count(other))
            compare_fail(compare, "a context is too much");
    }
    if (compare->interpreter->audit_level != host_audit_level())
        compare_fail(compare, "audit levels differ");
}

static bool listed(const u16 *list, u16 count, u32 number)
{
    for (u16 i = 0; i < count; i++)
        if (list[i] == number)
            return true;
    return false;
}

static void check_claims(struct compare *compare, const struct ksm_decision *decision)
{
    for (u32 i = 0; i < compare->module->object_count; i++) {
        if (host_touched[i] && !listed(decision->objects, decision->object_count, i))
            compare_fail(compare, "an object was read that the decision does not name");
        if (host_changed[i] && !listed(decision->changes, decision->change_count, i))
            compare_fail(compare, "an object was changed that the decision does not name");
    }
    if (decision->object_count != 0 && (decision->flags & KSM_READS_STATE) == 0)
        compare_fail(compare, "it reads objects, and says that it does not");
    if (decision->change_count != 0 && (decision->flags & KSM_CHANGES_STATE) == 0)
        compare_fail(compare, "it changes objects, and says that it does not");
}

void compare_query(struct ksm_query *query, const struct reference_event *event, const struct encoded *message,
                   const struct ksm_arena *arena, const struct ksm_decision *decision)
{
    *query =
        (struct ksm_query){.event = (enum ksm_event)event->event,
                           .source_class = (u16)event->source->index,
                           .destination_class = (u16)(event->destination != nullptr ? event->destination->index : 0),
                           .riid = (u16)(event->endpoint != nullptr ? event->endpoint->riid : 0),
                           .mid = (u16)(event->method != nullptr ? event->method->mid : 0),
                           .constant_size = message->constant_size};
    if (decision == nullptr)
        return;
    query->constant_part =
        (decision->flags & (KSM_READS_MESSAGE | KSM_READS_ARENA)) != 0 ? message->constant_part : nullptr;
    query->arena = (decision->flags & KSM_READS_ARENA) != 0 ? arena : nullptr;
    query->sids = (decision->flags & KSM_READS_HANDLES) != 0 ? message->sids : nullptr;
    query->source_sid = (decision->flags & KSM_READS_SIDS) != 0 ? event->source_sid : 0xdeadU;
    query->destination_sid = (decision->flags & KSM_READS_SIDS) != 0 ? event->destination_sid : 0xbeefU;
}

/* The compiled policy decides. */
static bool decide(struct compare *compare, const struct encoded *message, const struct ksm_shape *shape)
{
    struct ksm_arena arena = ksm_arena_flat(message->arena, message->arena_size);
    if (shape != nullptr && !ksm_message_fits(shape, message->constant_part, &arena))
        compare_fail(compare, "the message does not fit its shape");
    struct ksm_query query;
    compare_query(&query, &compare->event, message, &arena, nullptr);
    struct ksm_descriptor descriptor =
        compare->module->describe(query.event, query.source_class, query.destination_class, query.riid, query.mid);
    const struct ksm_decision *decision = descriptor.decision;
    compare->verdicts[descriptor.verdict]++;
    bool constant = descriptor.verdict == KSM_GRANT;
    host_audit_count = 0;
    host_no_rule = decision->evaluate == nullptr && descriptor.verdict == KSM_NO_RULE;
    if (decision->evaluate == nullptr)
        return constant;
    compare_query(&query, &compare->event, message, &arena, decision);
    bool granted = host_decide(&query, decision);
    check_claims(compare, decision);
    if (descriptor.verdict != KSM_EVALUATE && granted != constant)
        compare_fail(compare, "a constant verdict is not what its rules say");
    if (descriptor.verdict == KSM_EVALUATE && (decision->flags & KSM_AUDITED) == 0 && host_audit_count != 0)
        compare_fail(compare, "it audits, and says that it does not");
    return granted;
}

static void one_event(struct compare *compare)
{
    struct pool pool = {0};
    static struct encoded message;
    const struct ksm_shape *shape = compare_make_event(compare, &pool, &message);
    compare->traced = 0;
    bool expected = reference_decide(compare->interpreter, &compare->event);
    bool actual = decide(compare, &message, shape);
    if (expected != actual)
        compare_fail(compare, expected ? "the interpreter grants, the module denies"
                                       : "the interpreter denies, the module grants");
    if (host_no_rule != compare->interpreter->no_rule)
        compare_fail(compare, host_no_rule ? "it records that no rule was called, and one was"
                                           : "no rule was called, and it does not record that");
    compare_audit(compare);
    compare->granted += expected;
    pool_free(&pool);
    if (random_below(&compare->random, 200) == 0) {
        u32 sid = 1 + random_below(&compare->random, 8);
        reference_forget(compare->interpreter, sid);
        ksm_models_forget(sid);
    }
}

static void load(struct compare *compare, const char *policy, const char *module)
{
    void *library = dlopen(module, RTLD_NOW);
    const struct ksm_policy *const *symbol = library != nullptr ? dlsym(library, "ksm_policy") : nullptr;
    if (symbol == nullptr) {
        printf("%s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    compare->module = *symbol;
    if (!psl_policy_load(&compare->policy, policy))
        exit(EXIT_FAILURE);
    psl_check_policy(&compare->policy);
    if (compare->policy.diagnostics->errors != 0)
        exit(EXIT_FAILURE);
    compare->interpreter = reference_make(&compare->policy);
    compare->interpreter->trace = compare_trace;
    compare->interpreter->trace_context = compare;
    const struct name profile = compare->policy.declarations.default_profile;
    compare->audited = profile.text != nullptr && strcmp(profile.text, "full") == 0;
    if (!host_start(compare->module))
        exit(EXIT_FAILURE);
}

int main(int count, char **words)
{
    static struct compare compare;
    struct pool pool = {0};
    struct diagnostics diagnostics = {.tool = "psl_compare"};
    const char *roots[16];
    int i = 1;
    for (; i + 1 < count && strcmp(words[i], "-I") == 0 && compare.policy.root_count < 16; i += 2)
        roots[compare.policy.root_count++] = words[i + 1];
    if (i + 4 != count) {
        fprintf(stderr, "usage: psl_compare [-I DIR]... EVENTS SEED POLICY MODULE\n");
        return EXIT_FAILURE;
    }
    compare.policy.pool = &pool;
    compare.policy.diagnostics = &diagnostics;
    compare.policy.roots = roots;
    unsigned events = (unsigned)strtoul(words[i], nullptr, 10);
    compare.seed = strtoull(words[i + 1], nullptr, 10);
    compare.random.state = compare.seed;
    load(&compare, words[i + 2], words[i + 3]);
    for (compare.number = 0; compare.number < events; compare.number++) {
        one_event(&compare);
        if (compare.number % 64 == 0) {
            compare_states(&compare);
            compare_parallel(&compare);
            compare_states(&compare);
        }
    }
    compare_states(&compare);
    printf("%u events, %u granted; no rule %u, denied %u, granted %u, evaluated %u\n", events, compare.granted,
           compare.verdicts[KSM_NO_RULE], compare.verdicts[KSM_DENY], compare.verdicts[KSM_GRANT],
           compare.verdicts[KSM_EVALUATE]);
    reference_free(compare.interpreter);
    pool_free(&pool);
    return EXIT_SUCCESS;
}
