/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of models: SIDs, entries, keys, states, levels. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>

const char *emit_sid(struct emitter *emitter, const struct psl_expression *e)
{
    if (e->operation == PSL_INTEGER)
        return emit_print(emitter, "%lluU", (unsigned long long)e->number);
    return emit_print(emitter, "(u32)%s", emit_value(emitter, e));
}

struct words {
    const char *list[8];
    unsigned count;
};

static const struct psl_expression *item_of(const struct psl_expression *record, const char *name)
{
    const struct psl_item *item = record->items.first;
    while (strcmp(item->key.text, name) != 0)
        item = item->next;
    return item->value;
}

/* A value of an entry's type that is a part of the message. */
static void flatten_part(struct emitter *emitter, const struct psl_type *wanted, const struct psl_type *type,
                         struct emit_part part, struct words *words)
{
    if (wanted->kind != PSL_RECORD_TYPE) {
        words->list[words->count++] = emit_print(emitter, "(u64)%s", emit_load(emitter, part, type));
        return;
    }
    for (uint64_t i = 0; i < wanted->count; i++) {
        const struct psl_type_part *field = psl_type_field(type, wanted->parts[i].name);
        if (type->handle)
            words->list[words->count++] =
                field == type->parts ? emit_print(emitter, "(u64)ksm_message_sid(transaction, %s)", part.handles)
                                     : emit_print(emitter, "(u64)ksm_load_u32(%s + 4)", part.address);
        else
            flatten_part(emitter, wanted->parts[i].type, field->type, emit_member(emitter, part, field->member), words);
    }
}

static void flatten(struct emitter *emitter, const struct psl_type *wanted, const struct psl_expression *e,
                    struct words *words)
{
    if (e->operation == PSL_LIST) {
        const struct psl_item *item = e->items.first;
        for (uint64_t i = 0; i < wanted->count; i++, item = item->next)
            flatten(emitter, wanted->parts[i].type, item->value, words);
    } else if (e->operation == PSL_RECORD) {
        for (uint64_t i = 0; i < wanted->count; i++)
            flatten(emitter, wanted->parts[i].type, item_of(e, wanted->parts[i].name), words);
    } else if (wanted->kind == PSL_RECORD_TYPE) {
        flatten_part(emitter, wanted, e->type, emit_part(emitter, e), words);
    } else {
        words->list[words->count++] = emit_print(emitter, "(u64)%s", emit_value(emitter, e));
    }
}

const char *emit_entry(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e)
{
    struct words words = {.count = 0};
    struct text text = {0};
    flatten(emitter, object->entry, e, &words);
    for (unsigned i = 0; i < words.count; i++)
        text_add(&text, "%s%s", i != 0 ? ", " : "", words.list[i]);
    const char *name = emit_name(emitter);
    emit_line(emitter, "const u64 %s[] = {%s};", name, text.bytes);
    text_free(&text);
    return name;
}

const char *emit_key(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e)
{
    if (e->operation == PSL_TEXT)
        return emit_print(emitter, "%uU", psl_name_index(&object->keys, e->text));
    const char *name = emit_name(emitter);
    if (psl_fits(&psl_text, e->type)) {
        emit_line(emitter, "const u32 %s = ksm_staticmap_key(&object_%s, %s);", name, object->name,
                  emit_value(emitter, e));
        return name;
    }
    if (e->operation == PSL_LIST) {
        struct text bytes = {0};
        for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
            text_add(&bytes, "(char)%s, ", emit_value(emitter, item->value));
        emit_line(emitter, "const char %s_bytes[] = {%s0};", name, bytes.bytes != nullptr ? bytes.bytes : "");
        emit_line(emitter, "const u32 %s = ksm_staticmap_key(&object_%s, (struct ksm_text){%s_bytes, %u});", name,
                  object->name, name, e->items.count);
        text_free(&bytes);
        return name;
    }
    struct emit_part part = emit_part(emitter, e);
    emit_line(emitter, "struct ksm_text %s_bytes = {(const char *)(%s), %llu};", name, part.address,
              (unsigned long long)part.idl->count);
    if (part.idl->kind == TYPE_SEQUENCE)
        emit_unless(emitter, emit_print(emitter, "ksm_chunk(transaction, %s, &%s_bytes)", part.address, name));
    emit_line(emitter, "const u32 %s = ksm_staticmap_key(&object_%s, %s_bytes);", name, object->name, name);
    return name;
}

/* The state that another object's query says, by the number in this one. */
static const char *map_state(struct emitter *emitter, const struct psl_object *object, const struct psl_object *other,
                             const char *state)
{
    unsigned serial = emitter->serial++;
    text_add(&emitter->globals, "static const u32 same_state_%u[] = {", serial);
    for (unsigned i = 0; i < other->states.count; i++)
        text_add(&emitter->globals, "%s%u", i != 0 ? ", " : "", psl_name_index(&object->states, other->states.list[i]));
    text_add(&emitter->globals, "};\n");
    return emit_print(emitter, "same_state_%u[%s]", serial, state);
}

const char *emit_state(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e)
{
    if (e->operation == PSL_TEXT)
        return emit_print(emitter, "%uU", psl_name_index(&object->states, e->text));
    const char *name = emit_name(emitter);
    if (e->callee->id == PSL_COND) {
        emit_line(emitter, "u32 %s;", name);
        for (unsigned i = 1; i <= 2; i++) {
            if (i == 1)
                emit_line(emitter, "if (%s) {", emit_value(emitter, e->arguments[0]));
            else
                emit_line(emitter, "} else {");
            emitter->indent++;
            emit_line(emitter, "%s = %s;", name, emit_state(emitter, object, e->arguments[i]));
            emitter->indent--;
        }
        emit_line(emitter, "}");
        return name;
    }
    emit_query(emitter, e, name);
    return e->callee_object == object ? name : map_state(emitter, object, e->callee_object, name);
}

const char *emit_states(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e)
{
    unsigned words = (object->states.count + 63) / 64, serial = emitter->serial++;
    uint64_t *bits = pool_allocate(emitter->policy->pool, sizeof(*bits) * words);
    struct text text = {0};
    bool computed = false;
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next) {
        unsigned state = item->value->operation == PSL_TEXT ? psl_name_index(&object->states, item->value->text) : 0;
        if (item->value->operation == PSL_TEXT)
            bits[state / 64] |= (uint64_t)1 << state % 64;
        else
            computed = true;
    }
    for (unsigned i = 0; i < words; i++)
        text_add(&text, "%s0x%llxULL", i != 0 ? ", " : "", (unsigned long long)bits[i]);
    const char *name = emit_print(emitter, "set_%u", serial);
    if (computed)
        emit_line(emitter, "u64 %s[] = {%s};", name, text.bytes);
    else
        text_add(&emitter->globals, "static const u64 %s[] = {%s};\n", name, text.bytes);
    text_free(&text);
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next) {
        if (item->value->operation == PSL_TEXT)
            continue;
        const char *state = emit_state(emitter, object, item->value);
        emit_line(emitter, "%s[%s / 64] |= 1ULL << %s %% 64;", name, state, state);
    }
    return name;
}

static void level_part(struct emitter *emitter, const struct psl_object *object, const char *name,
                       const struct psl_expression *part)
{
    if (part->operation == PSL_TEXT)
        emit_line(emitter, "%s.degree = %u;", name, psl_name_index(&object->states, part->text));
    else if (part->operation != PSL_LIST && part->operation != PSL_UNIT)
        emit_unless(emitter, emit_print(emitter, "ksm_mic_degree(&object_%s, %s, &%s.degree)", object->name,
                                        emit_value(emitter, part), name));
    uint64_t categories = 0;
    for (const struct psl_item *item = part->items.first; item != nullptr; item = item->next)
        if (item->value->operation == PSL_TEXT)
            categories |= (uint64_t)1 << psl_name_index(&object->categories, item->value->text);
    if (categories != 0)
        emit_line(emitter, "%s.categories = 0x%llxULL;", name, (unsigned long long)categories);
    for (const struct psl_item *item = part->items.first; item != nullptr; item = item->next)
        if (item->value->operation != PSL_TEXT)
            emit_unless(emitter, emit_print(emitter, "ksm_mic_category(&object_%s, %s, &%s.categories)", object->name,
                                            emit_value(emitter, item->value), name));
}

const char *emit_level(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e)
{
    const char *name = emit_name(emitter);
    if (e->operation == PSL_CALL && e->callee->id == PSL_MIC_QUERY_LEVEL) {
        emit_query(emitter, e, name);
        return name;
    }
    emit_line(emitter, "struct ksm_mic_level %s = {0};", name);
    if (e->operation != PSL_RECORD)
        level_part(emitter, object, name, e);
    for (const struct psl_item *item = e->items.first; item != nullptr && e->operation == PSL_RECORD; item = item->next)
        level_part(emitter, object, name, item->value);
    return name;
}
