/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tests/languages/psl/compare/random.h>

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

unsigned random_below(struct random *random, unsigned limit)
{
    return (unsigned)(random_next(random) % limit);
}

static struct value random_integer(struct random *random, const struct type *type)
{
    const struct psl_type *range = psl_integer_type(type->bits, type->is_signed);
    struct value value = {.kind = VALUE_INTEGER};
    switch (random_below(random, 12)) {
    case 0:
        value.number = psl_least(range);
        break;
    case 1:
        value.number = psl_greatest(range);
        break;
    case 2:
        value.number = psl_greatest(range) - random_below(random, 3);
        break;
    case 3:
        value.number = (__int128)(random_next(random) & (uint64_t)psl_greatest(range));
        break;
    default:
        value.number = (__int128)random_below(random, 9) - (type->is_signed ? 4 : 0);
        break;
    }
    return value;
}

static struct value random_text(struct random *random, struct pool *pool, uint64_t most)
{
    static const char *const known[] = {"",     "a",      "b",    "ab",  "aab", "abc.txt", "open",
                                        "read", "closed", "busy", "x",   "LOW", "HIGH",    "low",
                                        "red",  "a1",     "ж",    "aжb", "  ",  "get it"};
    struct value value = {.kind = VALUE_TEXT};
    if (random_below(random, 4) != 0) {
        value.text = known[random_below(random, sizeof(known) / sizeof(known[0]))];
    } else {
        char *text = pool_allocate(pool, 16);
        for (unsigned i = random_below(random, 12); i-- != 0;)
            text[i] = "abct.x01"[random_below(random, 8)];
        value.text = text;
    }
    value.length = strlen(value.text);
    if (value.length > most) {
        value.text = "";
        value.length = 0;
    }
    return value;
}

static struct value random_list(struct random *random, struct pool *pool, const struct type *type)
{
    struct value value = {.kind = VALUE_LIST, .count = type->count};
    if (type->kind == TYPE_SEQUENCE)
        value.count = random_below(random, (unsigned)(type->count < 5 ? type->count : 5) + 1);
    value.items = pool_allocate(pool, sizeof(struct value) * (value.count + 1));
    for (size_t i = 0; i < value.count; i++)
        value.items[i] = random_value(random, pool, type->element);
    return value;
}

static struct value random_members(struct random *random, struct pool *pool, const struct member *first, bool of_method,
                                   enum direction direction)
{
    struct value value = {.kind = VALUE_RECORD};
    size_t room = 1;
    for (const struct member *m = first; m != nullptr; m = m->next)
        room++;
    value.items = pool_allocate(pool, sizeof(struct value) * room);
    value.names = pool_allocate(pool, sizeof(char *) * room);
    for (const struct member *m = first; m != nullptr; m = m->next) {
        if (of_method && m->direction != direction)
            continue;
        value.names[value.count] = m->name.text;
        value.items[value.count++] = random_value(random, pool, m->type);
    }
    return value;
}

static struct value random_union(struct random *random, struct pool *pool, const struct declaration *declaration)
{
    struct value value = {.kind = VALUE_RECORD, .count = 1, .is_union = true};
    unsigned count = 0;
    for (const struct member *m = declaration->members.first; m != nullptr; m = m->next)
        count++;
    const struct member *member = declaration->members.first;
    for (unsigned i = random_below(random, count); i != 0; i--)
        member = member->next;
    value.items = pool_allocate(pool, sizeof(struct value));
    value.names = pool_allocate(pool, sizeof(char *));
    value.names[0] = member->name.text;
    value.items[0] = random_value(random, pool, member->type);
    return value;
}

static struct value random_handle(struct random *random, struct pool *pool)
{
    struct value value = {.kind = VALUE_RECORD, .count = 2};
    value.items = pool_allocate(pool, sizeof(struct value) * 2);
    value.names = pool_allocate(pool, sizeof(char *) * 2);
    value.names[0] = "handle";
    value.names[1] = "rights";
    for (unsigned i = 0; i < 2; i++)
        value.items[i] = (struct value){.kind = VALUE_INTEGER, .number = random_below(random, 8)};
    return value;
}

struct value random_value(struct random *random, struct pool *pool, const struct type *type)
{
    switch (type->core_handle ? TYPE_HANDLE : type->kind) {
    case TYPE_HANDLE:
        return random_handle(random, pool);
    case TYPE_STRING:
    case TYPE_BYTES:
        return random_text(random, pool, type->count);
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        return random_list(random, pool, type);
    case TYPE_STRUCT:
        return random_members(random, pool, type->declaration->members.first, false, DIRECTION_IN);
    case TYPE_UNION:
        return random_union(random, pool, type->declaration);
    default:
        return random_integer(random, type);
    }
}

struct value random_message(struct random *random, struct pool *pool, const struct method *method,
                            enum direction direction)
{
    return random_members(random, pool, method->parameters.first, true, direction);
}
