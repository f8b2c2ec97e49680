/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of a test case as the bytes of a message. */
#include <string.h>
#include <tools/nk-psl-gen-c/emit_test.h>
#include <tools/nk/layout.h>

#define HEADER_SIZE 24U

struct encoder {
    struct pool *pool;
    struct test_variables *variables;
    struct test_message *message;
};

/* Where a value goes. */
struct place {
    bool arena;
    uint64_t offset;
};

static void encode(struct encoder *encoder, const struct type *type, const struct psl_expression *e,
                   struct place place);

static char *bytes_at(struct encoder *encoder, struct place place)
{
    struct text *text = place.arena ? &encoder->message->arena : &encoder->message->constant_part;
    return text->bytes + place.offset;
}

static void zeros(struct text *text, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        text_add_bytes(text, "", 1);
}

static void note_sid(struct encoder *encoder, const char *where, uint64_t place, unsigned size, const char *name,
                     uint64_t value)
{
    unsigned variable = name != nullptr ? test_variable(encoder->variables, name) : 0;
    text_add(&encoder->message->sids, "    {%s, %llu, %u, %u, %llu},\n", where, (unsigned long long)place, size,
             variable, (unsigned long long)value);
    encoder->message->sid_count++;
}

static void encode_integer(struct encoder *encoder, unsigned bits, const struct psl_expression *e, struct place place)
{
    if (e == nullptr)
        return;
    if (e->operation == PSL_VARIABLE) {
        note_sid(encoder, place.arena ? "KSM_TEST_ARENA" : "KSM_TEST_CONSTANT", place.offset, bits / 8, e->name.text,
                 0);
        return;
    }
    uint64_t number = (uint64_t)e->number;
    memcpy(bytes_at(encoder, place), &number, bits / 8);
}

static const struct psl_expression *item_of(const struct psl_expression *record, const char *name)
{
    if (record != nullptr && record->operation == PSL_RECORD)
        for (const struct psl_item *item = record->items.first; item != nullptr; item = item->next)
            if (strcmp(item->key.text, name) == 0)
                return item->value;
    return nullptr;
}

static void encode_handle(struct encoder *encoder, const struct type *type, const struct psl_expression *e,
                          struct place place)
{
    bool record = e != nullptr && e->operation == PSL_RECORD;
    const struct psl_expression *handle = record ? item_of(e, "handle") : e;
    bool variable = handle != nullptr && handle->operation == PSL_VARIABLE;
    if (type->core_handle)
        encoder->message->handle_count = (unsigned)(place.offset / 8);
    if (!place.arena) {
        note_sid(encoder, "KSM_TEST_HANDLE", encoder->message->handle_count++, 4,
                 variable ? handle->name.text : nullptr, handle != nullptr && !variable ? (uint64_t)handle->number : 0);
    }
    if (record)
        encode_integer(encoder, 32, item_of(e, "rights"), (struct place){place.arena, place.offset + 4});
}

/* A fresh chunk in the arena, its descriptor at place. */
static struct place add_chunk(struct encoder *encoder, uint64_t size, uint64_t alignment, struct place place)
{
    struct text *arena = &encoder->message->arena;
    uint32_t descriptor[2] = {0, (uint32_t)size};
    if (size != 0) {
        zeros(arena, (alignment - arena->length % alignment) % alignment);
        descriptor[0] = (uint32_t)arena->length;
        zeros(arena, size);
    }
    memcpy(bytes_at(encoder, place), descriptor, sizeof(descriptor));
    return (struct place){true, descriptor[0]};
}

static void encode_text(struct encoder *encoder, const struct type *type, const struct psl_expression *e,
                        struct place place)
{
    bool list = e != nullptr && e->operation == PSL_LIST;
    uint64_t length = e == nullptr ? 0 : list ? e->items.count : strlen(e->text);
    bool terminated = type->kind == TYPE_STRING; /* an empty string has its terminator too, as senders write it */
    struct place bytes = add_chunk(encoder, length + terminated, 1, place);
    if (length != 0 && !list)
        memcpy(bytes_at(encoder, bytes), e->text, length);
    const struct psl_item *item = list ? e->items.first : nullptr;
    for (; item != nullptr; item = item->next, bytes.offset++)
        encode_integer(encoder, 8, item->value, bytes);
}

static void encode_elements(struct encoder *encoder, const struct type *type, const struct psl_expression *e,
                            struct place place)
{
    uint64_t size = type->element->size, count = e != nullptr ? e->items.count : 0;
    if (type->kind == TYPE_SEQUENCE) {
        size = chunk_element_size(type);
        place = add_chunk(encoder, size * count, type->element->alignment, place);
    } else {
        count = type->count;
    }
    const struct psl_item *item = e != nullptr ? e->items.first : nullptr;
    for (uint64_t i = 0; i < count; i++) {
        encode(encoder, type->element, item != nullptr ? item->value : nullptr,
               (struct place){place.arena, place.offset + i * size});
        item = item != nullptr ? item->next : nullptr;
    }
}

static void encode_union(struct encoder *encoder, const struct declaration *declaration, const struct psl_expression *e,
                         struct place place)
{
    uint32_t tag = 0, number = 0;
    uint64_t start = declaration->alignment > 4 ? declaration->alignment : 4;
    const struct member *member = declaration->members.first;
    for (const struct member *m = member; m != nullptr; m = m->next, number++) {
        if (item_of(e, m->name.text) == nullptr)
            continue;
        member = m;
        tag = number;
    }
    memcpy(bytes_at(encoder, place), &tag, sizeof(tag));
    encode(encoder, member->type, item_of(e, member->name.text), (struct place){place.arena, place.offset + start});
}

static void encode(struct encoder *encoder, const struct type *type, const struct psl_expression *e, struct place place)
{
    switch (type->core_handle ? TYPE_HANDLE : type->kind) {
    case TYPE_HANDLE:
        encode_handle(encoder, type, e, place);
        break;
    case TYPE_STRING:
    case TYPE_BYTES:
        encode_text(encoder, type, e, place);
        break;
    case TYPE_ARRAY:
    case TYPE_SEQUENCE:
        encode_elements(encoder, type, e, place);
        break;
    case TYPE_STRUCT:
        for (const struct member *m = type->declaration->members.first; m != nullptr; m = m->next)
            encode(encoder, m->type, item_of(e, m->name.text), (struct place){place.arena, place.offset + m->offset});
        break;
    case TYPE_UNION:
        encode_union(encoder, type->declaration, e, place);
        break;
    default:
        encode_integer(encoder, type->bits, e, place);
        break;
    }
}

void test_message_make(struct pool *pool, const struct psl_test_case *test, struct test_variables *variables,
                       struct test_message *message)
{
    struct encoder encoder = {pool, variables, message};
    enum direction direction = psl_direction(test->event);
    *message = (struct test_message){.sid_count = 0};
    zeros(&message->constant_part, test->method->messages[direction].size - HEADER_SIZE);
    for (const struct member *m = test->method->parameters.first; m != nullptr; m = m->next)
        if (m->direction == direction)
            encode(&encoder, m->type, item_of(test->parameters, m->name.text),
                   (struct place){false, m->offset - HEADER_SIZE});
}

void test_message_free(struct test_message *message)
{
    text_free(&message->constant_part);
    text_free(&message->arena);
    text_free(&message->sids);
}
