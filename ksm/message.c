/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/ipc.h>
#include <ksm/message.h>

/* A value that is verified: at offset in bytes, or in the arena if that is null. Offsets wrap: those in a constant part
 * count from the header, which is not there. */
struct value {
    const u8 *bytes;
    u64 offset;
};

struct verification {
    const struct ksm_arena *arena;
    u64 budget; /* bytes of chunks that may still come */
};

static const void *flat_span(void *context, u64 offset, u64 *available)
{
    *available = ~0ULL;
    return (const u8 *)context + offset;
}

struct ksm_arena ksm_arena_flat(const void *bytes, u64 size)
{
    return (struct ksm_arena){.size = size, .span = flat_span, .context = (void *)(uintptr_t)bytes};
}

/* The caller has seen that [offset, offset + size) lies in the arena. */
static bool arena_read(const struct ksm_arena *arena, u64 offset, void *to, u64 size)
{
    u8 *bytes = to;
    while (size != 0) {
        u64 available;
        const void *from = arena->span(arena->context, offset, &available);
        if (from == nullptr)
            return false;
        u64 span = available < size ? available : size;
        memcpy(bytes, from, span);
        bytes += span, offset += span, size -= span;
    }
    return true;
}

/* size: constant */
static inline __attribute__((always_inline)) bool value_read(const struct verification *v, struct value value,
                                                             u32 offset, void *to, u64 size)
{
    if (value.bytes == nullptr)
        return arena_read(v->arena, value.offset + offset, to, size);
    __builtin_memcpy(to, value.bytes + (value.offset + offset), size);
    return true;
}

/*
 * UTF-8 as Unicode's table 3-7 has it: shortest forms, no surrogates, nothing above 10ffff. State is the number of
 * continuation bytes that must come, and the bounds of the next one.
 */
struct utf8 {
    u8 rest, low, high;
};

static bool utf8_first(struct utf8 *state, u8 byte)
{
    *state = (struct utf8){0, 0x80, 0xbf};
    if (byte < 0x80)
        return true;
    if (byte < 0xc2 || byte > 0xf4)
        return false;
    state->rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0)
        state->low = 0xa0;
    else if (byte == 0xed)
        state->high = 0x9f;
    else if (byte == 0xf0)
        state->low = 0x90;
    else if (byte == 0xf4)
        state->high = 0x8f;
    return true;
}

/* False: not UTF-8. *ended: the NUL came. */
static bool utf8_step(struct utf8 *state, u8 byte, bool *ended)
{
    if (state->rest == 0) {
        *ended = byte == 0;
        return utf8_first(state, byte);
    }
    if (byte < state->low || byte > state->high)
        return false;
    *state = (struct utf8){(u8)(state->rest - 1), 0x80, 0xbf};
    return true;
}

/* Bytes at the front, in whole words, that are characters of their own: neither NUL nor above 7f. */
static inline u64 plain(const u8 *bytes, u64 size)
{
    u64 count = 0;
    for (u64 word; count + sizeof(word) <= size; count += sizeof(word)) {
        __builtin_memcpy(&word, bytes + count, sizeof(word)); /* one load, not a call */
        /* Without a byte above 7f, subtracting 1 from each sets a highest bit only where there is a 0. */
        if (((word | (word - 0x0101010101010101U)) & 0x8080808080808080U) != 0)
            break;
    }
    return count;
}

static bool text_fits(const struct ksm_arena *arena, u64 offset, u64 size)
{
    struct utf8 state = {0};
    bool ended = size == 0;
    while (size != 0 && !ended) {
        u64 available;
        const u8 *bytes = arena->span(arena->context, offset, &available);
        if (bytes == nullptr)
            return false;
        u64 span = available < size ? available : size;
        for (u64 i = 0; i < span && !ended; i++) {
            if (state.rest == 0) {
                i += plain(bytes + i, span - i);
                while (i < span && bytes[i] - 1U < 0x7fU) /* what is left of a word */
                    i++;
            }
            if (i < span && !utf8_step(&state, bytes[i], &ended))
                return false;
        }
        offset += span, size -= span;
    }
    return ended;
}

static bool part_fits(struct verification *v, const struct ksm_part *part, struct value value);

static struct value value_at(struct value value, u64 offset)
{
    return (struct value){value.bytes, value.offset + offset};
}

static bool chunk_fits(struct verification *v, const struct ksm_chunk *chunk, const struct ksm_content *content,
                       struct value value)
{
    struct kos_chunk place;
    if (!value_read(v, value, chunk->offset, &place, sizeof(place)))
        return false;
    if (place.size > chunk->size_max || (u64)place.offset + place.size > v->arena->size ||
        place.size % chunk->element_size != 0 || place.size > v->budget)
        return false;
    v->budget -= place.size;
    if (content == nullptr)
        return true;
    if ((place.offset & content->align_mask) != 0)
        return false;
    if (content->text && !text_fits(v->arena, place.offset, place.size))
        return false;
    for (u64 at = 0; content->element != nullptr && at < place.size; at += chunk->element_size)
        if (!part_fits(v, content->element, (struct value){nullptr, place.offset + at}))
            return false;
    return true;
}

static bool union_fits(struct verification *v, const struct ksm_union *one, struct value value)
{
    u32 tag;
    if (!value_read(v, value, one->offset, &tag, sizeof(tag)) || tag >= one->member_count)
        return false;
    const struct ksm_part *member = one->members != nullptr ? one->members[tag] : nullptr;
    return member == nullptr || part_fits(v, member, value_at(value, one->offset));
}

static bool array_fits(struct verification *v, const struct ksm_array *array, struct value value)
{
    for (u64 i = 0; i < array->count; i++)
        if (!part_fits(v, array->element, value_at(value, array->offset + i * array->element_size)))
            return false;
    return true;
}

/* As deep as types nest: KSM_DEPTH_MAX. */
static bool part_fits(struct verification *v, const struct ksm_part *part, struct value value)
{
    for (u32 i = 0; i < part->chunk_count; i++)
        if (!chunk_fits(v, &part->chunks[i], part->contents != nullptr ? &part->contents[i] : nullptr, value))
            return false;
    for (u32 i = 0; i < part->union_count; i++)
        if (!union_fits(v, &part->unions[i], value))
            return false;
    for (u32 i = 0; i < part->array_count; i++)
        if (!array_fits(v, &part->arrays[i], value))
            return false;
    return true;
}

bool ksm_message_fits(const struct ksm_shape *shape, const void *constant_part, const struct ksm_arena *arena)
{
    struct verification v = {.arena = arena, .budget = arena->size};
    struct ksm_part whole = {.chunk_count = shape->chunk_count,
                             .union_count = shape->union_count,
                             .chunks = shape->chunks,
                             .contents = shape->contents,
                             .unions = shape->unions};
    return part_fits(&v, &whole, (struct value){constant_part, 0ULL - KOS_MESSAGE_HEADER_SIZE});
}
