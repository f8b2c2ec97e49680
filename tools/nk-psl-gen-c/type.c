/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/type.h>

const struct psl_type psl_broken = {.kind = PSL_BROKEN_TYPE};
const struct psl_type psl_unit = {.kind = PSL_UNIT_TYPE};
const struct psl_type psl_boolean = {.kind = PSL_BOOLEAN_TYPE};
const struct psl_type psl_text = {.kind = PSL_TEXT_TYPE};
const struct psl_type psl_regex = {.kind = PSL_REGEX_TYPE};
const struct psl_type psl_bytes = {.kind = PSL_BYTES_TYPE};
const struct psl_type psl_any_integer = {.kind = PSL_ANY_INTEGER};
const struct psl_type psl_uint8 = {.kind = PSL_INTEGER_TYPE, .bits = 8};
const struct psl_type psl_uint16 = {.kind = PSL_INTEGER_TYPE, .bits = 16};
const struct psl_type psl_uint32 = {.kind = PSL_INTEGER_TYPE, .bits = 32};
const struct psl_type psl_uint64 = {.kind = PSL_INTEGER_TYPE, .bits = 64};
const struct psl_type psl_sint8 = {.kind = PSL_INTEGER_TYPE, .bits = 8, .is_signed = true};
const struct psl_type psl_sint16 = {.kind = PSL_INTEGER_TYPE, .bits = 16, .is_signed = true};
const struct psl_type psl_sint32 = {.kind = PSL_INTEGER_TYPE, .bits = 32, .is_signed = true};
const struct psl_type psl_sint64 = {.kind = PSL_INTEGER_TYPE, .bits = 64, .is_signed = true};

const struct psl_type *psl_integer_type(unsigned bits, bool is_signed)
{
    static const struct psl_type *const types[2][4] = {{&psl_uint8, &psl_uint16, &psl_uint32, &psl_uint64},
                                                       {&psl_sint8, &psl_sint16, &psl_sint32, &psl_sint64}};
    return types[is_signed][bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3];
}

static struct psl_type *make(struct pool *pool, enum psl_kind kind)
{
    struct psl_type *type = POOL_NEW(pool, struct psl_type);
    type->kind = kind;
    return type;
}

const struct psl_type *psl_number_type(struct pool *pool, __int128 number)
{
    struct psl_type *type = make(pool, PSL_NUMBER_TYPE);
    type->number = number;
    return type;
}

const struct psl_type *psl_word_type(struct pool *pool, const char *text)
{
    struct psl_type *type = make(pool, PSL_WORD_TYPE);
    type->text = text;
    return type;
}

struct psl_type *psl_parts_type(struct pool *pool, enum psl_kind kind, const struct psl_type_part *parts,
                                uint64_t count)
{
    struct psl_type *type = make(pool, kind);
    type->parts = pool_allocate(pool, sizeof(*parts) * (count + 1));
    for (uint64_t i = 0; i < count; i++)
        type->parts[i] = parts[i];
    type->count = count;
    return type;
}

struct psl_type *psl_element_type(struct pool *pool, enum psl_kind kind, const struct psl_type *element, uint64_t count)
{
    struct psl_type *type = make(pool, kind);
    type->element = element;
    type->count = count;
    return type;
}

bool psl_is_integer(const struct psl_type *type)
{
    return type->kind == PSL_INTEGER_TYPE || type->kind == PSL_NUMBER_TYPE || type->kind == PSL_ANY_INTEGER;
}

__int128 psl_least(const struct psl_type *type)
{
    if (type->kind == PSL_NUMBER_TYPE)
        return type->number;
    if (type->kind == PSL_ANY_INTEGER)
        return -((__int128)1 << 63);
    return type->is_signed ? -((__int128)1 << (type->bits - 1)) : 0;
}

__int128 psl_greatest(const struct psl_type *type)
{
    if (type->kind == PSL_NUMBER_TYPE)
        return type->number;
    if (type->kind == PSL_ANY_INTEGER)
        return ((__int128)1 << 64) - 1;
    return ((__int128)1 << (type->bits - type->is_signed)) - 1;
}

static bool holds(const struct psl_type *outer, const struct psl_type *inner)
{
    return psl_least(outer) <= psl_least(inner) && psl_greatest(inner) <= psl_greatest(outer);
}

/* The smallest type that holds both, of one signedness if both are of it; null if there is none. */
static const struct psl_type *smallest(const struct psl_type *a, const struct psl_type *b)
{
    static const struct psl_type *const types[] = {&psl_uint8, &psl_uint16, &psl_uint32, &psl_uint64,
                                                   &psl_sint8, &psl_sint16, &psl_sint32, &psl_sint64};
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (holds(types[i], a) && holds(types[i], b))
            return types[i];
    return nullptr;
}

const struct psl_type *psl_common_integer(const struct psl_type *a, const struct psl_type *b)
{
    bool a_number = a->kind == PSL_NUMBER_TYPE, b_number = b->kind == PSL_NUMBER_TYPE;
    if (holds(a, b) && !a_number)
        return a;
    if (holds(b, a) && !b_number)
        return b;
    if (a->kind == PSL_ANY_INTEGER || b->kind == PSL_ANY_INTEGER)
        return &psl_any_integer;
    const struct psl_type *type = smallest(a, b);
    return type != nullptr ? type : &psl_sint64;
}

static bool same(const struct psl_type *a, const struct psl_type *b)
{
    return psl_fits(a, b) && psl_fits(b, a);
}

const struct psl_type *psl_variant_type(struct pool *pool, const struct psl_type *a, const struct psl_type *b)
{
    if (a->kind == PSL_BROKEN_TYPE || b->kind == PSL_BROKEN_TYPE)
        return &psl_broken;
    bool integers = a->kind != PSL_NUMBER_TYPE && b->kind != PSL_NUMBER_TYPE && psl_is_integer(a) && psl_is_integer(b);
    if (integers) {
        const struct psl_type *type = smallest(a, b);
        return type != nullptr ? type : &psl_any_integer;
    }
    const struct psl_type *sides[] = {a, b};
    uint64_t room = 0, count = 0;
    for (unsigned i = 0; i < 2; i++)
        room += sides[i]->kind == PSL_VARIANT_TYPE ? sides[i]->count : 1;
    struct psl_type_part *parts = pool_allocate(pool, sizeof(*parts) * room);
    for (unsigned side = 0; side < 2; side++) {
        const struct psl_type *type = sides[side];
        uint64_t alternatives = type->kind == PSL_VARIANT_TYPE ? type->count : 1;
        for (uint64_t i = 0; i < alternatives; i++) {
            const struct psl_type *one = type->kind == PSL_VARIANT_TYPE ? type->parts[i].type : type;
            uint64_t j = 0;
            while (j < count && !same(parts[j].type, one))
                j++;
            if (j == count)
                parts[count++].type = one;
        }
    }
    return count == 1 ? parts[0].type : psl_parts_type(pool, PSL_VARIANT_TYPE, parts, count);
}

const struct psl_type_part *psl_type_field(const struct psl_type *record, const char *name)
{
    for (uint64_t i = 0; i < record->count; i++)
        if (strcmp(record->parts[i].name, name) == 0)
            return &record->parts[i];
    return nullptr;
}

const struct psl_type *psl_join_types(struct pool *pool, const struct psl_type *a, const struct psl_type *b)
{
    if (psl_fits(a, b))
        return a;
    if (psl_fits(b, a))
        return b;
    if (psl_is_integer(a) && psl_is_integer(b)) {
        const struct psl_type *common = psl_common_integer(a, b);
        return holds(common, a) && holds(common, b) ? common : nullptr;
    }
    bool words = (a->kind == PSL_WORD_TYPE || a->kind == PSL_VARIANT_TYPE) &&
                 (b->kind == PSL_WORD_TYPE || b->kind == PSL_VARIANT_TYPE) && psl_fits(&psl_text, a) &&
                 psl_fits(&psl_text, b);
    return words ? psl_variant_type(pool, a, b) : nullptr;
}
