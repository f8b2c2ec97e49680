/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/decision.h>

#define BUCKETS 4096U

struct build {
    struct psl_policy *policy;
    struct psl_analysis *analysis;
    unsigned block_room;
    const struct psl_block **list; /* work space: blocks of one row, of one decision */
    const struct psl_block **chosen;
};

static void add_block(struct build *build, struct psl_conditions conditions, const struct psl_statement *first,
                      const struct psl_statement *end, const struct psl_audit_profile *profile)
{
    struct psl_analysis *analysis = build->analysis;
    if (analysis->block_count == build->block_room) {
        unsigned room = build->block_room * 2 + 64;
        struct psl_block **grown = pool_allocate(build->policy->pool, sizeof(struct psl_block *) * room);
        if (analysis->block_count != 0)
            memcpy(grown, analysis->blocks, sizeof(struct psl_block *) * analysis->block_count);
        analysis->blocks = grown;
        build->block_room = room;
    }
    struct psl_block *block = POOL_NEW(build->policy->pool, struct psl_block);
    *block =
        (struct psl_block){.conditions = conditions, .first = first, .end = end, .profile = profile, .at = first->at};
    block->effects = psl_effects_of(build->policy, first, end, profile);
    block->index = analysis->block_count;
    analysis->blocks[analysis->block_count++] = block;
}

static void cut(struct build *build, struct psl_conditions conditions, const struct psl_selectors *selectors,
                const struct psl_body *body, const struct psl_audit_profile *outer)
{
    psl_add_conditions(build->policy, &conditions, selectors);
    if (conditions.impossible)
        return;
    const struct psl_audit_profile *profile = psl_body_profile(build->policy, body, outer);
    for (const struct psl_statement *s = body->first, *first = s; s != nullptr; s = s->next) {
        bool match = s->kind == PSL_STATEMENT_MATCH;
        bool ends = s->next == nullptr || s->next->kind == PSL_STATEMENT_MATCH;
        if (match)
            cut(build, conditions, &s->selectors, &s->body, profile);
        else if (ends)
            add_block(build, conditions, first, s->next, profile);
        if (match || ends)
            first = s->next;
    }
}

static const struct psl_policy *ordered_policy; /* qsort has no context */

static int by_place(const void *a, const void *b)
{
    const struct psl_block *const *x = a, *const *y = b;
    int order = psl_policy_order(ordered_policy, (*x)->at, (*y)->at);
    if (order != 0)
        return order;
    return (*x)->index<(*y)->index ? -1 : (*x)->index>(*y)->index; /* of one variable of the preprocessor */
}

static void cut_all(struct build *build)
{
    struct psl_policy *policy = build->policy;
    const struct psl_audit_profile *global = nullptr;
    if (policy->declarations.default_profile.text != nullptr)
        global = psl_find_profile(policy, policy->declarations.default_profile.text);
    for (const struct psl_binding *b = policy->declarations.bindings; b != nullptr; b = b->next)
        cut(build, (struct psl_conditions){.event = b->event}, &b->selectors, &b->body, global);
    ordered_policy = policy;
    if (build->analysis->block_count != 0)
        qsort(build->analysis->blocks, build->analysis->block_count, sizeof(struct psl_block *), by_place);
    for (unsigned i = 0; i < build->analysis->block_count; i++)
        build->analysis->blocks[i]->index = i;
}

static void judge(const struct psl_policy *policy, struct psl_decision *decision)
{
    decision->effects = psl_effects_none(policy);
    for (unsigned i = 0; i < decision->count; i++)
        psl_effects_add(policy, &decision->effects, &decision->blocks[i]->effects);
    const struct psl_effects *effects = &decision->effects;
    decision->verdict = effects->most_rules == 0                         ? PSL_NO_RULE
                        : effects->denies                                ? PSL_DENIED
                        : effects->constant && effects->least_rules != 0 ? PSL_GRANTED
                                                                         : PSL_EVALUATED;
}

/* The decision of these blocks, made on first use. */
static const struct psl_decision *find_decision(struct build *build, const struct psl_block *const *blocks,
                                                unsigned count)
{
    struct psl_analysis *analysis = build->analysis;
    uint64_t hash = 14695981039346656037ULL;
    for (unsigned i = 0; i < count; i++)
        hash = (hash ^ blocks[i]->index) * 1099511628211ULL;
    struct psl_decision **bucket = &analysis->buckets[(hash >> 32) % BUCKETS];
    for (struct psl_decision *d = *bucket; d != nullptr; d = d->next)
        if (d->hash == hash && d->count == count && memcmp(d->blocks, blocks, sizeof(blocks[0]) * count) == 0)
            return d;
    struct psl_decision *made = POOL_NEW(build->policy->pool, struct psl_decision);
    *made = (struct psl_decision){.count = count, .index = analysis->decision_count, .hash = hash, .next = *bucket};
    made->blocks = pool_allocate(build->policy->pool, sizeof(blocks[0]) * (count + 1U));
    if (count != 0)
        memcpy(made->blocks, blocks, sizeof(blocks[0]) * count);
    judge(build->policy, made);
    *bucket = made;
    if (analysis->decision_count == analysis->decision_room) {
        unsigned room = analysis->decision_room * 2 + 64;
        struct psl_decision **grown = pool_allocate(build->policy->pool, sizeof(made) * room);
        if (analysis->decision_count != 0)
            memcpy(grown, analysis->decisions, sizeof(made) * analysis->decision_count);
        analysis->decisions = grown;
        analysis->decision_room = room;
    }
    analysis->decisions[analysis->decision_count++] = made;
    return made;
}

static const struct psl_decision *decide_for(struct build *build, unsigned listed, const struct psl_class *client)
{
    unsigned count = 0;
    for (unsigned i = 0; i < listed; i++) {
        const struct psl_class *wanted = psl_client(&build->list[i]->conditions);
        if (wanted == nullptr || wanted == client)
            build->chosen[count++] = build->list[i];
    }
    return find_decision(build, build->chosen, count);
}

static int by_class(const void *a, const void *b)
{
    const struct psl_exception *x = a, *y = b;
    return x->client->index < y->client->index ? -1 : x->client->index > y->client->index;
}

/* The row of the blocks in build->list. */
static void fill_row(struct build *build, struct psl_row *row, unsigned listed)
{
    unsigned special = 0;
    for (unsigned i = 0; i < listed; i++)
        special += psl_client(&build->list[i]->conditions) != nullptr;
    row->others = decide_for(build, listed, nullptr);
    row->exceptions = pool_allocate(build->policy->pool, sizeof(*row->exceptions) * (special + 1U));
    for (unsigned i = 0; i < listed; i++) {
        const struct psl_class *client = psl_client(&build->list[i]->conditions);
        bool known = client == nullptr;
        for (unsigned j = 0; j < row->exception_count && !known; j++)
            known = row->exceptions[j].client == client;
        if (!known)
            row->exceptions[row->exception_count++] = (struct psl_exception){client, decide_for(build, listed, client)};
    }
    if (row->exception_count != 0)
        qsort(row->exceptions, row->exception_count, sizeof(*row->exceptions), by_class);
}

static void fill_execute(struct build *build, struct psl_table *table, const struct psl_class *started)
{
    unsigned listed = 0;
    for (unsigned i = 0; i < build->analysis->block_count; i++) {
        const struct psl_conditions *c = &build->analysis->blocks[i]->conditions;
        if (c->event == PSL_EXECUTE && (psl_server(c) == nullptr || psl_server(c) == started))
            build->list[listed++] = build->analysis->blocks[i];
    }
    table->rows = pool_allocate(build->policy->pool, sizeof(*table->rows));
    table->row_count = 1;
    fill_row(build, &table->rows[0], listed);
}

static void fill_table(struct build *build, struct psl_table *table, const struct psl_class *server,
                       enum psl_event event)
{
    bool security = event == PSL_SECURITY;
    const struct psl_endpoint *endpoints = security ? server->security : server->endpoints;
    unsigned endpoint_count = security ? server->security_count : server->endpoint_count, count = 0;
    const struct psl_block **candidates =
        pool_allocate(build->policy->pool, sizeof(struct psl_block *) * (build->analysis->block_count + 1U));
    unsigned candidate_count = 0;
    for (unsigned i = 0; i < build->analysis->block_count; i++) {
        const struct psl_conditions *c = &build->analysis->blocks[i]->conditions;
        if (c->event == event && (psl_server(c) == nullptr || psl_server(c) == server))
            candidates[candidate_count++] = build->analysis->blocks[i];
    }
    for (unsigned i = 0; i < endpoint_count; i++)
        for (const struct method *m = endpoints[i].interface->methods; m != nullptr; m = m->next)
            count++;
    table->rows = pool_allocate(build->policy->pool, sizeof(*table->rows) * (count + 1U));
    for (unsigned i = 0; i < endpoint_count; i++) {
        for (const struct method *m = endpoints[i].interface->methods; m != nullptr; m = m->next) {
            unsigned listed = 0;
            for (unsigned j = 0; j < candidate_count; j++)
                if (psl_conditions_hold(&candidates[j]->conditions, server, &endpoints[i], m))
                    build->list[listed++] = candidates[j];
            struct psl_row *row = &table->rows[table->row_count++];
            *row = (struct psl_row){.endpoint = &endpoints[i], .method = m};
            fill_row(build, row, listed);
        }
    }
}

const struct psl_decision *psl_row_decision(const struct psl_row *row, const struct psl_class *client)
{
    for (unsigned i = 0; i < row->exception_count; i++)
        if (row->exceptions[i].client == client)
            return row->exceptions[i].decision;
    return row->others;
}

struct psl_analysis *psl_analyze(struct psl_policy *policy)
{
    struct psl_analysis *analysis = POOL_NEW(policy->pool, struct psl_analysis);
    struct build build = {.policy = policy, .analysis = analysis};
    cut_all(&build);
    build.list = pool_allocate(policy->pool, sizeof(struct psl_block *) * (analysis->block_count + 1U));
    build.chosen = pool_allocate(policy->pool, sizeof(struct psl_block *) * (analysis->block_count + 1U));
    analysis->buckets = pool_allocate(policy->pool, sizeof(struct psl_decision *) * BUCKETS);
    find_decision(&build, nullptr, 0);
    for (enum psl_event event = PSL_EXECUTE; event < PSL_EVENTS; event++) {
        analysis->tables[event] = pool_allocate(policy->pool, sizeof(struct psl_table) * policy->class_count);
        for (unsigned i = 0; i < policy->class_count; i++) {
            if (event == PSL_EXECUTE)
                fill_execute(&build, &analysis->tables[event][i], policy->classes[i]);
            else
                fill_table(&build, &analysis->tables[event][i], policy->classes[i], event);
        }
    }
    return analysis;
}
