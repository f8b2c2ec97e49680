/* SPDX-License-Identifier: Apache-2.0 */
/* Which values fit which types, types of IDL, and types in words. */
#include <string.h>
#include <tools/nk-psl-gen-c/type.h>

static bool is_collection(const struct psl_type *type)
{
    return type->kind == PSL_LIST_TYPE || type->kind == PSL_SET_TYPE || type->kind == PSL_ARRAY_TYPE ||
           type->kind == PSL_SEQUENCE_TYPE;
}

static bool tuple_fits(const struct psl_type *element, const struct psl_type *tuple)
{
    for (uint64_t i = 0; i < tuple->count; i++)
        if (!psl_fits(element, tuple->parts[i].type))
            return false;
    return true;
}

/* Lists take all collections, sets sets and tuples; arrays and sequences also need room. */
static bool collection_fits(const struct psl_type *to, const struct psl_type *from)
{
    if (from->kind == PSL_TUPLE_TYPE) {
        bool room = to->kind == PSL_ARRAY_TYPE      ? from->count == to->count
                    : to->kind == PSL_SEQUENCE_TYPE ? from->count <= to->count
                                                    : true;
        return room && tuple_fits(to->element, from);
    }
    if (!is_collection(from) || !psl_fits(to->element, from->element))
        return false;
    bool bounded = from->kind == PSL_ARRAY_TYPE || from->kind == PSL_SEQUENCE_TYPE;
    switch (to->kind) {
    case PSL_SET_TYPE:
        return from->kind == PSL_SET_TYPE;
    case PSL_ARRAY_TYPE:
        return from->kind == PSL_ARRAY_TYPE && from->count == to->count;
    case PSL_SEQUENCE_TYPE:
        return bounded && from->count <= to->count;
    default:
        return true;
    }
}

static bool record_fits(const struct psl_type *to, const struct psl_type *from)
{
    if (from->kind != PSL_RECORD_TYPE || from->count != to->count)
        return false;
    for (uint64_t i = 0; i < to->count; i++) {
        const struct psl_type_part *field = psl_type_field(from, to->parts[i].name);
        if (field == nullptr || !psl_fits(to->parts[i].type, field->type))
            return false;
    }
    return true;
}

static bool map_fits(const struct psl_type *to, const struct psl_type *from)
{
    if (from->kind == PSL_MAP_TYPE)
        return psl_fits(to->key, from->key) && psl_fits(to->element, from->element);
    if (from->kind != PSL_RECORD_TYPE || !psl_fits(to->key, &psl_text))
        return false;
    return tuple_fits(to->element, from);
}

static bool parts_fit(const struct psl_type *to, const struct psl_type *from)
{
    for (uint64_t i = 0; i < to->count; i++)
        if (!psl_fits(to->parts[i].type, from->parts[i].type))
            return false;
    return true;
}

bool psl_fits(const struct psl_type *to, const struct psl_type *from)
{
    if (to == from || to->kind == PSL_BROKEN_TYPE || from->kind == PSL_BROKEN_TYPE)
        return true;
    if (from->kind == PSL_VARIANT_TYPE) {
        for (uint64_t i = 0; i < from->count; i++)
            if (!psl_fits(to, from->parts[i].type))
                return false;
        return true;
    }
    switch (to->kind) {
    case PSL_INTEGER_TYPE:
    case PSL_ANY_INTEGER:
        return psl_is_integer(from) && psl_least(to) <= psl_least(from) && psl_greatest(from) <= psl_greatest(to);
    case PSL_NUMBER_TYPE:
        return from->kind == PSL_NUMBER_TYPE && from->number == to->number;
    case PSL_TEXT_TYPE:
        return from->kind == PSL_TEXT_TYPE || from->kind == PSL_WORD_TYPE;
    case PSL_WORD_TYPE:
        return from->kind == PSL_WORD_TYPE && strcmp(from->text, to->text) == 0;
    case PSL_RECORD_TYPE:
        return record_fits(to, from);
    case PSL_TUPLE_TYPE:
        return from->kind == PSL_TUPLE_TYPE && from->count == to->count && parts_fit(to, from);
    case PSL_LIST_TYPE:
    case PSL_SET_TYPE:
    case PSL_ARRAY_TYPE:
    case PSL_SEQUENCE_TYPE:
        return collection_fits(to, from);
    case PSL_MAP_TYPE:
        return map_fits(to, from);
    case PSL_VARIANT_TYPE:
        for (uint64_t i = 0; i < to->count; i++)
            if (psl_fits(to->parts[i].type, from))
                return true;
        return false;
    default:
        return to->kind == from->kind;
    }
}

static struct psl_type *members_type(struct pool *pool, const struct member *first, bool of_method,
                                     enum direction direction)
{
    uint64_t count = 0;
    for (const struct member *m = first; m != nullptr; m = m->next)
        count += !of_method || m->direction == direction;
    struct psl_type_part *parts = pool_allocate(pool, sizeof(*parts) * (count + 1));
    count = 0;
    for (const struct member *m = first; m != nullptr; m = m->next)
        if (!of_method || m->direction == direction)
            parts[count++] = (struct psl_type_part){m->name.text, psl_idl_type(pool, m->type), m};
    return psl_parts_type(pool, PSL_RECORD_TYPE, parts, count);
}

const struct psl_type *psl_message_type(struct pool *pool, const struct method *method, enum direction direction)
{
    return members_type(pool, method->parameters.first, true, direction);
}

const struct psl_type *psl_idl_type(struct pool *pool, const struct type *idl)
{
    struct psl_type *type;
    switch (idl->core_handle ? TYPE_HANDLE : idl->kind) {
    case TYPE_INTEGER:
        return psl_integer_type(idl->bits, idl->is_signed);
    case TYPE_STRING:
        return &psl_text;
    case TYPE_BYTES:
        return &psl_bytes;
    case TYPE_HANDLE: {
        const struct psl_type_part parts[] = {{"handle", &psl_uint32, nullptr}, {"rights", &psl_uint32, nullptr}};
        type = psl_parts_type(pool, PSL_RECORD_TYPE, parts, 2);
        type->handle = true;
        break;
    }
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        type = psl_element_type(pool, idl->kind == TYPE_ARRAY ? PSL_ARRAY_TYPE : PSL_SEQUENCE_TYPE,
                                psl_idl_type(pool, idl->element), idl->count);
        break;
    case TYPE_STRUCT:
    case TYPE_UNION:
        type = members_type(pool, idl->declaration->members.first, false, DIRECTION_IN);
        break;
    default:
        return &psl_broken;
    }
    type->idl = idl;
    return type;
}

static void add_words(struct text *text, const struct psl_type *type, unsigned depth);

static void add_parts(struct text *text, const struct psl_type *type, const char *between, unsigned depth)
{
    for (uint64_t i = 0; i < type->count; i++) {
        if (i == 8 && type->count > 10) {
            text_add(text, "%s...", between);
            break;
        }
        text_add(text, "%s", i != 0 ? between : "");
        if (type->kind == PSL_RECORD_TYPE)
            text_add(text, "%s : ", type->parts[i].name);
        add_words(text, type->parts[i].type, depth + 1);
    }
}

static void add_generic(struct text *text, const char *name, const struct psl_type *type, unsigned depth)
{
    text_add(text, "%s<", name);
    if (type->key != nullptr) {
        add_words(text, type->key, depth + 1);
        text_add(text, ", ");
    }
    add_words(text, type->element, depth + 1);
    if (type->kind == PSL_ARRAY_TYPE || type->kind == PSL_SEQUENCE_TYPE)
        text_add(text, ", %llu", (unsigned long long)type->count);
    text_add(text, ">");
}

static void add_words(struct text *text, const struct psl_type *type, unsigned depth)
{
    static const char *const plain[] = {
        [PSL_BROKEN_TYPE] = "?",      [PSL_UNIT_TYPE] = "()",     [PSL_BOOLEAN_TYPE] = "Boolean",
        [PSL_ANY_INTEGER] = "Number", [PSL_TEXT_TYPE] = "Text",   [PSL_REGEX_TYPE] = "pattern",
        [PSL_BYTES_TYPE] = "bytes",   [PSL_LIST_TYPE] = "List",   [PSL_SET_TYPE] = "Set",
        [PSL_MAP_TYPE] = "Map",       [PSL_ARRAY_TYPE] = "Array", [PSL_SEQUENCE_TYPE] = "Sequence",
        [PSL_VARIANT_TYPE] = nullptr};
    if (depth > 6) {
        text_add(text, "...");
    } else if (type->handle) {
        text_add(text, "HandleDesc");
    } else if (type->element != nullptr) {
        add_generic(text, plain[type->kind], type, depth);
    } else if (type->kind == PSL_INTEGER_TYPE) {
        text_add(text, "%cInt%u", type->is_signed ? 'S' : 'U', type->bits);
    } else if (type->kind == PSL_NUMBER_TYPE) {
        struct pool pool = {0};
        text_add(text, "%s", psl_digits(&pool, type->number));
        pool_free(&pool);
    } else if (type->kind == PSL_WORD_TYPE) {
        text_add(text, "\"%s\"", type->text);
    } else if (type->kind == PSL_RECORD_TYPE || type->kind == PSL_TUPLE_TYPE) {
        bool record = type->kind == PSL_RECORD_TYPE;
        text_add(text, "%s", record ? type->count != 0 ? "{ " : "{" : "[");
        add_parts(text, type, ", ", depth);
        text_add(text, "%s", record ? type->count != 0 ? " }" : "}" : "]");
    } else if (type->kind == PSL_VARIANT_TYPE) {
        add_parts(text, type, " | ", depth);
    } else {
        text_add(text, "%s", plain[type->kind]);
    }
}

const char *psl_type_words(struct pool *pool, const struct psl_type *type)
{
    struct text text = {0};
    add_words(&text, type, 0);
    const char *words = pool_copy(pool, text.bytes, text.length);
    text_free(&text);
    return words;
}

const char *psl_value_words(struct pool *pool, const struct psl_type *type)
{
    bool literal = type->kind == PSL_NUMBER_TYPE || type->kind == PSL_WORD_TYPE || type->kind == PSL_UNIT_TYPE;
    return pool_print(pool, "%s%s", literal ? "" : "a value of type ", psl_type_words(pool, type));
}

const char *psl_digits(struct pool *pool, __int128 value)
{
    char digits[48];
    size_t at = sizeof(digits);
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    do {
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        digits[--at] = '-';
    return pool_copy(pool, digits + at, sizeof(digits) - at);
}
