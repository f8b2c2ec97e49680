/* SPDX-License-Identifier: Apache-2.0 */
/* Values as bytes of messages. */
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/compare/random.h>
#include <tools/nk/layout.h>

#define HEADER_SIZE 24U

/* Where in the message a value goes: constant part or arena. */
static void encode(struct encoded *out, const struct type *type, const struct value *value, unsigned char *place);

/* size bytes of the arena; *offset: where. */
static unsigned char *reserve(struct encoded *out, uint64_t size, uint64_t alignment, uint32_t *offset)
{
    out->arena_size = (uint32_t)((out->arena_size + alignment - 1) & ~(alignment - 1));
    *offset = out->arena_size;
    if (out->arena_size + size > sizeof(out->arena))
        abort();
    out->arena_size += (uint32_t)size;
    return out->arena + *offset;
}

static void encode_chunk(struct encoded *out, const struct type *type, const struct value *value, unsigned char *place)
{
    bool list = type->kind == TYPE_SEQUENCE;
    uint64_t size = list ? value->count * chunk_element_size(type) : value->length;
    if (type->kind == TYPE_STRING && value->length != 0)
        size++; /* the terminator; without any byte a text is empty too */
    uint32_t descriptor[2] = {0, (uint32_t)size};
    if (size != 0) {
        unsigned char *bytes = reserve(out, size, list ? type->element->alignment : 1, &descriptor[0]);
        memset(bytes, 0, size);
        if (!list)
            memcpy(bytes, value->text, value->length);
        for (size_t i = 0; list && i < value->count; i++)
            encode(out, type->element, &value->items[i], bytes + i * chunk_element_size(type));
    }
    memcpy(place, descriptor, sizeof(descriptor));
}

static void encode_handle(struct encoded *out, const struct type *type, const struct value *value, unsigned char *place)
{
    if (type->core_handle)
        out->sid_count = (uint32_t)(place - out->constant_part) / 8;
    uint32_t parts[2] = {0x1000 + out->sid_count, (uint32_t)value->items[1].number};
    memcpy(place, parts, sizeof(parts));
    out->sids[out->sid_count++] = (uint32_t)value->items[0].number;
}

static void encode_union(struct encoded *out, const struct declaration *declaration, const struct value *value,
                         unsigned char *place)
{
    uint32_t tag = 0;
    uint64_t start = declaration->alignment > 4 ? declaration->alignment : 4;
    const struct member *member = declaration->members.first;
    for (; strcmp(member->name.text, value->names[0]) != 0; member = member->next)
        tag++;
    memcpy(place, &tag, sizeof(tag));
    encode(out, member->type, &value->items[0], place + start);
}

static void encode(struct encoded *out, const struct type *type, const struct value *value, unsigned char *place)
{
    size_t i = 0;
    uint64_t number = (uint64_t)value->number;
    switch (type->core_handle ? TYPE_HANDLE : type->kind) {
    case TYPE_HANDLE:
        encode_handle(out, type, value, place);
        break;
    case TYPE_STRING:
    case TYPE_BYTES:
    case TYPE_SEQUENCE:
        encode_chunk(out, type, value, place);
        break;
    case TYPE_ARRAY:
        for (; i < value->count; i++)
            encode(out, type->element, &value->items[i], place + i * type->element->size);
        break;
    case TYPE_STRUCT:
        for (const struct member *m = type->declaration->members.first; m != nullptr; m = m->next, i++)
            encode(out, m->type, &value->items[i], place + m->offset);
        break;
    case TYPE_UNION:
        encode_union(out, type->declaration, value, place);
        break;
    default:
        memcpy(place, &number, type->bits / 8);
        break;
    }
}

void encode_message(struct encoded *encoded, const struct method *method, enum direction direction,
                    const struct value *message)
{
    size_t i = 0;
    memset(encoded, 0, sizeof(*encoded));
    encoded->constant_size = (uint32_t)(method->messages[direction].size - HEADER_SIZE);
    for (const struct member *m = method->parameters.first; m != nullptr; m = m->next)
        if (m->direction == direction)
            encode(encoded, m->type, &message->items[i++], encoded->constant_part + m->offset - HEADER_SIZE);
}
