/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk/check.h>
#include <tools/nk/layout.h>
#include <tools/nk/parts.h>
#include <tools/nk/shapes.h>

static const char *const direction_name[DIRECTIONS] = {"req", "res", "err"};
static const char *const direction_field[DIRECTIONS] = {"request", "response", "error"};

/* The entries of one part while they are collected. */
struct part {
    struct shapes *shapes;
    struct text chunks, contents, unions, arrays, handles;
    unsigned chunk_count, union_count, array_count, handle_count;
    bool expand; /* arrays: each element becomes entries of its own */
    bool plain;  /* all chunks are bytes: contents say nothing */
    bool deep;
};

struct shapes {
    struct program *program;
    struct text *text;
    const char *stem; /* of nameless parts */
    unsigned serial;
};

/* A value of type has something to verify. */
static bool is_checked(const struct type *type)
{
    if (type_is_chunk(type) || type->kind == TYPE_UNION)
        return true;
    if (type->kind == TYPE_ARRAY)
        return is_checked(type->element);
    if (type->kind == TYPE_STRUCT)
        for (const struct member *m = type->declaration->members.first; m != nullptr; m = m->next)
            if (is_checked(m->type))
                return true;
    return false;
}

static void collect(struct part *part, const struct type *type, uint64_t offset);

static void part_free(struct part *part)
{
    text_free(&part->chunks);
    text_free(&part->contents);
    text_free(&part->unions);
    text_free(&part->arrays);
    text_free(&part->handles);
}

static void write_list(struct shapes *shapes, const char *type, const char *name, const char *what,
                       const struct text *entries)
{
    if (entries->length != 0)
        text_add(shapes->text, "static const %s %s_%s[] = {%s\n};\n", type, name, what, entries->bytes);
}

static void write_lists(struct shapes *shapes, const struct part *part, const char *name)
{
    write_list(shapes, "struct ksm_chunk", name, "chunks", &part->chunks);
    if (!part->plain)
        write_list(shapes, "struct ksm_content", name, "contents", &part->contents);
    write_list(shapes, "struct ksm_union", name, "unions", &part->unions);
    write_list(shapes, "struct ksm_array", name, "arrays", &part->arrays);
}

static void write_table(struct shapes *shapes, const struct part *part, const char *name)
{
    struct text *text = shapes->text;
    text_add(text, "static const struct ksm_part %s = {\n", name);
    if (part->chunk_count != 0)
        text_add(text, "    .chunk_count = %u, .chunks = %s_chunks,\n", part->chunk_count, name);
    if (!part->plain)
        text_add(text, "    .contents = %s_contents,\n", name);
    if (part->union_count != 0)
        text_add(text, "    .union_count = %u, .unions = %s_unions,\n", part->union_count, name);
    if (part->array_count != 0)
        text_add(text, "    .array_count = %u, .arrays = %s_arrays,\n", part->array_count, name);
    text_add(text, "};\n");
}

/* Writes the table of what a value of type holds; its name, or null if there is nothing to verify. */
static const char *write_part(struct shapes *shapes, const struct type *type)
{
    struct pool *pool = shapes->program->pool;
    if (!is_checked(type))
        return nullptr;
    bool named = type->kind == TYPE_STRUCT || type->kind == TYPE_UNION;
    if (named && type->declaration->part != nullptr)
        return type->declaration->part;
    struct part part = {.shapes = shapes, .plain = true};
    collect(&part, type, 0);
    const char *name =
        named ? pool_print(pool, "%s_%s_ksm", type->declaration->unit->prefix, type->declaration->name.text)
              : pool_print(pool, "%s_ksm_%u", shapes->stem, shapes->serial++);
    if (named)
        text_add(shapes->text, "\n#ifndef __%s__PART__\n#define __%s__PART__\n", name, name);
    write_lists(shapes, &part, name);
    write_table(shapes, &part, name);
    text_add(shapes->text, "%s", named ? "#endif\n" : "");
    part_free(&part);
    if (named)
        type->declaration->part = name;
    return name;
}

static void collect_chunk(struct part *part, const struct type *type, uint64_t offset)
{
    const char *element = type->kind == TYPE_SEQUENCE ? write_part(part->shapes, type->element) : nullptr;
    uint64_t alignment = type->kind == TYPE_SEQUENCE ? type->element->alignment : 1;
    /* handles do not travel in arenas: such a chunk must be empty */
    text_add(&part->chunks, "\n    {.offset = %llu, .size_max = %llu, .element_size = %llu},",
             (unsigned long long)offset, type->holds_handle ? 0ULL : (unsigned long long)chunk_size(type),
             (unsigned long long)chunk_element_size(type));
    text_add(&part->contents, "\n    {.align_mask = %llu", (unsigned long long)alignment - 1);
    if (type->kind == TYPE_STRING)
        text_add(&part->contents, ", .text = true");
    if (element != nullptr)
        text_add(&part->contents, ", .element = &%s", element);
    text_add(&part->contents, "},");
    part->chunk_count++;
    part->plain &= alignment == 1 && type->kind != TYPE_STRING && element == nullptr;
    part->deep |= type->kind == TYPE_STRING || element != nullptr;
}

/* A part that nothing fits: a union without members. For members that hold handles. */
static const char never[] = "#ifndef __KSM_NEVER__\n#define __KSM_NEVER__\n"
                            "static const struct ksm_union ksm_never_union = {.member_count = 0};\n"
                            "static const struct ksm_part ksm_never = {.union_count = 1, .unions = &ksm_never_union};\n"
                            "#endif\n";

/* Members lie behind the tag, where the union starts. */
static void collect_union(struct part *part, const struct type *type, uint64_t offset)
{
    struct shapes *shapes = part->shapes;
    const struct declaration *d = type->declaration;
    struct text members = {0};
    unsigned count = 0;
    bool any = false;
    for (const struct member *m = d->members.first; m != nullptr; m = m->next, count++) {
        const char *name = nullptr;
        if (m->type->holds_handle) {
            text_add(shapes->text, "%s", never);
            name = "ksm_never";
            any = true;
        } else if (is_checked(m->type)) {
            struct part inner = {.shapes = shapes, .plain = true};
            collect(&inner, m->type, d->alignment > 4 ? d->alignment : 4);
            name = pool_print(shapes->program->pool, "%s_ksm_%u", shapes->stem, shapes->serial++);
            write_lists(shapes, &inner, name);
            write_table(shapes, &inner, name);
            part_free(&inner);
            any = true;
        }
        text_add(&members, name != nullptr ? "%s&%s" : "%snullptr", count == 0 ? "" : ", ", name);
    }
    text_add(&part->unions, "\n    {.offset = %llu, .member_count = %u", (unsigned long long)offset, count);
    if (any) {
        const char *name = pool_print(shapes->program->pool, "%s_ksm_%u", shapes->stem, shapes->serial++);
        text_add(shapes->text, "static const struct ksm_part *const %s[] = {%s};\n", name, members.bytes);
        text_add(&part->unions, ", .members = %s", name);
    }
    text_add(&part->unions, "},");
    part->union_count++;
    part->deep = true;
    text_free(&members);
}

static void collect_array(struct part *part, const struct type *type, uint64_t offset)
{
    if (part->expand) {
        for (uint64_t i = 0; i < type->count && (is_checked(type->element) || type->element->holds_handle); i++)
            collect(part, type->element, offset + i * type->element->size);
        return;
    }
    const char *element = write_part(part->shapes, type->element);
    if (element == nullptr)
        return;
    text_add(&part->arrays, "\n    {.offset = %llu, .count = %llu, .element_size = %llu, .element = &%s},",
             (unsigned long long)offset, (unsigned long long)type->count, (unsigned long long)type->element->size,
             element);
    part->array_count++;
}

static void collect(struct part *part, const struct type *type, uint64_t offset)
{
    switch (type->kind) {
    case TYPE_BYTES:
    case TYPE_STRING:
    case TYPE_SEQUENCE:
        collect_chunk(part, type, offset);
        break;
    case TYPE_UNION:
        collect_union(part, type, offset);
        break;
    case TYPE_ARRAY:
        collect_array(part, type, offset);
        break;
    case TYPE_STRUCT:
        for (const struct member *m = type->declaration->members.first; m != nullptr; m = m->next)
            collect(part, m->type, offset + m->offset);
        break;
    case TYPE_HANDLE:
        text_add(&part->handles, "%s%llu", part->handle_count++ == 0 ? "\n    " : ", ", (unsigned long long)offset);
        break;
    case TYPE_INTEGER:
    case TYPE_NAMED:
    case TYPE_BROKEN:
        break;
    }
}

/* The kernel looks into at most MESSAGE_CHECKED_MAX bytes of parameters. */
static bool is_checkable(const struct method *method, enum direction direction)
{
    bool read = method->messages[direction].handle_count != 0;
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        read |= p->direction == direction && is_checked(p->type);
    return !read || method->messages[direction].size - MESSAGE_HEADER_SIZE <= MESSAGE_CHECKED_MAX;
}

/* The tables of one direction; the initializer of its shape goes to fields. */
static void write_shape(struct shapes *shapes, const struct unit *interface, const struct method *method,
                        enum direction direction, struct text *fields)
{
    const struct message *message = &method->messages[direction];
    if ((direction == DIRECTION_ERROR && !method->has_error) || !is_checkable(method, direction))
        return;
    struct part part = {.shapes = shapes, .expand = true, .plain = true};
    const char *name =
        pool_print(shapes->program->pool, "%s_%s_%s", interface->prefix, method->name.text, direction_name[direction]);
    shapes->stem = name;
    shapes->serial = 0;
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next)
        if (p->direction == direction)
            collect(&part, p->type, p->offset);
    write_lists(shapes, &part, name);
    write_list(shapes, "u32", name, "handle_offsets", &part.handles);
    text_add(fields, "\n        .%s = {.size = %llu", direction_field[direction], (unsigned long long)message->size);
    uint64_t rest = MESSAGE_SIZE_MAX - message->size; /* the kernel passes no more */
    if (message->arena_size != 0)
        text_add(fields, ", .arena_size = %llu",
                 (unsigned long long)(message->arena_size < rest ? message->arena_size : rest));
    if (part.handle_count != 0)
        text_add(fields, ", .handle_count = %u, .handle_offsets = %s_handle_offsets", part.handle_count, name);
    if (part.chunk_count != 0)
        text_add(fields, ", .chunk_count = %u, .chunks = %s_chunks", part.chunk_count, name);
    if (!part.plain)
        text_add(fields, ", .contents = %s_contents", name);
    if (part.union_count != 0)
        text_add(fields, ", .union_count = %u, .unions = %s_unions", part.union_count, name);
    text_add(fields, "%s},", part.deep ? ", .deep = true" : "");
    part_free(&part);
}

void shapes_interface(struct program *program, const struct unit *interface, struct text *text)
{
    struct shapes shapes = {.program = program, .text = text};
    struct text methods = {0};
    text_add(text, "\n#ifndef __%s__KSM__\n#define __%s__KSM__\n", interface->prefix, interface->prefix);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next) {
        text_add(&methods, "    { /* %s:%u */\n        .name = \"%s\",", interface->place,
                 source_line_column(method->name.at.source, method->name.at.offset).line, method->name.text);
        for (unsigned direction = 0; direction < DIRECTIONS; direction++)
            write_shape(&shapes, interface, method, direction, &methods);
        text_add(&methods, "\n    },\n");
    }
    if (interface->methods != nullptr)
        text_add(text, "static const struct ksm_method %s_ksm_methods[] = {\n%s};\n", interface->prefix, methods.bytes);
    text_add(text, "static const struct ksm_interface %s_ksm = {.name = \"%s\"", interface->prefix,
             interface->name.text);
    if (interface->methods != nullptr)
        text_add(text, ", .methods = %s_ksm_methods, .method_count = %llu", interface->prefix,
                 (unsigned long long)interface->method_count);
    text_add(text, "};\n#endif\n");
    text_free(&methods);
}

struct class_walk {
    struct program *program;
    struct text *text, endpoints, owners;
};

static void visit_interface(void *context, const struct part_endpoint *endpoint)
{
    struct class_walk *walk = context;
    struct unit *interface = endpoint->endpoint->unit;
    if (!interface->emitted)
        shapes_interface(walk->program, interface, walk->text);
    interface->emitted = true;
    text_add(&walk->endpoints, "    {.name = \"%s\", .interface = &%s_ksm}, /* %s:%u */\n", endpoint->path,
             interface->prefix, endpoint->owner->place,
             source_line_column(endpoint->endpoint->name.at.source, endpoint->endpoint->name.at.offset).line);
    text_add(&walk->owners, "    \"%s\",\n", endpoint->owner->name.text);
}

static void clear(struct program *program)
{
    for (struct unit *unit = program->units; unit != nullptr; unit = unit->next) {
        unit->emitted = false;
        for (struct declaration *d = unit->declarations; d != nullptr; d = d->next)
            d->part = nullptr;
    }
}

void shapes_class(struct program *program, struct unit *class, struct text *text)
{
    struct class_walk walk = {.program = program, .text = text};
    clear(program);
    parts_walk(program->pool, class, visit_interface, &walk);
    clear(program);
    text_add(text, "\n#ifndef __%s__KSM_ENDPOINTS__\n#define __%s__KSM_ENDPOINTS__\n", class->prefix, class->prefix);
    text_add(text, "static const struct ksm_endpoint %s_ksm_endpoints[] = {\n%s};\n", class->prefix,
             walk.endpoints.length != 0 ? walk.endpoints.bytes : "    {.name = nullptr},\n");
    text_add(text, "static const char *const %s_ksm_owners[] = {\n%s};\n", class->prefix,
             walk.owners.length != 0 ? walk.owners.bytes : "    nullptr,\n");
    text_add(text, "enum { %s_ksm_endpoint_count = %u };\n#endif\n", class->prefix, class->endpoint_count);
    text_free(&walk.endpoints);
    text_free(&walk.owners);
}
