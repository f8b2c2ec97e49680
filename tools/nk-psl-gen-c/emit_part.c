/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of messages: where they are, what is there. */
#include <tools/nk-psl-gen-c/emit.h>
#include <tools/nk/layout.h>

#define HEADER_SIZE 24U

static unsigned handles_of(const struct type *type);

static unsigned handles_before(const struct member *first, const struct member *end, bool of_method)
{
    unsigned count = 0;
    for (const struct member *m = first; m != end; m = m->next)
        if (!of_method || m->direction == end->direction)
            count += handles_of(m->type);
    return count;
}

/* Handles in the constant part of a value: none in unions and sequences. */
static unsigned handles_of(const struct type *type)
{
    switch (type->kind) {
    case TYPE_HANDLE:
        return 1;
    case TYPE_ARRAY:
        return (unsigned)type->count * handles_of(type->element);
    case TYPE_STRUCT:
        return handles_before(type->declaration->members.first, nullptr, false);
    default:
        return 0;
    }
}

struct emit_part emit_member(struct emitter *emitter, struct emit_part part, const struct member *member)
{
    struct emit_part result = {.idl = member->type};
    if (part.idl == nullptr) { /* a parameter */
        bool several;
        const struct method *method = psl_single_method(emitter->policy, emitter->conditions, &several);
        result.address = emit_print(emitter, "message + %llu", (unsigned long long)(member->offset - HEADER_SIZE));
        if (member->type->core_handle) {
            result.handles = emit_print(emitter, "%llu", (unsigned long long)(member->offset - HEADER_SIZE) / 8);
            return result;
        }
        result.handles =
            emit_print(emitter, "%u", method != nullptr ? handles_before(method->parameters.first, member, true) : 0);
        return result;
    }
    const struct declaration *declaration = part.idl->declaration;
    if (part.idl->kind == TYPE_UNION) {
        unsigned number = 0;
        for (const struct member *m = declaration->members.first; m != member; m = m->next)
            number++;
        emit_unless(emitter, emit_print(emitter, "ksm_load_u32(%s) == %u", part.address, number));
        uint64_t start = declaration->alignment > 4 ? declaration->alignment : 4;
        result.address = emit_print(emitter, "%s + %llu", part.address, (unsigned long long)start);
        result.handles = "0";
        return result;
    }
    result.address = emit_print(emitter, "%s + %llu", part.address, (unsigned long long)member->offset);
    result.handles =
        emit_print(emitter, "%s + %u", part.handles, handles_before(declaration->members.first, member, false));
    return result;
}

static struct emit_part element(struct emitter *emitter, const struct psl_expression *path)
{
    struct emit_part part = emit_part(emitter, path->left);
    const struct type *idl = part.idl;
    const struct type *inner = idl->element;
    bool constant = path->right->operation == PSL_INTEGER;
    const char *index = emit_value(emitter, path->right);
    bool is_signed = !constant && path->right->type->is_signed;
    struct emit_part result = {.idl = inner, .handles = "0"};
    if (is_signed)
        emit_unless(emitter, emit_print(emitter, "%s >= 0", index));
    if (!constant && idl->kind == TYPE_ARRAY)
        emit_unless(emitter, emit_print(emitter, "(u64)%s < %llu", index, (unsigned long long)idl->count));
    uint64_t size = idl->kind == TYPE_ARRAY ? inner->size : chunk_element_size(idl);
    if (idl->kind == TYPE_ARRAY) {
        result.address = emit_print(emitter, "%s + (u64)%s * %llu", part.address, index, (unsigned long long)size);
        result.handles = emit_print(emitter, "%s + (u32)%s * %u", part.handles, index, handles_of(inner));
        return result;
    }
    result.address = emit_name(emitter);
    emit_line(emitter, "const u8 *const %s = ksm_chunk_element(transaction, %s, (u64)%s, %llu);", result.address,
              part.address, index, (unsigned long long)size);
    emit_unless(emitter, emit_print(emitter, "%s != nullptr", result.address));
    return result;
}

struct emit_part emit_part(struct emitter *emitter, const struct psl_expression *path)
{
    switch (path->operation) {
    case PSL_FIELD:
        return emit_member(emitter, emit_part(emitter, path->left), path->member);
    case PSL_ELEMENT:
        return element(emitter, path);
    default:
        return (struct emit_part){.address = "message", .handles = "0"};
    }
}

const char *emit_load(struct emitter *emitter, struct emit_part part, const struct psl_type *type)
{
    const char *name = emit_name(emitter);
    if (type->kind == PSL_TEXT_TYPE) {
        emit_line(emitter, "struct ksm_text %s;", name);
        emit_unless(emitter, emit_print(emitter, "ksm_chunk_text(transaction, %s, &%s)", part.address, name));
        return name;
    }
    const char *c_type = emit_c_type(type);
    emit_line(emitter, "const %s %s = ksm_load_%s(%s);", c_type, name, c_type, part.address);
    return name;
}

const char *emit_size(struct emitter *emitter, const struct psl_expression *e)
{
    const char *name;
    if (psl_fits(&psl_text, e->type))
        return emit_print(emitter, "%s.length", emit_value(emitter, e));
    if (e->operation == PSL_UNIT)
        return "0U";
    if (e->operation == PSL_LIST || e->operation == PSL_RECORD) {
        emit_effects(emitter, e);
        return emit_print(emitter, "%uU", e->items.count);
    }
    struct emit_part part = emit_part(emitter, e);
    if (part.idl->kind == TYPE_ARRAY)
        return emit_print(emitter, "%lluU", (unsigned long long)part.idl->count);
    name = emit_name(emitter);
    emit_line(emitter, "const u32 %s = ksm_chunk_count(%s, %llu);", name, part.address,
              (unsigned long long)chunk_element_size(part.idl));
    return name;
}
