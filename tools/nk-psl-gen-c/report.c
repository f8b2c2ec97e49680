/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-psl-gen-c/report.h>

static const char *class_of(const struct psl_decision *decision)
{
    const unsigned never_cached = PSL_READS_MESSAGE | PSL_READS_ARENA | PSL_READS_HANDLES | PSL_CHANGES_STATE;
    switch (decision->verdict) {
    case PSL_NO_RULE:
        return "constant: no rule, denied";
    case PSL_DENIED:
        return "constant: denied";
    case PSL_GRANTED:
        return "constant: granted";
    default:
        return (decision->effects.flags & never_cached) == 0 ? "cached" : "evaluated";
    }
}

static void add_objects(const struct psl_policy *policy, const uint64_t *bits, const char **between, struct text *text)
{
    for (unsigned i = 0; i < policy->object_count; i++) {
        if ((bits[i / 64] >> i % 64 & 1) == 0)
            continue;
        text_add(text, "%s%s", *between, policy->objects[i]->name);
        *between = ", ";
    }
}

/* "evaluated; reads the message, session; changes session; audited; about 210 instructions; policy.psl:12, 20" */
static void add_decision(const struct psl_policy *policy, const struct psl_decision *decision, struct text *text)
{
    static const struct {
        unsigned flag;
        const char *words;
    } reads[] = {{PSL_READS_MESSAGE, "the message"},
                 {PSL_READS_ARENA, "its arena"},
                 {PSL_READS_HANDLES, "SIDs of its handles"},
                 {PSL_READS_SIDS, "SIDs"}};
    const struct psl_effects *effects = &decision->effects;
    text_add(text, "%s", class_of(decision));
    if (decision->verdict == PSL_EVALUATED) {
        const char *between = "; reads ";
        for (unsigned i = 0; i < 4; i++) {
            if ((effects->flags & reads[i].flag) == 0)
                continue;
            text_add(text, "%s%s", between, reads[i].words);
            between = ", ";
        }
        add_objects(policy, effects->reads, &between, text);
        between = "; changes ";
        add_objects(policy, effects->changes, &between, text);
    }
    text_add(text, "%s", (effects->flags & PSL_AUDITED) != 0 ? "; audited" : "");
    if (decision->verdict == PSL_EVALUATED || (effects->flags & PSL_AUDITED) != 0)
        text_add(text, "; %u rule%s, about %llu instructions", effects->most_rules, effects->most_rules == 1 ? "" : "s",
                 (unsigned long long)effects->cost);
    for (unsigned i = 0; i < decision->count && i < 6; i++) {
        struct location at = decision->blocks[i]->at;
        text_add(text, "%s%s:%u", i == 0 ? "; " : ", ", at.source->path, source_line_column(at.source, at.offset).line);
    }
    text_add(text, "%s\n", decision->count > 6 ? ", ..." : "");
}

/* Two rows say the same, be it of different endpoints. */
static bool same_words(const struct psl_row *a, const struct psl_row *b)
{
    bool same = a->others == b->others && a->exception_count == b->exception_count;
    for (unsigned i = 0; same && i < a->exception_count; i++)
        same = a->exceptions[i].client == b->exceptions[i].client &&
               a->exceptions[i].decision == b->exceptions[i].decision;
    return same;
}

/* Rows that follow `first` and say the same of methods of its endpoint; all, if all rows do. */
static unsigned end_of_same(const struct psl_table *table, unsigned first)
{
    unsigned end = first + 1, count = table->row_count;
    while (end < count && same_words(&table->rows[first], &table->rows[end]))
        end++;
    if (first == 0 && end == count)
        return end;
    end = first + 1;
    while (end < count && same_words(&table->rows[first], &table->rows[end]) &&
           table->rows[first].endpoint == table->rows[end].endpoint)
        end++;
    return end;
}

/* Rows [first, end) say the same: of methods of one endpoint, or of all that the class has. */
static void add_rows(const struct psl_policy *policy, enum psl_event event, const struct psl_class *server,
                     const struct psl_row *rows, unsigned first, unsigned end, struct text *text)
{
    const struct psl_row *row = &rows[first];
    text_add(text, "%s %s", psl_event_word[event], server->name);
    if (row->endpoint != rows[end - 1].endpoint) {
        text_add(text, " every method");
    } else if (row->endpoint != nullptr) {
        text_add(text, " %s", row->endpoint->name[0] != '\0' ? row->endpoint->name : "security");
        for (unsigned i = first; i < end; i++)
            text_add(text, "%s%s", i == first ? "." : ", ", rows[i].method->name.text);
    }
    text_add(text, "\n");
    const char *side = event == PSL_RESPONSE || event == PSL_ERROR ? "to" : event == PSL_EXECUTE ? "by" : "from";
    for (unsigned i = 0; i < row->exception_count; i++) {
        text_add(text, "    %s %s: ", side, row->exceptions[i].client->name);
        add_decision(policy, row->exceptions[i].decision, text);
    }
    if (event == PSL_SECURITY)
        text_add(text, "    ");
    else
        text_add(text, "    %s %s: ", side, row->exception_count != 0 ? "any other" : "any");
    add_decision(policy, row->others, text);
}

static bool has_error(const struct psl_row *rows, unsigned first, unsigned end)
{
    while (first < end && !rows[first].method->has_error)
        first++;
    return first < end;
}

static void add_summary(const struct psl_policy *policy, const struct psl_analysis *analysis, struct text *text)
{
    unsigned count[4] = {0}, cached = 0;
    const struct psl_decision *dearest = nullptr;
    for (unsigned i = 0; i < analysis->decision_count; i++) {
        const struct psl_decision *d = analysis->decisions[i];
        bool is_cached = d->verdict == PSL_EVALUATED && class_of(d)[0] == 'c';
        count[d->verdict] += !is_cached;
        cached += is_cached;
        if (dearest == nullptr || d->effects.cost > dearest->effects.cost)
            dearest = d;
    }
    text_add(text, "%u different decisions: %u constant, %u cached, %u evaluated\n", analysis->decision_count,
             count[PSL_NO_RULE] + count[PSL_DENIED] + count[PSL_GRANTED], cached, count[PSL_EVALUATED]);
    if (dearest != nullptr && dearest->effects.cost != 0) {
        text_add(text, "the most that one event may cost: ");
        add_decision(policy, dearest, text);
    }
}

void psl_report(const struct psl_policy *policy, const struct psl_analysis *analysis, struct text *output)
{
    for (enum psl_event event = PSL_EXECUTE; event < PSL_EVENTS; event++) {
        for (unsigned i = 0; i < policy->class_count; i++) {
            const struct psl_table *table = &analysis->tables[event][i];
            for (unsigned first = 0, end; first < table->row_count; first = end) {
                end = end_of_same(table, first);
                if (event != PSL_ERROR || has_error(table->rows, first, end))
                    add_rows(policy, event, policy->classes[i], table->rows, first, end, output);
            }
        }
    }
    text_add(output, "\n");
    add_summary(policy, analysis, output);
}

/* The first statement of the decision's blocks that looks into the arena. */
static struct location arena_reader(const struct psl_policy *policy, const struct psl_decision *decision)
{
    for (unsigned i = 0; i < decision->count; i++) {
        const struct psl_block *block = decision->blocks[i];
        for (const struct psl_statement *s = block->first; s != block->end; s = s->next)
            if ((psl_effects_of(policy, s, s->next, block->profile).flags & PSL_READS_ARENA) != 0)
                return s->at;
    }
    return decision->blocks[0]->at;
}

void psl_report_arena_readers(const struct psl_policy *policy, const struct psl_analysis *analysis, struct text *output)
{
    for (unsigned i = 0; i < policy->class_count; i++) {
        const struct psl_table *table = &analysis->tables[PSL_REQUEST][i];
        for (unsigned row = 0; row < table->row_count; row++) {
            const struct psl_row *r = &table->rows[row];
            for (unsigned client = 0; client < policy->class_count; client++) {
                const struct psl_decision *decision = psl_row_decision(r, policy->classes[client]);
                if (decision->verdict != PSL_EVALUATED || (decision->effects.flags & PSL_READS_ARENA) == 0)
                    continue;
                struct location at = arena_reader(policy, decision);
                struct line_column place = source_line_column(at.source, at.offset);
                text_add(output, "%s\t%s\t%s.%s\t%s\t%u\t%u\n", policy->classes[client]->name, policy->classes[i]->name,
                         r->endpoint->name, r->method->name.text, at.source->path, place.line, place.column);
            }
        }
    }
}
