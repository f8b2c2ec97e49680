/* SPDX-License-Identifier: Apache-2.0 */
/* Where things lie in messages: natural alignment, the wire format of docs/abi.md. Types were checked. */
#pragma once
#include <tools/nk/syntax.h>

/* Chunk descriptor in the constant part; everything of variable size is one. */
static inline bool type_is_chunk(const struct type *type)
{
    return type->kind == TYPE_BYTES || type->kind == TYPE_STRING || type->kind == TYPE_SEQUENCE;
}

/* Sizes of one element of a chunk, and of the chunk at most (saturating). */
uint64_t chunk_element_size(const struct type *type);
uint64_t chunk_size(const struct type *type);

/* Offsets of members, one behind the other from start; returns the end (not rounded), *alignment at least as it was. */
uint64_t layout_members(struct member *first, uint64_t start, uint64_t *alignment);
/* Parameters of one direction: offsets, and the message's sizes and handle count. */
void layout_message(const struct method *method, enum direction direction, struct message *message);

/* Calls visit for each chunk descriptor and each handle of a value of type at offset. What is in unions and in arenas
 * is not visited: where it is depends on data. */
typedef void layout_visit(void *context, const struct type *type, uint64_t offset);
void layout_walk(const struct type *type, uint64_t offset, layout_visit *visit, void *context);

/* What a type needs in an arena; its parts were checked. */
struct need layout_need(const struct type *type);
/* Of members side by side, or (is_union) of the worst of them. */
struct need layout_need_members(const struct member *first, bool is_union);
/* Arena bytes that suffice for a message, in whatever order its chunks are allocated. */
uint64_t layout_arena_size(const struct method *method, enum direction direction);
/* True if a value of type has a chunk anywhere in its constant part. */
static inline bool type_has_chunk(const struct type *type)
{
    return type->need.chunks != 0;
}
