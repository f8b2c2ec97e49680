/* SPDX-License-Identifier: Apache-2.0 */
/* The table that finds the decision of an event. */
#include <tools/nk-psl-gen-c/emit.h>

/* Rows that say the same are one. */
struct rows {
    const struct psl_row **list;
    unsigned *exceptions; /* number of the first one of each */
    unsigned count, exception_count;
};

static bool same_row(const struct emitter *emitter, const struct psl_row *a, const struct psl_row *b)
{
    const unsigned *number = emitter->decision_number;
    bool same = number[a->others->index] == number[b->others->index] && a->exception_count == b->exception_count;
    for (unsigned i = 0; same && i < a->exception_count; i++)
        same = a->exceptions[i].client == b->exceptions[i].client &&
               number[a->exceptions[i].decision->index] == number[b->exceptions[i].decision->index];
    return same;
}

static unsigned row_number(struct emitter *emitter, struct rows *rows, const struct psl_row *row, struct text *entries,
                           struct text *exceptions)
{
    for (unsigned i = rows->count; i-- != 0;) /* neighbours are alike */
        if (same_row(emitter, rows->list[i], row))
            return i;
    rows->list[rows->count] = row;
    text_add(entries, "    {.others = %u, .count = %u, .first = %u},\n", emitter->decision_number[row->others->index],
             row->exception_count, rows->exception_count);
    for (unsigned i = 0; i < row->exception_count; i++)
        text_add(exceptions, "    {.client = %u, .decision = %u},\n", row->exceptions[i].client->index,
                 emitter->decision_number[row->exceptions[i].decision->index]);
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

void emit_tables(struct emitter *emitter, struct text *output)
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
