/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-gen-c/check.h>
#include <tools/nk-gen-c/layout.h>

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
    else if (type->kind == TYPE_ARRAY && (type_has_chunk(type) || type_holds(type, TYPE_HANDLE)))
        for (uint64_t i = 0; i < type->count; i++)
            layout_walk(type->element, offset + i * type->element->size, visit, context);
    else if (type->kind == TYPE_STRUCT)
        for (const struct member *member = type->declaration->members.first; member != nullptr; member = member->next)
            layout_walk(member->type, offset + member->offset, visit, context);
}

bool type_holds(const struct type *type, enum type_kind kind)
{
    if (type->kind == kind)
        return true;
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_SEQUENCE)
        return type_holds(type->element, kind);
    if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION)
        for (const struct member *member = type->declaration->members.first; member != nullptr; member = member->next)
            if (type_holds(member->type, kind))
                return true;
    return false;
}

bool type_has_chunk(const struct type *type)
{
    return type_holds(type, TYPE_BYTES) || type_holds(type, TYPE_STRING) || type_holds(type, TYPE_SEQUENCE);
}

struct arena_need {
    uint64_t alignment; /* first pass: the largest of all chunks */
    uint64_t chunks, bytes;
};

/* times: how many values of type there are at most. */
static void need(const struct type *type, uint64_t times, struct arena_need *total)
{
    if (type_is_chunk(type)) {
        uint64_t own = chunk_alignment(type);
        total->chunks = add(total->chunks, times);
        total->bytes = add(total->bytes, multiply(times, round_up(chunk_size(type), total->alignment)));
        total->alignment = own > total->alignment ? own : total->alignment;
        if (type->kind == TYPE_SEQUENCE)
            need(type->element, multiply(times, type->count), total);
    } else if (type->kind == TYPE_ARRAY) {
        need(type->element, multiply(times, type->count), total);
    } else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) {
        struct arena_need most = *total;
        for (const struct member *member = type->declaration->members.first; member != nullptr; member = member->next) {
            struct arena_need one = *total;
            need(member->type, times, &one);
            if (type->kind == TYPE_STRUCT) {
                *total = one;
                continue;
            }
            most.alignment = one.alignment > most.alignment ? one.alignment : most.alignment;
            most.chunks = one.chunks > most.chunks ? one.chunks : most.chunks;
            most.bytes = one.bytes > most.bytes ? one.bytes : most.bytes;
        }
        if (type->kind == TYPE_UNION)
            *total = most;
    }
}

/* With every chunk rounded up to the largest alignment, any order of allocation fits: each begins at most where the sum
 * of the rounded sizes before it ends. */
uint64_t layout_arena_size(const struct method *method, enum direction direction)
{
    struct arena_need total = {.alignment = 1};
    for (unsigned pass = 0; pass < 2; pass++) {
        total.chunks = total.bytes = 0;
        for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
            if (p->direction == direction)
                need(p->type, 1, &total);
        if (total.chunks < 2)
            break; /* one chunk begins at 0 */
    }
    return total.bytes;
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
        if (type_holds(p->type, TYPE_HANDLE))
            layout_walk(p->type, 0, count_handle, message);
    }
    message->size = round_up(message->size, 8);
    message->arena_size = layout_arena_size(method, direction);
}
