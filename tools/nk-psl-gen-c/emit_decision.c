/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions, and the table that finds them. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>

/* Server, endpoint and method by number, where the conditions ask for them. */
static const char *method_condition(struct emitter *emitter, const struct psl_conditions *conditions)
{
    const char *server_name = psl_server_is_destination(conditions->event) ? "destination" : "source";
    struct text text = {0};
    bool security = conditions->event == PSL_SECURITY;
    for (unsigned i = 0; i < emitter->policy->class_count; i++) {
        const struct psl_class *server = emitter->policy->classes[i];
        unsigned count = security ? server->security_count : server->endpoint_count;
        for (unsigned j = 0; j < count; j++) {
            const struct psl_endpoint *endpoint = security ? &server->security[j] : &server->endpoints[j];
            for (const struct method *m = endpoint->interface->methods; m != nullptr; m = m->next)
                if (psl_conditions_hold(conditions, server, endpoint, m))
                    text_add(&text,
                             "%s(transaction->query->%s_class == %u && transaction->query->riid == %u && "
                             "transaction->query->mid == %u)",
                             text.length != 0 ? " || " : "", server_name, i, endpoint->riid, m->mid);
        }
    }
    const char *condition = emit_print(emitter, "(%s)", text.bytes != nullptr ? text.bytes : "false");
    text_free(&text);
    return condition;
}

const char *emit_condition(struct emitter *emitter, const struct psl_conditions *conditions)
{
    const char *condition = "true";
    bool method = conditions->interface != nullptr || conditions->component_count != 0 ||
                  conditions->endpoint != nullptr || conditions->method != nullptr;
    if (conditions->source != nullptr)
        condition =
            emit_print(emitter, "%s && transaction->query->source_class == %u", condition, conditions->source->index);
    if (conditions->destination != nullptr)
        condition = emit_print(emitter, "%s && transaction->query->destination_class == %u", condition,
                               conditions->destination->index);
    if (method)
        condition = emit_print(emitter, "%s && %s", condition, method_condition(emitter, conditions));
    return condition;
}

/* True if a block needs no function: it always grants, and nothing of it is audited. */
static bool is_silent(const struct psl_block *block)
{
    const struct psl_effects *effects = &block->effects;
    return effects->constant && !effects->denies && effects->least_rules != 0 && (effects->flags & PSL_AUDITED) == 0;
}

static bool needs_function(const struct psl_decision *decision)
{
    return decision->verdict == PSL_EVALUATED || (decision->effects.flags & PSL_AUDITED) != 0;
}

static void function(struct emitter *emitter, const struct psl_decision *decision)
{
    bool called = false;
    text_add(&emitter->code, "\n");
    emitter->indent = 0;
    emit_line(emitter, "static bool decide_%u(struct ksm_transaction *transaction)", decision->index);
    emit_line(emitter, "{");
    emitter->indent++;
    for (unsigned i = 0; i < decision->count; i++)
        called |= is_silent(decision->blocks[i]);
    emit_line(emitter, "u32 outcome = %s;", called ? "KSM_RULE_CALLED" : "0");
    for (unsigned i = 0; i < decision->count; i++)
        if (!is_silent(decision->blocks[i]))
            emit_line(emitter, "outcome |= block_%u(transaction);", decision->blocks[i]->index);
    emit_line(emitter, "return outcome == KSM_RULE_CALLED;");
    emitter->indent--;
    emit_line(emitter, "}");
}

/* Numbers of the objects in a set, "objects_3" and how many. */
static unsigned object_list(struct emitter *emitter, const uint64_t *bits, const char *name)
{
    unsigned count = 0;
    struct text text = {0};
    for (unsigned i = 0; i < emitter->policy->object_count; i++)
        if ((bits[i / 64] >> i % 64 & 1) != 0)
            text_add(&text, "%s%u", count++ != 0 ? ", " : "", emitter->object_index[i]);
    if (count != 0)
        text_add(&emitter->code, "static const u16 %s[] = {%s};\n", name, text.bytes);
    text_free(&text);
    return count;
}

static void decision_entry(struct emitter *emitter, const struct psl_decision *decision, struct text *entries)
{
    static const char *const verdicts[] = {"KSM_NO_RULE", "KSM_DENY", "KSM_GRANT", "KSM_EVALUATE"};
    const struct psl_effects *effects = &decision->effects;
    bool evaluates = needs_function(decision);
    const char *objects = emit_print(emitter, "objects_%u", decision->index);
    const char *changes = emit_print(emitter, "changes_%u", decision->index);
    unsigned object_count = evaluates ? object_list(emitter, effects->reads, objects) : 0;
    unsigned change_count = evaluates ? object_list(emitter, effects->changes, changes) : 0;
    text_add(entries, "    [%u] = {.verdict = %s", decision->index, verdicts[decision->verdict]);
    if (evaluates) {
        text_add(entries, ", .flags = (enum ksm_decision_flags)0x%x, .evaluate = decide_%u", effects->flags,
                 decision->index);
        if (object_count != 0)
            text_add(entries, ", .objects = %s, .object_count = %u", objects, object_count);
        if (change_count != 0)
            text_add(entries, ", .changes = %s, .change_count = %u", changes, change_count);
        text_add(entries, ", .undo_count = %llu, .cost = %llu", (unsigned long long)effects->undo,
                 (unsigned long long)(effects->cost > UINT32_MAX ? UINT32_MAX : effects->cost));
    }
    text_add(entries, ", .rule_count = %u},", effects->most_rules > 65535 ? 65535 : effects->most_rules);
    if (decision->count != 0)
        text_add(entries, " /* %s%s */", emit_place(emitter, decision->blocks[0]->at),
                 decision->count > 1 ? ", ..." : "");
    text_add(entries, "\n");
}

/* Rows that say the same are one. */
struct rows {
    const struct psl_row **list;
    unsigned *exceptions; /* number of the first one of each */
    unsigned count, exception_count;
};

static bool same_row(const struct psl_row *a, const struct psl_row *b)
{
    bool same = a->others == b->others && a->exception_count == b->exception_count;
    for (unsigned i = 0; same && i < a->exception_count; i++)
        same = a->exceptions[i].client == b->exceptions[i].client &&
               a->exceptions[i].decision == b->exceptions[i].decision;
    return same;
}

static unsigned row_number(struct emitter *emitter, struct rows *rows, const struct psl_row *row, struct text *entries,
                           struct text *exceptions)
{
    for (unsigned i = rows->count; i-- != 0;) /* neighbours are alike */
        if (same_row(rows->list[i], row))
            return i;
    (void)emitter;
    rows->list[rows->count] = row;
    text_add(entries, "    {.others = %u, .count = %u, .first = %u},\n", row->others->index, row->exception_count,
             rows->exception_count);
    for (unsigned i = 0; i < row->exception_count; i++)
        text_add(exceptions, "    {.client = %u, .decision = %u},\n", row->exceptions[i].client->index,
                 row->exceptions[i].decision->index);
    rows->exception_count += row->exception_count;
    return rows->count++;
}

/* Rows of one class as server; returns the number of endpoints. */
static unsigned server(struct emitter *emitter, struct rows *rows, enum psl_event event, unsigned class,
                       struct text *output, struct text *entries, struct text *exceptions)
{
    const struct psl_table *table = &emitter->analysis->tables[event][class];
    struct text starts = {0}, numbers = {0};
    unsigned endpoints = 0;
    for (unsigned i = 0; i < table->row_count; i++) {
        bool first = i == 0 || table->rows[i].endpoint != table->rows[i - 1].endpoint;
        unsigned riid = table->rows[i].endpoint != nullptr ? table->rows[i].endpoint->riid : 0;
        for (; first && endpoints <= riid; endpoints++) /* an interface may have no methods */
            text_add(&starts, "%u, ", i);
        text_add(&numbers, "%s%u", i != 0 ? ", " : "", row_number(emitter, rows, &table->rows[i], entries, exceptions));
    }
    if (endpoints != 0)
        text_add(output, "static const u16 %s_starts_%u[] = {%s%u};\nstatic const u16 %s_rows_%u[] = {%s};\n",
                 psl_event_word[event], class, starts.bytes, table->row_count, psl_event_word[event], class,
                 numbers.bytes);
    text_free(&starts);
    text_free(&numbers);
    return endpoints;
}

static void tables(struct emitter *emitter, struct text *output)
{
    const struct psl_policy *policy = emitter->policy;
    struct rows rows = {0};
    struct text entries = {0}, exceptions = {0}, servers = {0};
    unsigned most = 1;
    for (enum psl_event event = PSL_EXECUTE; event < PSL_EVENTS; event++)
        for (unsigned i = 0; i < policy->class_count; i++)
            most += emitter->analysis->tables[event][i].row_count;
    rows.list = pool_allocate(policy->pool, sizeof(struct psl_row *) * most);
    for (enum psl_event event = PSL_EXECUTE; event < PSL_EVENTS; event++) {
        text_add(&servers, "static const struct ksm_server %s_servers[] = {\n", psl_event_word[event]);
        for (unsigned i = 0; i < policy->class_count; i++) {
            unsigned endpoints = server(emitter, &rows, event, i, output, &entries, &exceptions);
            const char *word = psl_event_word[event];
            if (endpoints != 0)
                text_add(&servers, "    [%u] = {.starts = %s_starts_%u, .rows = %s_rows_%u, .endpoint_count = %u},\n",
                         i, word, i, word, i, endpoints);
        }
        text_add(&servers, "    [%u] = {.endpoint_count = 0},\n};\n", policy->class_count);
    }
    text_add(output, "static const struct ksm_row rows[] = {\n%s    {.others = 0},\n};\n",
             entries.bytes != nullptr ? entries.bytes : "");
    text_add(output, "static const struct ksm_exception exceptions[] = {\n%s    {.client = 0},\n};\n%s",
             exceptions.bytes != nullptr ? exceptions.bytes : "", servers.bytes);
    text_free(&entries);
    text_free(&exceptions);
    text_free(&servers);
}

void emit_decisions(struct emitter *emitter, struct text *output)
{
    const struct psl_analysis *analysis = emitter->analysis;
    struct text entries = {0};
    bool *used = pool_allocate(emitter->policy->pool, analysis->block_count + 1U);
    if (analysis->decision_count > 65535)
        diagnostic_error(emitter->policy->diagnostics, (struct location){0}, "%u different decisions; at most 65535",
                         analysis->decision_count);
    for (unsigned i = 0; i < analysis->decision_count; i++)
        for (unsigned j = 0; j < analysis->decisions[i]->count && needs_function(analysis->decisions[i]); j++)
            used[analysis->decisions[i]->blocks[j]->index] = true;
    for (unsigned i = 0; i < analysis->block_count; i++)
        if (used[i] && !is_silent(analysis->blocks[i]))
            emit_block(emitter, analysis->blocks[i]);
    for (unsigned i = 0; i < analysis->decision_count; i++)
        if (needs_function(analysis->decisions[i]))
            function(emitter, analysis->decisions[i]);
    text_add(&emitter->code, "\n");
    for (unsigned i = 0; i < analysis->decision_count; i++)
        decision_entry(emitter, analysis->decisions[i], &entries);
    if (emitter->globals.length != 0)
        text_add(output, "\n%s", emitter->globals.bytes);
    text_add(output, "%s\nstatic const struct ksm_decision decisions[] = {\n%s};\n\n", emitter->code.bytes,
             entries.bytes);
    text_free(&entries);
    tables(emitter, output);
}
