/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk/check.h>
#include <tools/nk/layout.h>

static void set_broken(struct type *type)
{
    type->kind = TYPE_BROKEN;
    type->alignment = 1;
}

bool check_extent(struct program *program, struct location at, unsigned depth, unsigned parts)
{
    if (depth > DEPTH_MAX)
        diagnostic_error(program->diagnostics, at, "types nested more than %u deep", DEPTH_MAX);
    else if (parts > PARTS_MAX)
        diagnostic_error(program->diagnostics, at, "a type of more than %u parts", PARTS_MAX);
    return depth <= DEPTH_MAX && parts <= PARTS_MAX;
}

/* The kernel's own interfaces know handles as numbers; what reads messages may want to know. */
static bool is_core_handle(const struct unit *unit, const struct declaration *d)
{
    return strncmp(unit->name.text, "kl.core.", strlen("kl.core.")) == 0 &&
           strcmp(d->unit->name.text, "kl.core.Types") == 0 && strcmp(d->name.text, "HandleValue") == 0 &&
           d->type->kind == TYPE_INTEGER;
}

static void resolve(struct program *program, struct unit *unit, const struct declaration *before, struct type **place)
{
    struct type *type = *place;
    struct declaration *d = check_resolve(program, unit, before, type->name, "type");
    if (d == nullptr || d->broken) {
        if (d != nullptr && d->kind == DECLARATION_CONST)
            diagnostic_error(program->diagnostics, type->at, "'%s' is a constant; expected a type", type->name.text);
        set_broken(type);
    } else if (d->kind == DECLARATION_CONST) {
        diagnostic_error(program->diagnostics, type->at, "'%s' is a constant; expected a type", type->name.text);
        diagnostic_note(program->diagnostics, d->name.at, "it is declared here");
        set_broken(type);
    } else if (d->kind == DECLARATION_TYPEDEF) {
        if (is_core_handle(unit, d)) {
            *type = *d->type;
            type->core_handle = true;
            return;
        }
        *place = d->type; /* an alias is what it stands for */
    } else {
        type->kind = d->kind == DECLARATION_STRUCT ? TYPE_STRUCT : TYPE_UNION;
        type->declaration = d;
        type->size = d->size;
        type->alignment = d->alignment;
        type->depth = d->depth;
        type->parts = d->parts;
        type->holds_handle = d->holds_handle;
        type->need = d->need;
    }
}

/* The number in <...>: 1 to ELEMENTS_MAX. */
static bool evaluate_count(struct program *program, struct unit *unit, const struct declaration *before,
                           struct type *type)
{
    __int128 value;
    if (!check_evaluate(program, unit, before, type->count_expression, 64, false, &value))
        return false;
    if (value < 1 || value > ELEMENTS_MAX) {
        diagnostic_error(program->diagnostics, type->count_expression->at, "a size of %s; expected 1 to %u",
                         check_digits(program, value), ELEMENTS_MAX);
        return false;
    }
    type->count = (uint64_t)value;
    return true;
}

static void check_compound(struct program *program, struct unit *unit, const struct declaration *before,
                           struct type *type)
{
    if (type->element != nullptr)
        check_type(program, unit, before, &type->element);
    if (!evaluate_count(program, unit, before, type) ||
        (type->element != nullptr && type->element->kind == TYPE_BROKEN)) {
        set_broken(type);
        return;
    }
    type->size = 8; /* chunk descriptor */
    type->alignment = 4;
    type->depth = type->element != nullptr ? type->element->depth + 1 : 1;
    type->parts = type->element != nullptr ? type->element->parts + 1 : 1;
    type->holds_handle = type->element != nullptr && type->element->holds_handle;
    if (!check_extent(program, type->at, type->depth, type->parts)) {
        set_broken(type);
    } else if (type->kind == TYPE_SEQUENCE && type->holds_handle) {
        diagnostic_warning(program->diagnostics, type->at,
                           "this sequence must be empty in every message: the kernel passes handles in the constant "
                           "part only; an array can hold them");
    } else if (type->kind == TYPE_ARRAY) {
        type->alignment = type->element->alignment;
        if (__builtin_mul_overflow(type->count, type->element->size, &type->size) || type->size > MESSAGE_SIZE_MAX) {
            diagnostic_error(program->diagnostics, type->at, "this array takes more than the %u bytes of a message",
                             MESSAGE_SIZE_MAX);
            set_broken(type);
        }
    }
    if (type->kind != TYPE_BROKEN)
        type->need = layout_need(type);
}

void check_type(struct program *program, struct unit *unit, const struct declaration *before, struct type **place)
{
    struct type *type = *place;
    if (type->checked)
        return;
    type->checked = true;
    switch (type->kind) {
    case TYPE_INTEGER:
        type->size = type->alignment = type->bits / 8;
        type->depth = type->parts = 1;
        break;
    case TYPE_HANDLE:
        type->size = 16;
        type->alignment = 8;
        type->depth = type->parts = 1;
        type->holds_handle = true;
        break;
    case TYPE_NAMED:
        resolve(program, unit, before, place);
        break;
    case TYPE_BYTES:
    case TYPE_STRING:
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        check_compound(program, unit, before, type);
        break;
    case TYPE_STRUCT:
    case TYPE_UNION:
    case TYPE_BROKEN:
        break;
    }
}
