/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of arenas for rules: in place where they lie in one piece, else copied into the transaction's scratch. */
#include <ksm/cpu.h>

/* size bytes at offset of the arena, which holds them. */
static const void *piece(struct ksm_transaction *transaction, u64 offset, u32 size)
{
    const struct ksm_arena *arena = transaction->query->arena;
    u64 available;
    const void *bytes = arena->span(arena->context, offset, &available);
    if (bytes == nullptr || available >= size)
        return bytes;
    if (size > KSM_SCRATCH_SIZE - transaction->scratch_used)
        return nullptr;
    u8 *copy = transaction->memory->scratch + transaction->scratch_used;
    for (u32 done = 0; done < size;) {
        bytes = arena->span(arena->context, offset + done, &available);
        if (bytes == nullptr || available == 0)
            return nullptr;
        u32 part = available < size - done ? (u32)available : size - done;
        memcpy(copy + done, bytes, part);
        done += part;
    }
    /* Places stay aligned as in the arena: descriptors in elements are read by memcpy, so 8 is more than enough. */
    u64 used = transaction->scratch_used + round_up(size, 8);
    transaction->scratch_used = (u16)(used < KSM_SCRATCH_SIZE ? used : KSM_SCRATCH_SIZE);
    return copy;
}

/* Offset and size of the chunk, if they lie in the arena. */
static bool locate(const struct ksm_transaction *transaction, const u8 *place, u32 *offset, u32 *size)
{
    const struct ksm_arena *arena = transaction->query->arena;
    *offset = ksm_load_u32(place);
    *size = ksm_load_u32(place + 4);
    if (*size == 0)
        return true;
    return arena != nullptr && (u64)*offset + *size <= arena->size;
}

bool ksm_chunk(struct ksm_transaction *transaction, const u8 *place, struct ksm_text *chunk)
{
    u32 offset;
    *chunk = (struct ksm_text){"", 0};
    if (!locate(transaction, place, &offset, &chunk->length))
        return false;
    if (chunk->length != 0)
        chunk->bytes = piece(transaction, offset, chunk->length);
    return chunk->bytes != nullptr;
}

/* Of bytes up to the first NUL, size if there is none. */
static inline __attribute__((always_inline)) u32 length_of(const char *bytes, u32 size)
{
    u32 length = 0;
    for (u64 word; length + sizeof(word) <= size; length += sizeof(word)) {
        __builtin_memcpy(&word, bytes + length, sizeof(word));                 /* one load, not a call */
        if (((word - 0x0101010101010101U) & ~word & 0x8080808080808080U) != 0) /* there is a 0 in it */
            break;
    }
    while (length < size && bytes[length] != '\0')
        length++;
    return length;
}

#define BYTES_AT_ONCE 256U /* between two pauses: some 320 instructions */

[[gnu::noinline]] static u32 length_of_long(const char *bytes, u32 size)
{
    u32 length = 0;
    for (u32 some; length < size; length += some) {
        some = size - length < BYTES_AT_ONCE ? size - length : BYTES_AT_ONCE;
        u32 found = length_of(bytes + length, some);
        if (found < some)
            return length + found;
        ksm_pause();
    }
    return size;
}

bool ksm_chunk_text(struct ksm_transaction *transaction, const u8 *place, struct ksm_text *text)
{
    if (!ksm_chunk(transaction, place, text))
        return false;
    if (text->length == 0)
        return true;
    /* The string ends at its first NUL: what is behind it is not part of it. */
    u32 length = unlikely(text->length > BYTES_AT_ONCE) ? length_of_long(text->bytes, text->length)
                                                        : length_of(text->bytes, text->length);
    bool ended = length < text->length;
    text->length = length;
    return ended;
}

const u8 *ksm_chunk_element(struct ksm_transaction *transaction, const u8 *place, u64 index, u32 size)
{
    u32 offset, bytes;
    if (!locate(transaction, place, &offset, &bytes) || index >= bytes / size)
        return nullptr;
    return piece(transaction, offset + index * size, size);
}
