/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/emit_test.h>

struct writer {
    struct psl_policy *policy;
    struct text *output;
    struct test_variables variables; /* of the set at hand */
    unsigned serial;
};

unsigned test_variable(struct test_variables *variables, const char *name)
{
    unsigned i = 0;
    if (name == nullptr)
        return 0;
    while (i < variables->count && strcmp(variables->names[i], name) != 0)
        i++;
    if (i == variables->count && i < 255)
        variables->names[variables->count++] = name;
    return i + 1;
}

static void quoted(struct text *text, const char *words)
{
    if (words == nullptr) {
        text_add(text, "nullptr");
        return;
    }
    text_add(text, "\"");
    for (; *words != '\0'; words++) {
        unsigned char c = (unsigned char)*words;
        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '?')
            text_add(text, "\\%03o", c);
        else
            text_add_bytes(text, words, 1);
    }
    text_add(text, "\"");
}

static void bytes(struct writer *writer, const char *name, unsigned serial, const struct text *list)
{
    if (list->length == 0)
        return;
    text_add(writer->output, "static const u8 %s_%u[] = {", name, serial);
    for (size_t i = 0; i < list->length; i++)
        text_add(writer->output, "%s%u,", i % 24 == 0 ? "\n    " : " ", (unsigned char)list->bytes[i]);
    text_add(writer->output, "\n};\n");
}

static void message(struct writer *writer, const struct psl_test_case *test, struct text *entry)
{
    struct test_message made;
    unsigned serial = writer->serial++;
    test_message_make(writer->policy->pool, test, &writer->variables, &made);
    bytes(writer, "constant_part", serial, &made.constant_part);
    bytes(writer, "arena", serial, &made.arena);
    if (made.constant_part.length != 0)
        text_add(entry, ", .constant_part = constant_part_%u, .constant_size = %zu", serial, made.constant_part.length);
    if (made.arena.length != 0)
        text_add(entry, ", .arena = arena_%u, .arena_size = %zu", serial, made.arena.length);
    if (made.sid_count != 0) {
        text_add(writer->output, "static const struct ksm_test_sid sids_%u[] = {\n%s};\n", serial, made.sids.bytes);
        text_add(entry, ", .sids = sids_%u, .sid_count = %u, .handle_count = %u", serial, made.sid_count,
                 made.handle_count);
    }
    text_add(entry, ", .riid = %u, .mid = %u", test->endpoint->riid, test->method->mid);
    test_message_free(&made);
}

static void add_case(struct writer *writer, const struct psl_test_case *test, struct text *entries)
{
    static const char *const events[] = {"KSM_EXECUTE", "KSM_REQUEST", "KSM_RESPONSE", "KSM_ERROR", "KSM_SECURITY"};
    static const char *const expectations[] = {"KSM_EXPECT_GRANT", "KSM_EXPECT_DENY", "KSM_EXPECT_ANY"};
    const struct name *from = &test->selectors.values[PSL_SELECT_SRC], *to = &test->selectors.values[PSL_SELECT_DST];
    struct line_column place = source_line_column(test->at.source, test->at.offset);
    bool execute = test->event == PSL_EXECUTE;
    unsigned source = test_variable(&writer->variables, from->text != nullptr ? from->text : test->starter.text);
    unsigned destination = test_variable(&writer->variables, execute ? test->variable.text : to->text);
    text_add(entries, "    {.name = ");
    quoted(entries, test->name.text);
    text_add(entries, ", .file = ");
    quoted(entries, test->at.source->path);
    text_add(entries,
             ", .line = %u, .column = %u,\n     .event = %s, .expectation = %s, .source_class = %u, "
             ".destination_class = %u, .source = %u, .destination = %u",
             place.line, place.column, events[test->event], expectations[test->expectation], test->source_class->index,
             test->destination_class != nullptr ? test->destination_class->index : 0, source, destination);
    if (!execute)
        message(writer, test, entries);
    text_add(entries, "},\n");
}

/* A list of cases; returns how many. */
static unsigned add_cases(struct writer *writer, const struct psl_test_cases *cases, const char *name)
{
    struct text entries = {0};
    unsigned count = 0;
    for (const struct psl_test_case *test = cases->first; test != nullptr; test = test->next, count++)
        add_case(writer, test, &entries);
    if (count != 0)
        text_add(writer->output, "static const struct ksm_test_case %s[] = {\n%s};\n", name, entries.bytes);
    text_free(&entries);
    return count;
}

static void add_part(struct text *tests, const char *name, unsigned count)
{
    if (count == 0)
        text_add(tests, "{nullptr, 0}");
    else
        text_add(tests, "{%s, %u}", name, count);
}

void psl_emit_tests(struct psl_policy *policy, const char *path, struct text *output)
{
    struct writer writer = {.policy = policy, .output = output};
    struct text tests = {0};
    unsigned count = 0, sets = 0;
    text_add(output, "/* Tests of %s, written by nk-psl-gen-c. */\n#include <ksm/policy_test.h>\n\n", path);
    for (const struct psl_test_set *set = policy->declarations.tests; set != nullptr; set = set->next, sets++) {
        const char *setup = pool_print(policy->pool, "setup_%u", sets);
        const char *finally = pool_print(policy->pool, "finally_%u", sets);
        writer.variables.count = 0;
        if (set->sequences == nullptr)
            continue; /* tests nothing, as a warning said; its last cases were never looked at */
        unsigned setup_count = add_cases(&writer, &set->setup, setup);
        unsigned finally_count = add_cases(&writer, &set->finally, finally);
        for (const struct psl_sequence *sequence = set->sequences; sequence != nullptr; sequence = sequence->next) {
            const char *own = pool_print(policy->pool, "sequence_%u", count++);
            unsigned own_count = add_cases(&writer, &sequence->cases, own);
            text_add(&tests, "    {.set = ");
            quoted(&tests, set->name.text);
            text_add(&tests, ", .name = ");
            quoted(&tests, sequence->name.text);
            text_add(&tests, ", .parts = {");
            add_part(&tests, setup, setup_count);
            text_add(&tests, ", ");
            add_part(&tests, own, own_count);
            text_add(&tests, ", ");
            add_part(&tests, finally, finally_count);
            text_add(&tests, "}},\n");
        }
        if (writer.variables.count >= 255)
            diagnostic_error(policy->diagnostics, set->at, "more than 254 variables in one test set");
    }
    text_add(output,
             "\nconst struct ksm_test ksm_tests[] = {\n%s    {.set = nullptr},\n};\nconst u32 ksm_test_count = %u;\n",
             tests.bytes != nullptr ? tests.bytes : "", count);
    text_free(&tests);
}
