/* SPDX-License-Identifier: Apache-2.0 */
/* Automata of patterns as tables. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>
#include <tools/nk-psl-gen-c/regex.h>

static void numbers(struct text *text, const char *type, const char *name, const uint16_t *list, size_t count,
                    unsigned factor)
{
    text_add(text, "static const %s %s[] = {", type, name);
    for (size_t i = 0; i < count; i++)
        text_add(text, "%s%u,", i % 24 == 0 ? "\n    " : " ", list[i] * factor);
    text_add(text, "\n};\n");
}

const char *emit_regex(struct emitter *emitter, const struct psl_expression *const *patterns, unsigned count)
{
    struct text key = {0};
    unsigned serial;
    uint16_t classes[256];
    text_add(&key, "pattern");
    for (unsigned i = 0; i < count; i++)
        text_add(&key, " %zu%c%s", strlen(patterns[i]->text), patterns[i]->operation == PSL_REGEX ? 'x' : ' ',
                 patterns[i]->text);
    bool fresh = emit_unique(emitter, &emitter->constants, emit_print(emitter, "%s", key.bytes), &serial);
    text_free(&key);
    if (!fresh)
        return emit_print(emitter, "regex_%u", serial);
    const struct psl_dfa *dfa = psl_regex_compile(emitter->policy, patterns, count);
    if (dfa == nullptr) /* reported: together the patterns of a choice are too large */
        return "none";
    for (unsigned i = 0; i < 256; i++)
        classes[i] = dfa->classes[i];
    for (unsigned i = 0; i < count; i++)
        text_add(
            &emitter->globals, "/* %s: %s */\n", emit_place(emitter, patterns[i]->at),
            emit_source(emitter, patterns[i]->at, patterns[i]->operation == PSL_REGEX ? 0 : patterns[i]->at.length));
    numbers(&emitter->globals, "u8", emit_print(emitter, "classes_%u", serial), classes, 256, 1);
    /* States as places of their rows; a table has at most 65,536 entries (PSL_DFA_BYTES_MAX). */
    numbers(&emitter->globals, "u16", emit_print(emitter, "next_%u", serial), dfa->next,
            (size_t)dfa->state_count * dfa->class_count, dfa->class_count);
    numbers(&emitter->globals, "u16", emit_print(emitter, "accepts_%u", serial), dfa->accepts, dfa->state_count, 1);
    text_add(&emitter->globals,
             "static const struct ksm_regex regex_%u = {.classes = classes_%u, .next = next_%u, .accepts = accepts_%u, "
             ".class_count = %u, .start = %u};\n",
             serial, serial, serial, serial, dfa->class_count, dfa->start * dfa->class_count);
    return emit_print(emitter, "regex_%u", serial);
}
