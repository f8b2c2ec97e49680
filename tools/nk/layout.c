/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk/check.h>
#include <tools/nk/layout.h>

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}
static uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}
static uint64_t round_up(uint64_t value, uint64_t alignment)
{
    return value > UINT64_MAX - alignment ? UINT64_MAX : (value + alignment - 1) & ~(alignment - 1);
}

uint64_t chunk_element_size(const struct type *type)
{
    return type->kind == TYPE_SEQUENCE ? type->element->size : 1;
}
uint64_t chunk_size(const struct type *type)
{
    if (type->kind == TYPE_STRING)
        return type->count + 1;
    return multiply(type->count, chunk_element_size(type));
}
static uint64_t chunk_alignment(const struct type *type)
{
    return type->kind == TYPE_SEQUENCE ? type->element->alignment : 1;
}

uint64_t layout_members(struct member *first, uint64_t start, uint64_t *alignment)
{
    for (struct member *member = first; member != nullptr; member = member->next) {
        uint64_t own = member->type->alignment != 0 ? member->type->alignment : 1;
        start = round_up(start, own);
        member->offset = start;
        start = add(start, member->type->size);
        *alignment = own > *alignment ? own : *alignment;
    }
    return start;
}

void layout_walk(const struct type *type, uint64_t offset, layout_visit *visit, void *context)
{
    if (type_is_chunk(type) || type->kind == TYPE_HANDLE)
        visit(context, type, offset);
    else if (type->kind == TYPE_ARRAY && (type_has_chunk(type) || type->holds_handle))
        for (uint64_t i = 0; i < type->count; i++)
            layout_walk(type->element, offset + i * type->element->size, visit, context);
    else if (type->kind == TYPE_STRUCT && (type_has_chunk(type) || type->holds_handle))
        for (const struct member *member = type->declaration->members.first; member != nullptr; member = member->next)
            layout_walk(member->type, offset + member->offset, visit, context);
}

static unsigned shift_of(uint64_t alignment)
{
    unsigned shift = 0;
    while (shift < 3 && 1ULL << shift < alignment)
        shift++;
    return shift;
}

static void add_need(struct need *sum, const struct need *more, uint64_t times)
{
    sum->chunks = add(sum->chunks, multiply(times, more->chunks));
    for (unsigned i = 0; i < 4; i++)
        sum->bytes[i] = add(sum->bytes[i], multiply(times, more->bytes[i]));
    sum->alignment = more->alignment > sum->alignment ? more->alignment : sum->alignment;
}

struct need layout_need(const struct type *type)
{
    struct need need = {0};
    if (type_is_chunk(type)) {
        need.chunks = 1;
        need.alignment = shift_of(chunk_alignment(type));
        for (unsigned i = 0; i < 4; i++)
            need.bytes[i] = round_up(chunk_size(type), 1ULL << i);
    }
    if (type->kind == TYPE_SEQUENCE || type->kind == TYPE_ARRAY)
        add_need(&need, &type->element->need, type->count);
    else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        need = type->declaration->need;
    return need;
}

struct need layout_need_members(const struct member *first, bool is_union)
{
    struct need total = {0};
    for (const struct member *member = first; member != nullptr; member = member->next) {
        const struct need *one = &member->type->need;
        if (!is_union) {
            add_need(&total, one, 1);
            continue;
        }
        total.chunks = one->chunks > total.chunks ? one->chunks : total.chunks;
        total.alignment = one->alignment > total.alignment ? one->alignment : total.alignment;
        for (unsigned i = 0; i < 4; i++)
            total.bytes[i] = one->bytes[i] > total.bytes[i] ? one->bytes[i] : total.bytes[i];
    }
    return total;
}

/* With every chunk rounded up to the largest alignment, any order of allocation fits: each begins at most where the sum
 * of the rounded sizes before it ends. A single chunk begins at 0. */
uint64_t layout_arena_size(const struct method *method, enum direction direction)
{
    struct need total = {0};
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->direction == direction)
            add_need(&total, &p->type->need, 1);
    return total.bytes[total.chunks < 2 ? 0 : total.alignment];
}

static void count_handle(void *context, const struct type *type, uint64_t offset)
{
    struct message *message = context;
    (void)offset;
    if (type->kind == TYPE_HANDLE)
        message->handle_count++;
}

void layout_message(const struct method *method, enum direction direction, struct message *message)
{
    *message = (struct message){.size = MESSAGE_HEADER_SIZE};
    for (struct member *p = method->parameters.first; p != nullptr; p = p->next) {
        if (p->direction != direction)
            continue;
        uint64_t alignment = 1;
        struct member *next = p->next;
        p->next = nullptr;
        message->size = layout_members(p, message->size, &alignment);
        p->next = next;
        if (p->type->holds_handle)
            layout_walk(p->type, 0, count_handle, message);
    }
    message->size = round_up(message->size, 8);
    message->arena_size = layout_arena_size(method, direction);
}
