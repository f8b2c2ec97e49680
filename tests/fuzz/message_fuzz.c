/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shape as a policy may bring it, and a message as a user may send it, against the rule in wide arithmetic. The
 * constant part is allocated to the byte: a read outside is found. Input: struct head, then the constant part. Its
 * `tame` bits bring one of them near what is valid, so that the others are reached.
 */
#include <ksm/ksm.h>
#include <ksm/verify.h>
#include <stdlib.h>

#define DESCRIPTORS 6U

struct head {
    u32 offsets[DESCRIPTORS];
    struct {
        u32 offset, size_max, element_size;
    } chunks[DESCRIPTORS];
    word info;
    u64 arena_size;
    u32 size, arena_max;
    u8 handle_count, chunk_count, tame;
};
#define TAME_INFO   1 /* the shape's size and handle count, but for one bit */
#define TAME_ARENA  2 /* less than 256 bytes */
#define TAME_SHAPE  4 /* descriptors near each other */
#define TAME_VALUES 8 /* chunks near the arena */

static void check(bool condition)
{
    if (!condition)
        __builtin_trap();
}

static bool chunks_fit_by_rule(const struct ksm_shape *shape, const u8 *constant_part, u64 arena_size)
{
    bool fit = true;
    for (u32 i = 0; i < shape->chunk_count; i++) {
        struct kos_chunk value;
        memcpy(&value, constant_part + shape->chunks[i].offset - KOS_MESSAGE_HEADER_SIZE, sizeof(value));
        fit = fit && value.size <= shape->chunks[i].size_max && value.size % shape->chunks[i].element_size == 0 &&
              (__int128)value.offset + value.size <= (__int128)arena_size;
    }
    return fit;
}

/* Descriptors one behind the other, or with a gap, or overlapping; the constant part ends about where they do. */
static void shape_tame(struct ksm_shape *shape, u32 *offsets, struct ksm_chunk *chunks)
{
    u32 end = KOS_MESSAGE_HEADER_SIZE;
    for (u32 i = 0; i < shape->handle_count; i++, end += 16)
        offsets[i] = end;
    for (u32 i = 0; i < shape->chunk_count; i++) {
        end += (chunks[i].offset & 6) == 2 ? 4U : (chunks[i].offset & 6) == 4 ? -4U : 0U;
        chunks[i].offset = end, chunks[i].element_size %= 9;
        end += sizeof(struct kos_chunk);
    }
    shape->size = (end + 7) / 8 * 8 + shape->size % 4 * 8 - 8;
    shape->arena_size %= KOS_MESSAGE_SIZE_MAX / 2;
}

/* A message that fits its shape. */
static void message(const struct ksm_shape *shape, u64 arena_size, const u8 *data, size_t size, bool tame)
{
    u64 payload = shape->size - KOS_MESSAGE_HEADER_SIZE;
    u8 *constant_part = malloc(payload);
    memset(constant_part, 0, payload);
    memcpy(constant_part, data, size < payload ? size : payload);
    for (u32 i = 0; tame && i < shape->chunk_count; i++) {
        struct kos_chunk value;
        u8 *place = constant_part + shape->chunks[i].offset - KOS_MESSAGE_HEADER_SIZE;
        memcpy(&value, place, sizeof(value));
        value.offset = (u32)((s32)value.offset % (s64)(arena_size + 2)); /* or negative: near the end of all offsets */
        value.size %= arena_size + 2;
        memcpy(place, &value, sizeof(value));
    }
    bool fits = ksm_chunks_fit(shape, constant_part, arena_size);
    check(fits == chunks_fit_by_rule(shape, constant_part, arena_size));
    for (u32 i = 0; i < shape->handle_count; i++) /* where the kernel writes: not over what it has verified */
        memset(constant_part + shape->handle_offsets[i] - KOS_MESSAGE_HEADER_SIZE, 0xff,
               sizeof(struct kos_handle_descriptor));
    check(ksm_chunks_fit(shape, constant_part, arena_size) == fits);
    free(constant_part);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct head head;
    struct ksm_chunk chunks[DESCRIPTORS] = {};
    if (size < sizeof(head))
        return 0;
    memcpy(&head, data, sizeof(head));
    data += sizeof(head), size -= sizeof(head);
    for (u32 i = 0; i < DESCRIPTORS; i++)
        chunks[i] = (struct ksm_chunk){.offset = head.chunks[i].offset,
                                       .size_max = head.chunks[i].size_max,
                                       .element_size = head.chunks[i].element_size};
    struct ksm_shape shape = {.size = head.size,
                              .arena_size = head.arena_max,
                              .handle_count = head.handle_count % (DESCRIPTORS + 1),
                              .handle_offsets = head.offsets,
                              .chunk_count = head.chunk_count % (DESCRIPTORS + 1),
                              .chunks = chunks};
    if ((head.tame & TAME_SHAPE) != 0)
        shape_tame(&shape, head.offsets, chunks);
    if (!ksm_shape_well_formed(&shape))
        return 0;
    u64 arena_size = (head.tame & TAME_ARENA) != 0 ? head.arena_size % 256 : head.arena_size;
    word info = (head.tame & TAME_INFO) != 0 ? KOS_INFO(1, 2, shape.size, shape.handle_count) : head.info;
    if ((head.tame & TAME_INFO) != 0 && (head.info & 64) != 0)
        info ^= 1ULL << (head.info % 64);
    u64 in_info = info >> KOS_INFO_SIZE_SHIFT & KOS_INFO_SIZE_MASK;
    u64 handles = info >> KOS_INFO_HANDLES_SHIFT & KOS_INFO_HANDLES_MASK;
    bool fits = ksm_shape_fits(&shape, info, arena_size);
    check(fits ==
          (in_info == shape.size && in_info != 0 && handles == shape.handle_count && arena_size <= shape.arena_size));
    if (fits && (shape.handle_count != 0 || shape.chunk_count != 0))
        message(&shape, arena_size, data, size, (head.tame & TAME_VALUES) != 0);
    return 0;
}
