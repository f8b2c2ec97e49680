/* SPDX-License-Identifier: Apache-2.0 */
/* What client and server of an interface share: method numbers, sizes, messages. */
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/layout.h>

static const char *const direction_name[DIRECTIONS] = {"req", "res", "err"};

static void emit_mids(struct emitter *emitter, const struct unit *interface)
{
    emit(emitter, "enum {\n");
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit(emitter, "    %s, /* %s */\n",
             emit_claim_print(emitter, interface, method->name.at, "%s_mid", method->name.text),
             emit_place(emitter, interface, method->name.at));
    emit(emitter, "    %s\n};\n", emit_claim(emitter, interface, interface->name.at, "mid_max"));
}

/* "<stem>_size" for what a type counts, "<stem>_elem_size" and "<stem>_<field>_size" for what is in it. */
static void emit_sizes_of(struct emitter *emitter, const struct unit *interface, struct location at, const char *stem,
                          const struct type *type)
{
    if (type->kind == TYPE_STRING || type->kind == TYPE_BYTES || type->kind == TYPE_SEQUENCE ||
        type->kind == TYPE_ARRAY)
        emit(emitter, "    %s = %llu,\n", emit_claim_print(emitter, interface, at, "%s_size", stem),
             (unsigned long long)type->count + (type->kind == TYPE_STRING));
    if (type->kind == TYPE_SEQUENCE || type->kind == TYPE_ARRAY)
        emit_sizes_of(emitter, interface, at, pool_print(emitter->program->pool, "%s_elem", stem), type->element);
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (const struct member *m = type->declaration->members.first; m != nullptr; m = m->next)
            emit_sizes_of(emitter, interface, at, pool_print(emitter->program->pool, "%s_%s", stem, m->name.text),
                          m->type);
}

static void emit_method_sizes(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
            if (p->direction == direction)
                emit_sizes_of(emitter, interface, p->name.at,
                              pool_print(emitter->program->pool, "%s_%s_%s", method->name.text,
                                         direction_name[direction], p->name.text),
                              p->type);
    /* A response's arena serves its error too. */
    uint64_t out = method->messages[DIRECTION_OUT].arena_size, error = method->messages[DIRECTION_ERROR].arena_size;
    uint64_t sizes[] = {method->messages[DIRECTION_IN].arena_size, out > error ? out : error};
    for (unsigned direction = 0; direction < 2; direction++)
        emit(emitter, "    %s = %llu,\n",
             emit_claim_print(emitter, interface, method->name.at, "%s_%s_arena_size", method->name.text,
                              direction_name[direction]),
             (unsigned long long)sizes[direction]);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        emit(emitter, "    %s = %llu,\n",
             emit_claim_print(emitter, interface, method->name.at, "%s_%s_handles", method->name.text,
                              direction_name[direction]),
             (unsigned long long)method->messages[direction].handle_count);
}

void emit_aggregate_sizes(struct emitter *emitter, const struct unit *unit, const char *stem)
{
    uint64_t in = unit->arena_size[DIRECTION_IN], out = unit->arena_size[DIRECTION_OUT];
    out = unit->arena_size[DIRECTION_ERROR] > out ? unit->arena_size[DIRECTION_ERROR] : out;
    uint64_t sizes[] = {in, out, in > out ? in : out};
    static const char *const names[] = {"req_arena", "res_arena", "arena"};
    for (unsigned i = 0; i < 3; i++)
        emit(emitter, "    %s = %llu,\n", emit_claim_print(emitter, unit, unit->name.at, "%s%s_size", stem, names[i]),
             (unsigned long long)sizes[i]);
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        emit(emitter, "    %s = %llu%s\n",
             emit_claim_print(emitter, unit, unit->name.at, "%s%s_handles", stem, direction_name[direction]),
             (unsigned long long)unit->handle_count[direction], direction + 1 < DIRECTIONS ? "," : "");
}

static void emit_fields(struct emitter *emitter, const char *indent, const struct method *method,
                        enum direction direction)
{
    emit(emitter, "%s__nk_alignas(8) struct nk_message base_;\n", indent);
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->direction == direction)
            emit_field(emitter, indent, p);
}

static void assert_message(struct emitter *emitter, const struct method *method, enum direction direction,
                           const char *type, const char *stem)
{
    emit(emitter, "nk_static_assert(sizeof(%s) == %llu, bad_%s_size);\n", type,
         (unsigned long long)method->messages[direction].size, stem);
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->direction == direction)
            emit(emitter, "nk_static_assert(nk_offsetof(%s, %s) == %llu, bad_%s_%s_offset);\n", type, p->name.text,
                 (unsigned long long)p->offset, stem, p->name.text);
}

static void emit_messages(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    const char *name[DIRECTIONS];
    for (unsigned direction = 0; direction < DIRECTIONS; direction++)
        name[direction] = emit_claim_print(emitter, interface, method->name.at, "%s_%s", method->name.text,
                                           direction_name[direction]);
    emit(emitter, "\n/* %s: %s */\ntypedef struct __nk_packed %s {\n", emit_place(emitter, interface, method->name.at),
         method->name.text, name[DIRECTION_IN]);
    emit_fields(emitter, "    ", method, DIRECTION_IN);
    emit(emitter, "} %s;\n", name[DIRECTION_IN]);
    assert_message(emitter, method, DIRECTION_IN, name[DIRECTION_IN], name[DIRECTION_IN]);
    emit(emitter, "#pragma pack(push, 8)\ntypedef struct %s {\n", name[DIRECTION_ERROR]);
    emit_fields(emitter, "    ", method, DIRECTION_ERROR);
    emit(emitter, "} %s;\ntypedef struct %s {\n    union {\n        struct {\n", name[DIRECTION_ERROR],
         name[DIRECTION_OUT]);
    emit_fields(emitter, "            ", method, DIRECTION_OUT);
    emit(emitter, "        };\n        struct {\n");
    emit_fields(emitter, "            ", method, DIRECTION_OUT);
    emit(emitter, "        } res_;\n        struct %s err_;\n    };\n} %s;\n#pragma pack(pop)\n", name[DIRECTION_ERROR],
         name[DIRECTION_OUT]);
    assert_message(emitter, method, DIRECTION_ERROR, name[DIRECTION_ERROR], name[DIRECTION_ERROR]);
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->direction == DIRECTION_OUT)
            emit(emitter, "nk_static_assert(nk_offsetof(%s, %s) == %llu, bad_%s_%s_offset);\n", name[DIRECTION_OUT],
                 p->name.text, (unsigned long long)p->offset, name[DIRECTION_OUT], p->name.text);
}

void emit_interface(struct emitter *emitter, const struct unit *interface)
{
    emit_section(emitter, interface->name.text, "INTERFACE");
    emit_mids(emitter, interface);
    emit(emitter, "enum {\n");
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit_method_sizes(emitter, interface, method);
    emit_aggregate_sizes(emitter, interface, "");
    emit(emitter, "};\n");
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit_messages(emitter, interface, method);
    emit_section_end(emitter);
}
