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

/* Blocks whose code is the same but for comments are one function; decisions that join the same functions are one. */

/* Code without comments. What looks like one in a text is none. */
static const char *without_comments(struct emitter *emitter, const char *code)
{
    char *copy = pool_copy(emitter->policy->pool, code, strlen(code)), *to = copy;
    bool quoted = false;
    for (const char *from = code; *from != '\0';) {
        const char *end = !quoted && from[0] == '/' && from[1] == '*' ? strstr(from, "*/") : nullptr;
        quoted ^= *from == '"'; /* those in texts are written as \042 */
        if (end != nullptr)
            from = end + 2;
        else
            *to++ = *from++;
    }
    *to = '\0';
    return copy;
}

/* The block's function, if its like was not written before. */
static void write_block(struct emitter *emitter, const struct psl_block *block, struct emit_set *set, unsigned *numbers)
{
    struct text before = emitter->code;
    emitter->code = (struct text){0};
    emitter->local = 0;
    emit_block(emitter, block);
    struct text body = emitter->code;
    emitter->code = before;
    if (emit_unique(emitter, set, without_comments(emitter, body.bytes), &numbers[block->index]))
        text_add(&emitter->code, "\nstatic u32 block_%u(struct ksm_transaction *transaction)\n%s",
                 numbers[block->index], body.bytes);
    text_free(&body);
}

/* What a decision does, as the key of its like: what it reads, its blocks, "+" for a rule that always grants. Code that
 * is the same need not read the same: numbers of handles are those of words in calls of the kernel. */
static const char *decision_key(struct emitter *emitter, const struct psl_decision *decision, const unsigned *blocks)
{
    struct text key = {0};
    bool called = false;
    text_add(&key, "%u", decision->verdict);
    if (needs_function(decision))
        text_add(&key, " %x %x:", decision->effects.flags, decision->effects.handle_words);
    for (unsigned i = 0; i < decision->count && needs_function(decision); i++) {
        called |= is_silent(decision->blocks[i]);
        if (!is_silent(decision->blocks[i]))
            text_add(&key, " %u", blocks[decision->blocks[i]->index]);
    }
    text_add(&key, "%s", called ? "+" : "");
    const char *copy = pool_copy(emitter->policy->pool, key.bytes, key.length);
    text_free(&key);
    return copy;
}

static void function(struct emitter *emitter, const struct psl_decision *decision, unsigned number,
                     const unsigned *blocks)
{
    bool called = false;
    text_add(&emitter->code, "\n");
    emitter->indent = 0;
    emit_line(emitter, "static bool decide_%u(struct ksm_transaction *transaction)", number);
    emit_line(emitter, "{");
    emitter->indent++;
    for (unsigned i = 0; i < decision->count; i++)
        called |= is_silent(decision->blocks[i]);
    emit_line(emitter, "u32 outcome = %s;", called ? "KSM_RULE_CALLED" : "0");
    for (unsigned i = 0; i < decision->count; i++)
        if (!is_silent(decision->blocks[i]))
            emit_line(emitter, "outcome |= block_%u(transaction);", blocks[decision->blocks[i]->index]);
    bool may_call_none = !called && decision->effects.least_rules == 0;
    emit_line(emitter, "return %s;",
              may_call_none ? "ksm_outcome(transaction, outcome)" : "outcome == KSM_RULE_CALLED");
    emitter->indent--;
    emit_line(emitter, "}");
}

/* Numbers of the objects in a set, as a list of the module; returns how many. */
static unsigned object_list(struct emitter *emitter, const uint64_t *bits, const char **name)
{
    unsigned count = 0;
    struct text text = {0};
    for (unsigned i = 0; i < emitter->policy->object_count; i++)
        if ((bits[i / 64] >> i % 64 & 1) != 0)
            text_add(&text, "%s%u", count++ != 0 ? ", " : "", emitter->object_index[i]);
    if (count != 0) {
        unsigned number;
        bool fresh = emit_unique(emitter, &emitter->lists, emit_print(emitter, "%s", text.bytes), &number);
        *name = emit_print(emitter, "objects_%u", number);
        if (fresh)
            text_add(&emitter->code, "static const u16 %s[] = {%s};\n", *name, text.bytes);
    }
    text_free(&text);
    return count;
}

/* The only object of a decision, if it has contexts, or null. */
static const struct psl_object *single(const struct emitter *emitter, const uint64_t *bits)
{
    const struct psl_object *one = nullptr;
    for (unsigned i = 0; i < emitter->policy->object_count; i++) {
        if ((bits[i / 64] >> i % 64 & 1) == 0)
            continue;
        if (one != nullptr)
            return nullptr;
        one = emitter->policy->objects[i];
    }
    return one != nullptr && one->model >= PSL_HASHSET ? one : nullptr;
}

static void decision_entry(struct emitter *emitter, const struct psl_decision *decision, unsigned number,
                           struct text *entries)
{
    static const char *const verdicts[] = {"KSM_NO_RULE", "KSM_DENY", "KSM_GRANT", "KSM_EVALUATE"};
    const struct psl_effects *effects = &decision->effects;
    bool evaluates = needs_function(decision);
    const char *objects = "", *changes = "";
    unsigned object_count = evaluates ? object_list(emitter, effects->reads, &objects) : 0;
    unsigned change_count = evaluates ? object_list(emitter, effects->changes, &changes) : 0;
    text_add(entries, "    [%u] = {.verdict = %s", number, verdicts[decision->verdict]);
    if (evaluates) {
        text_add(entries, ", .flags = (enum ksm_decision_flags)0x%x, .evaluate = decide_%u", effects->flags, number);
        if (object_count != 0)
            text_add(entries, ", .objects = %s, .object_count = %u", objects, object_count);
        const struct psl_object *one = single(emitter, effects->reads);
        if (one != nullptr)
            text_add(entries, ", .single = &object_%s", one->name);
        if (change_count != 0)
            text_add(entries, ", .changes = %s, .change_count = %u", changes, change_count);
        if (effects->handle_words != 0)
            text_add(entries, ", .handle_words = 0x%x", effects->handle_words);
        text_add(entries, ", .undo_count = %llu, .cost = %llu, .rule_count = %u", (unsigned long long)effects->undo,
                 (unsigned long long)(effects->cost > UINT32_MAX ? UINT32_MAX : effects->cost),
                 effects->most_rules > 65535 ? 65535 : effects->most_rules);
    }
    text_add(entries, "},");
    if (evaluates)
        text_add(entries, " /* %s%s */", emit_place(emitter, decision->blocks[0]->at),
                 decision->count > 1 ? ", ..." : "");
    text_add(entries, "\n");
}

void emit_decisions(struct emitter *emitter, struct text *output)
{
    const struct psl_analysis *analysis = emitter->analysis;
    struct pool *pool = emitter->policy->pool;
    struct text entries = {0};
    struct emit_set block_set = {0}, decision_set = {0};
    bool *used = pool_allocate(pool, analysis->block_count + 1U);
    unsigned *blocks = pool_allocate(pool, sizeof(unsigned) * (analysis->block_count + 1U));
    emitter->decision_number = pool_allocate(pool, sizeof(unsigned) * (analysis->decision_count + 1U));
    for (unsigned i = 0; i < analysis->decision_count; i++)
        for (unsigned j = 0; j < analysis->decisions[i]->count && needs_function(analysis->decisions[i]); j++)
            used[analysis->decisions[i]->blocks[j]->index] = true;
    for (unsigned i = 0; i < analysis->block_count; i++)
        if (used[i] && !is_silent(analysis->blocks[i]))
            write_block(emitter, analysis->blocks[i], &block_set, blocks);
    for (unsigned i = 0; i < analysis->decision_count; i++) { /* the first one has no blocks: number 0 */
        const struct psl_decision *decision = analysis->decisions[i];
        unsigned number;
        bool fresh = emit_unique(emitter, &decision_set, decision_key(emitter, decision, blocks), &number);
        emitter->decision_number[i] = number;
        if (!fresh)
            continue;
        if (needs_function(decision))
            function(emitter, decision, number, blocks);
        decision_entry(emitter, decision, number, &entries);
    }
    if (decision_set.count > 65535)
        diagnostic_error(emitter->policy->diagnostics, (struct location){0}, "%u different decisions; at most 65535",
                         decision_set.count);
    if (emitter->globals.length != 0)
        text_add(output, "\n%s", emitter->globals.bytes);
    text_add(output, "%s\nstatic const struct ksm_decision decisions[] = {\n%s};\n\n",
             emitter->code.bytes != nullptr ? emitter->code.bytes : "", entries.bytes);
    text_free(&entries);
    emit_tables(emitter, output);
}
