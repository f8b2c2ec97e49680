/* SPDX-License-Identifier: Apache-2.0 */
/* Constants, type aliases, structs and unions of a package, and assertions about the base types that they use. */
#include <string.h>
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/check.h>

static void rawtype(struct emitter *emitter, unsigned bit, const char *idl, const char *name, unsigned size,
                    unsigned alignment)
{
    if ((emitter->rawtypes & 1U << bit) != 0)
        return;
    emitter->rawtypes |= 1U << bit;
    emit(emitter,
         "\n#ifndef ____%s__RAWTYPE__\n#define ____%s__RAWTYPE__\n"
         "nk_static_assert(sizeof(%s) == %u, bad_%s_size);\n"
         "nk_static_assert(nk_alignof(%s) == %u, bad_%s_align);\n#endif\n",
         idl, idl, name, size, name, name, alignment, name);
}

static void rawtypes_of(struct emitter *emitter, const struct type *type)
{
    static const char *const words[] = {"8", "16", "32", "64"};
    for (; type->kind == TYPE_ARRAY || type->kind == TYPE_SEQUENCE; type = type->element)
        if (type->kind == TYPE_SEQUENCE)
            rawtype(emitter, 8, "Pointer", "nk_ptr_t", 8, 4);
    if (type->kind == TYPE_HANDLE) {
        rawtype(emitter, 9, "Handle", "nk_handle_desc_t", 16, 8);
    } else if (type->kind == TYPE_BYTES || type->kind == TYPE_STRING) {
        rawtype(emitter, 8, "Pointer", "nk_ptr_t", 8, 4);
    } else if (type->kind == TYPE_INTEGER) {
        unsigned index = 0;
        while (8U << index < type->bits)
            index++;
        const char *idl = pool_print(emitter->program->pool, "%cInt%s", type->is_signed ? 'S' : 'U', words[index]);
        rawtype(emitter, index + (type->is_signed ? 4 : 0), idl, emit_type(emitter, type), type->bits / 8,
                type->bits / 8);
    }
}

static void rawtypes_of_members(struct emitter *emitter, const struct member *first)
{
    for (const struct member *member = first; member != nullptr; member = member->next)
        rawtypes_of(emitter, member->type);
}

/* The least number has no literal of its own. */
static void emit_const(struct emitter *emitter, const struct declaration *d, const char *name)
{
    const char *type = emit_type(emitter, d->type);
    const char *suffix = d->type->bits < 64 ? "" : d->type->is_signed ? "LL" : "ULL";
    if (!d->type->is_signed && d->type->bits < 64)
        suffix = "U";
    if (d->type->is_signed && d->type->bits >= 32 && d->value == -((__int128)1 << (d->type->bits - 1)))
        emit(emitter, "#define %s ((%s)(%s%s - 1))\n", name, type, check_digits(emitter->program, d->value + 1),
             suffix);
    else
        emit(emitter, "#define %s ((%s)%s%s%s%s)\n", name, type, d->value < 0 ? "(" : "",
             check_digits(emitter->program, d->value), suffix, d->value < 0 ? ")" : "");
}

static void assert_layout(struct emitter *emitter, const struct declaration *d, const char *name)
{
    emit(emitter, "nk_static_assert(sizeof(%s) == %llu, bad_%s_size);\n", name, (unsigned long long)d->size, name);
    emit(emitter, "nk_static_assert(nk_alignof(%s) == %llu, bad_%s_align);\n", name, (unsigned long long)d->alignment,
         name);
    if (d->kind != DECLARATION_STRUCT)
        return;
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        emit(emitter, "nk_static_assert(nk_offsetof(%s, %s) == %llu, bad_%s_%s_offset);\n", name, member->name.text,
             (unsigned long long)member->offset, name, member->name.text);
}

static void emit_struct(struct emitter *emitter, const struct declaration *d, const char *name)
{
    emit(emitter, "typedef struct __nk_packed %s {\n", name);
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        emit_field(emitter, "    ", member);
    emit(emitter, "} %s;\n", name);
    assert_layout(emitter, d, name);
}

/* The tag counts members from 0. */
static void emit_union(struct emitter *emitter, const struct declaration *d, const char *name)
{
    emit(emitter, "enum {\n");
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        emit(emitter, "    %s,\n",
             emit_claim_print(emitter, d->unit, member->name.at, "%s_%s_tag", d->name.text, member->name.text));
    emit(emitter, "    %s\n};\n", emit_claim_print(emitter, d->unit, d->name.at, "%s_tag_max", d->name.text));
    const char *inner = emit_claim_print(emitter, d->unit, d->name.at, "%s_v", d->name.text);
    emit(emitter, "typedef union %s {\n", inner);
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        emit_field(emitter, "    ", member);
    emit(emitter,
         "} %s;\ntypedef struct __nk_packed %s {\n    __nk_alignas(4) nk_uint32_t tag; /* which member of v */\n",
         inner, name);
    emit(emitter, "    __nk_alignas(%llu) %s v;\n} %s;\n", (unsigned long long)d->alignment, inner, name);
    assert_layout(emitter, d, name);
}

static void emit_declaration(struct emitter *emitter, const struct declaration *d)
{
    static const char *const what[] = {"CONST", "TYPEDEF", "STRUCT", "UNION"};
    if (d->kind == DECLARATION_STRUCT || d->kind == DECLARATION_UNION)
        rawtypes_of_members(emitter, d->members.first);
    else
        rawtypes_of(emitter, d->type);
    if (d->kind == DECLARATION_UNION)
        rawtype(emitter, 2, "UInt32", "nk_uint32_t", 4, 4);
    emit_section(emitter, pool_print(emitter->program->pool, "%s.%s", d->unit->name.text, d->name.text), what[d->kind]);
    emit(emitter, "/* %s */\n", emit_place(emitter, d->unit, d->name.at));
    const char *name = emit_claim(emitter, d->unit, d->name.at, d->name.text);
    switch (d->kind) {
    case DECLARATION_CONST:
        emit_const(emitter, d, name);
        break;
    case DECLARATION_TYPEDEF:
        emit(emitter, "typedef %s %s%s;\n", emit_type(emitter, d->type), name, emit_dimensions(emitter, d->type));
        break;
    case DECLARATION_STRUCT:
        emit_struct(emitter, d, name);
        break;
    case DECLARATION_UNION:
        emit_union(emitter, d, name);
        break;
    }
    emit_section_end(emitter);
}

void emit_package(struct emitter *emitter, const struct unit *package)
{
    for (const struct declaration *d = package->declarations; d != nullptr; d = d->next)
        emit_declaration(emitter, d);
    for (const struct method *method = package->methods; method != nullptr; method = method->next)
        rawtypes_of_members(emitter, method->parameters.first);
}
