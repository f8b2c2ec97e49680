/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of models' expressions, and audit. */
#include <tools/nk-psl-gen-c/emit.h>

static const char *site(struct emitter *emitter, const struct psl_expression *call)
{
    const struct psl_audit_profile *profile = emitter->profile;
    const struct psl_object *object = call->callee_object;
    struct line_column place = source_line_column(call->at.source, call->at.offset);
    unsigned serial = emitter->serial++, count = 0;
    struct text configurations = {0};
    for (unsigned i = 0; i < profile->level_count; i++) {
        const struct psl_audit_level *level = &profile->levels[i];
        for (unsigned j = 0; j < level->entry_count; j++) {
            const struct psl_audit_entry *entry = &level->entries[j];
            if (entry->object != object)
                continue;
            count++;
            const char *omit = "nullptr";
            if (entry->omit != nullptr) {
                omit = emit_print(emitter, "omit_%u_%u", serial, i);
                text_add(&emitter->globals, "static const u64 %s[] = {", omit);
                for (unsigned word = 0; word * 64 < object->states.count; word++) {
                    uint64_t bits = 0;
                    for (unsigned s = word * 64; s < object->states.count && s < word * 64 + 64; s++)
                        bits |= (uint64_t)entry->omit[s] << s % 64;
                    text_add(&emitter->globals, "%s0x%llxULL", word != 0 ? ", " : "", (unsigned long long)bits);
                }
                text_add(&emitter->globals, "};\n");
            }
            unsigned results = entry->results | entry->expressions << 2;
            text_add(&configurations, "    {.level = %u, .results = %u, .omit = %s},\n", level->number, results, omit);
        }
    }
    text_add(&emitter->globals, "static const struct ksm_audit_configuration configurations_%u[] = {\n%s};\n", serial,
             configurations.bytes);
    text_add(&emitter->globals,
             "static const struct ksm_audit_site site_%u = {\n"
             "    .object = &object_%s, .method = \"%s\", .file = %s, .line = %u, .column = %u,\n"
             "    .configuration_count = %u, .configurations = configurations_%u};\n",
             serial, object->name, call->callee->name, emit_quoted(emitter, call->at.source->path), place.line,
             place.column, count, serial);
    text_free(&configurations);
    return emit_print(emitter, "site_%u", serial);
}

void emit_audit(struct emitter *emitter, const struct psl_expression *call, const char *granted)
{
    if (!psl_call_audited(emitter->profile, call))
        return;
    const char *place = site(emitter, call);
    const char *sid = call->callee_object->model == PSL_FLOW ? emitter->sid : "0";
    if (call->callee->is_rule) {
        emit_line(emitter, "ksm_audit_rule(transaction, &%s, %s, %s);", place, granted, sid);
        return;
    }
    const char *kind = call->callee->id == PSL_REGEX_MATCH    ? "KSM_AUDIT_MATCH"
                       : call->callee->id == PSL_REGEX_SELECT ? "KSM_AUDIT_SELECT"
                                                              : "0";
    emit_line(emitter, "ksm_audit_expression(transaction, &%s, %s, %s, %s);", place, granted, kind, sid);
}

static const char *condition(struct emitter *emitter, const struct psl_expression *call)
{
    const char *name = emit_name(emitter);
    emit_line(emitter, "%s %s;", emit_c_type(call->type), name);
    emit_line(emitter, "if (%s) {", emit_value(emitter, call->arguments[0]));
    emitter->indent++;
    emit_line(emitter, "%s = (%s)%s;", name, emit_c_type(call->type), emit_value(emitter, call->arguments[1]));
    emitter->indent--;
    emit_line(emitter, "} else {");
    emitter->indent++;
    emit_line(emitter, "%s = (%s)%s;", name, emit_c_type(call->type), emit_value(emitter, call->arguments[2]));
    emitter->indent--;
    emit_line(emitter, "}");
    return name;
}

static const char *quantifier(struct emitter *emitter, const struct psl_expression *call, bool all)
{
    const struct psl_expression *list = call->arguments[0];
    struct text text = {0};
    text_add(&text, "%s", all ? "true" : "false");
    for (const struct psl_item *item = list->items.first; item != nullptr; item = item->next)
        text_add(&text, " %s %s", all ? "&" : "|", emit_value(emitter, item->value));
    const char *name = emit_name(emitter);
    emit_line(emitter, "const bool %s = %s;", name, text.bytes);
    text_free(&text);
    return name;
}

/* sum and product, of a literal list or of a part of the message. */
static const char *fold(struct emitter *emitter, const struct psl_expression *call, bool product)
{
    const struct psl_expression *list = call->arguments[0];
    const char *name = emit_name(emitter), *operation = product ? "mul" : "add";
    struct text values = {0};
    unsigned count = 0;
    if (list->operation == PSL_LIST) {
        const char **items = pool_allocate(emitter->policy->pool, sizeof(char *) * (list->items.count + 1U));
        for (const struct psl_item *item = list->items.first; item != nullptr; item = item->next)
            items[count++] = emit_value(emitter, item->value);
        emit_line(emitter, "%s %s = %u;", emit_c_type(call->type), name, product);
        for (unsigned i = 0; i < count; i++)
            emit_when(emitter,
                      emit_print(emitter, "__builtin_%s_overflow(%s, %s, &%s)", operation, name, items[i], name));
        text_free(&values);
        return name;
    }
    const char *size = emit_size(emitter, list);
    struct emit_part part = emit_part(emitter, list);
    const struct type *inner = part.idl->element;
    emit_line(emitter, "%s %s = %u;", emit_c_type(call->type), name, product);
    emit_line(emitter, "for (u32 %s_i = 0; %s_i < %s; %s_i++) {", name, name, size, name);
    emitter->indent++;
    const char *address =
        emit_print(emitter, "%s + (u64)%s_i * %llu", part.address, name, (unsigned long long)inner->size);
    if (part.idl->kind == TYPE_SEQUENCE) {
        address = emit_print(emitter, "%s_at", name);
        emit_line(emitter, "const u8 *const %s = ksm_chunk_element(transaction, %s, %s_i, %llu);", address,
                  part.address, name, (unsigned long long)inner->size);
        emit_unless(emitter, emit_print(emitter, "%s != nullptr", address));
    }
    const char *value = emit_load(emitter, (struct emit_part){address, "0", inner}, list->type->element);
    emit_when(emitter, emit_print(emitter, "__builtin_%s_overflow(%s, %s, &%s)", operation, name, value, name));
    emitter->indent--;
    emit_line(emitter, "}");
    return name;
}

/* A function of the runtime that says if there is a value; name: the variable that gets it. */
static void query(struct emitter *emitter, const struct psl_expression *call, const char *c_type, const char *name,
                  const char *function, const char *more)
{
    const char *good = emit_print(emitter, "%s_good", name);
    const char *sid = emit_sid(emitter, call->arguments[0]);
    emit_line(emitter, "%s %s;", c_type, name);
    emit_line(emitter, "const bool %s = %s(transaction, %s, %s%s, &%s);", good, function,
              emit_print(emitter, "&object_%s", call->callee_object->name), sid, more, name);
    emitter->sid = sid;
    emit_audit(emitter, call, good);
    emit_unless(emitter, good);
}

static const char *match(struct emitter *emitter, const struct psl_expression *call)
{
    const struct psl_expression *pattern = call->arguments[1];
    const char *text = emit_value(emitter, call->arguments[0]), *name = emit_name(emitter);
    emit_line(emitter, "const bool %s = ksm_regex_run(&%s, %s) != 0;", name, emit_regex(emitter, &pattern, 1), text);
    emit_audit(emitter, call, "true");
    return name;
}

/* A state as a text. */
static const char *state_text(struct emitter *emitter, const struct psl_expression *call)
{
    const struct psl_object *object = call->callee_object;
    const char *state = emit_state(emitter, object, call), *name = emit_name(emitter);
    emit_line(emitter, "const struct ksm_text %s = states_%s[%s];", name, object->name, state);
    return name;
}

/* The degree of a level as a text: what query_level is outside choices. */
static const char *level_text(struct emitter *emitter, const struct psl_expression *call)
{
    const char *level = emit_level(emitter, call->callee_object, call), *name = emit_name(emitter);
    emit_line(emitter, "const struct ksm_text %s = degrees_%s[%s.degree];", name, call->callee_object->name, level);
    return name;
}

const char *emit_expression_call(struct emitter *emitter, const struct psl_expression *call)
{
    const char *name, *value;
    switch (call->callee->id) {
    case PSL_COND:
        return condition(emitter, call);
    case PSL_EMPTY:
        return emit_print(emitter, "(%s == 0)", emit_size(emitter, call->arguments[0]));
    case PSL_SIZE:
        return emit_print(emitter, "(u32)%s", emit_size(emitter, call->arguments[0]));
    case PSL_ALL:
    case PSL_ANY:
        return quantifier(emitter, call, call->callee->id == PSL_ALL);
    case PSL_NEG:
    case PSL_ABS:
        value = emit_value(emitter, call->arguments[0]);
        name = emit_name(emitter);
        emit_line(emitter, "%s %s = (%s)%s;", emit_c_type(call->type), name, emit_c_type(call->type), value);
        emit_unless(emitter, emit_print(emitter, "%s!__builtin_sub_overflow(0, %s, &%s)",
                                        call->callee->id == PSL_NEG ? "" : emit_print(emitter, "%s >= 0 || ", name),
                                        name, name));
        return name;
    case PSL_CAST:
        return emit_print(emitter, "(%s)%s", emit_c_type(call->type), emit_value(emitter, call->arguments[0]));
    case PSL_SUM:
    case PSL_PRODUCT:
        return fold(emitter, call, call->callee->id == PSL_PRODUCT);
    case PSL_REGEX_MATCH:
        return match(emitter, call);
    case PSL_HASHSET_CONTAINS:
        value = emit_entry(emitter, call->callee_object, call->arguments[1]);
        name = emit_name(emitter);
        query(emitter, call, "bool", name, "ksm_hashset_contains", emit_print(emitter, ", %s", value));
        return name;
    case PSL_MAP_GET:
    case PSL_MAP_GET_UNCOMMITTED:
        value = emit_key(emitter, call->callee_object, call->arguments[1]);
        name = emit_name(emitter);
        query(emitter, call, "u64", name,
              call->callee->id == PSL_MAP_GET ? "ksm_staticmap_get" : "ksm_staticmap_get_uncommitted",
              emit_print(emitter, ", %s", value));
        return emit_print(emitter, "(%s)%s", emit_c_type(call->type), name);
    case PSL_FLOW_QUERY:
        return state_text(emitter, call);
    case PSL_MIC_QUERY_LEVEL:
        return level_text(emitter, call);
    default:
        return emit_value(emitter, call->arguments[0]);
    }
}

void emit_query(struct emitter *emitter, const struct psl_expression *call, const char *name)
{
    if (call->callee->id == PSL_FLOW_QUERY)
        query(emitter, call, "u32", name, "ksm_flow_query", "");
    else
        query(emitter, call, "struct ksm_mic_level", name, "ksm_mic_query_level", "");
}
