/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, Booleans and texts, and the operators on them. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>

const char *emit_c_type(const struct psl_type *type)
{
    static const char *const names[2][4] = {{"u8", "u16", "u32", "u64"}, {"s8", "s16", "s32", "s64"}};
    if (type->kind == PSL_BOOLEAN_TYPE)
        return "bool";
    if (psl_fits(&psl_text, type))
        return "struct ksm_text";
    if (type->kind == PSL_NUMBER_TYPE)
        return type->number < 0 ? "s64" : "u64";
    return names[type->is_signed][type->bits == 8 ? 0 : type->bits == 16 ? 1 : type->bits == 32 ? 2 : 3];
}

const char *emit_integer(struct emitter *emitter, __int128 number, const struct psl_type *type)
{
    bool is_signed = number < 0 || (type != nullptr && type->kind == PSL_INTEGER_TYPE && type->is_signed);
    if (number == -((__int128)1 << 63))
        return "(-9223372036854775807LL - 1)";
    if (number < 0)
        return emit_print(emitter, "(%lldLL)", (long long)number);
    return emit_print(emitter, "%llu%s", (unsigned long long)number, is_signed ? "LL" : "ULL");
}

/* A variable of the expression's type, to be assigned. */
static const char *declare(struct emitter *emitter, const struct psl_type *type)
{
    const char *name = emit_name(emitter);
    emit_line(emitter, "%s %s;", emit_c_type(type), name);
    return name;
}

static const char *logic(struct emitter *emitter, const struct psl_expression *e)
{
    const char *name = emit_name(emitter), *left = emit_value(emitter, e->left);
    bool implies = e->operation == PSL_IMPLIES;
    emit_line(emitter, "bool %s = %s%s;", name, implies ? "!" : "", left);
    emit_line(emitter, "if (%s%s) {", e->operation == PSL_AND ? "" : "!", name);
    emitter->indent++;
    emit_line(emitter, "%s = %s;", name, emit_value(emitter, e->right));
    emitter->indent--;
    emit_line(emitter, "}");
    return name;
}

/* Both sides as one C type that holds all their values. */
static const char *common_cast(const struct psl_type *a, const struct psl_type *b)
{
    static const struct psl_type *const types[] = {&psl_sint64, &psl_uint64};
    for (unsigned i = 0; i < 2; i++)
        if (psl_fits(types[i], a) && psl_fits(types[i], b))
            return i == 0 ? "s64" : "u64";
    return "__int128";
}

/* A Flow's state compared with a literal: by number. */
static const char *compare_state(struct emitter *emitter, const struct psl_expression *e)
{
    const struct psl_expression *query = e->left, *text = e->right;
    if (text->operation == PSL_CALL) {
        query = e->right;
        text = e->left;
    }
    bool fits = query->operation == PSL_CALL && query->callee->id == PSL_FLOW_QUERY && text->operation == PSL_TEXT;
    const struct psl_object *object = fits ? query->callee_object : nullptr;
    unsigned state = fits ? psl_name_index(&object->states, text->text) : 0;
    if (!fits || state == object->states.count)
        return nullptr;
    return emit_print(emitter, "(%s %s %uU)", emit_state(emitter, object, query),
                      e->operation == PSL_EQUAL ? "==" : "!=", state);
}

static const char *compare(struct emitter *emitter, const struct psl_expression *e)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    const char *sign = signs[e->operation - PSL_EQUAL];
    const char *by_state = e->operation <= PSL_NOT_EQUAL ? compare_state(emitter, e) : nullptr;
    if (by_state != nullptr)
        return by_state;
    const char *left = emit_value(emitter, e->left), *right = emit_value(emitter, e->right);
    if (!psl_is_integer(e->left->type)) {
        bool text = psl_fits(&psl_text, e->left->type);
        if (!text)
            return emit_print(emitter, "(%s %s %s)", left, sign, right);
        return emit_print(emitter, "%sksm_text_equal(%s, %s)", e->operation == PSL_EQUAL ? "" : "!", left, right);
    }
    const char *cast = common_cast(e->left->type, e->right->type);
    return emit_print(emitter, "((%s)%s %s (%s)%s)", cast, left, sign, cast, right);
}

/* The result of 128-bit arithmetic in a type: behind, if it does not fit. */
static const char *narrow(struct emitter *emitter, const struct psl_type *type, const char *wide)
{
    const char *name = emit_name(emitter), *c_type = emit_c_type(type);
    emit_line(emitter, "const __int128 %s_wide = %s;", name, wide);
    emit_unless(emitter, emit_print(emitter, "%s_wide >= %s && %s_wide <= %s", name,
                                    emit_integer(emitter, psl_least(type), nullptr), name,
                                    emit_integer(emitter, psl_greatest(type), nullptr)));
    emit_line(emitter, "const %s %s = (%s)%s_wide;", c_type, name, c_type, name);
    return name;
}

static const char *arithmetic(struct emitter *emitter, const struct psl_expression *e)
{
    static const char *const builtin[PSL_OPERATIONS] = {
        [PSL_ADD] = "add", [PSL_SUBTRACT] = "sub", [PSL_MULTIPLY] = "mul"};
    const char *left = emit_value(emitter, e->left), *right = emit_value(emitter, e->right);
    if (builtin[e->operation] != nullptr) {
        const char *name = declare(emitter, e->type);
        emit_when(emitter,
                  emit_print(emitter, "__builtin_%s_overflow(%s, %s, &%s)", builtin[e->operation], left, right, name));
        return name;
    }
    const char *sign = e->operation == PSL_BIT_AND ? "&" : "|", *c_type = emit_c_type(e->type);
    if (psl_fits(e->type, e->left->type) && psl_fits(e->type, e->right->type))
        return emit_print(emitter, "(%s)((%s)%s %s (%s)%s)", c_type, c_type, left, sign, c_type, right);
    return narrow(emitter, e->type, emit_print(emitter, "(__int128)%s %s (__int128)%s", left, sign, right));
}

const char *emit_operation(struct emitter *emitter, const struct psl_expression *e)
{
    switch (e->operation) {
    case PSL_IMPLIES:
    case PSL_OR:
    case PSL_AND:
        return logic(emitter, e);
    case PSL_NOT:
        return emit_print(emitter, "!%s", emit_value(emitter, e->right));
    case PSL_COMPLEMENT: {
        const char *c_type = emit_c_type(e->type);
        return emit_print(emitter, "(%s)~%s", c_type, emit_value(emitter, e->right));
    }
    case PSL_NEGATE: {
        const char *right = emit_value(emitter, e->right), *name = declare(emitter, e->type);
        emit_when(emitter, emit_print(emitter, "__builtin_sub_overflow(0, %s, &%s)", right, name));
        return name;
    }
    case PSL_EQUAL:
    case PSL_NOT_EQUAL:
    case PSL_LESS:
    case PSL_LESS_EQUAL:
    case PSL_GREATER:
    case PSL_GREATER_EQUAL:
        return compare(emitter, e);
    default:
        return arithmetic(emitter, e);
    }
}

/* h.handle, h.rights */
static const char *handle_field(struct emitter *emitter, const struct psl_expression *e)
{
    struct emit_part part = emit_part(emitter, e->left);
    const char *name = emit_name(emitter);
    if (e->index == 0)
        emit_line(emitter, "const u32 %s = ksm_message_sid(transaction, %s);", name, part.handles);
    else
        emit_line(emitter, "const u32 %s = ksm_load_u32(%s + 4);", name, part.address);
    return name;
}

const char *emit_value(struct emitter *emitter, const struct psl_expression *e)
{
    switch (e->operation) {
    case PSL_BOOLEAN:
        return e->number != 0 ? "true" : "false";
    case PSL_INTEGER:
        return emit_integer(emitter, e->number, nullptr);
    case PSL_TEXT:
        return emit_print(emitter, "(struct ksm_text){%s, %zu}", emit_quoted(emitter, e->text), strlen(e->text));
    case PSL_SOURCE_SID:
        return "transaction->query->source_sid";
    case PSL_DESTINATION_SID:
        return "transaction->query->destination_sid";
    case PSL_CALL:
        return emit_expression_call(emitter, e);
    case PSL_FIELD:
        if (e->left->type->handle)
            return handle_field(emitter, e);
        return emit_load(emitter, emit_part(emitter, e), e->type);
    case PSL_ELEMENT:
        return emit_load(emitter, emit_part(emitter, e), e->type);
    default:
        return emit_operation(emitter, e);
    }
}

void emit_effects(struct emitter *emitter, const struct psl_expression *e)
{
    for (const struct psl_item *item = e->items.first; item != nullptr; item = item->next)
        emit_effects(emitter, item->value);
    bool path = e->operation == PSL_FIELD || e->operation == PSL_ELEMENT || e->operation == PSL_MESSAGE;
    bool scalar = psl_is_integer(e->type) || e->type->kind == PSL_BOOLEAN_TYPE || psl_fits(&psl_text, e->type);
    if (e->operation == PSL_CALL || (scalar && e->operation > PSL_TEXT))
        emit_line(emitter, "(void)(%s);", emit_value(emitter, e));
    else if (path)
        emit_part(emitter, e);
}
