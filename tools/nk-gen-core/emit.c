/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <tools/nk-gen-core/emit.h>
#include <tools/nk/layout.h>
#include <tools/nk/parts.h>
#include <tools/nk/shapes.h>

#define HEADER_SIZE 24U
#define WORD        8U

/* A line of what the kernel lacks. */
struct missing {
    struct name name;
    bool found;
    struct missing *next;
};

struct emitter {
    struct program *program;
    struct missing *missing;
    struct text *text, endpoints;
    bool ended;     /* an endpoint was missing: what follows is, too */
    unsigned index; /* of the next method */
};

static struct missing *read_missing(struct pool *pool, const struct source *source)
{
    struct missing *first = nullptr;
    for (uint32_t at = 0; at < source->size;) {
        const char *line = source->text + at;
        uint32_t length = (uint32_t)strcspn(line, "\n"), name = (uint32_t)strcspn(line, "# \t\n");
        if (name != 0) {
            struct missing *missing = POOL_NEW(pool, struct missing);
            missing->name = (struct name){pool_copy(pool, line, name), {source, at, name}};
            missing->next = first;
            first = missing;
        }
        at += length + 1;
    }
    return first;
}

static bool is_missing(const struct emitter *emitter, const char *path, const char *method)
{
    size_t length = strlen(path);
    for (struct missing *missing = emitter->missing; missing != nullptr; missing = missing->next) {
        const char *name = missing->name.text;
        if (strncmp(name, path, length) == 0 &&
            (method == nullptr ? name[length] == '\0'
                               : name[length] == '.' && strcmp(name + length + 1, method) == 0)) {
            missing->found = true;
            return true;
        }
    }
    return false;
}

/* "kl.core.VMM" to "VMM", "kl.core.Thread" to "THREAD". */
static const char *upper_name(struct pool *pool, const struct unit *unit)
{
    const char *last = strrchr(unit->name.text, '.');
    last = last != nullptr ? last + 1 : unit->name.text;
    char *upper = pool_copy(pool, last, strlen(last));
    for (char *c = upper; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    return upper;
}

static void visit_endpoint(void *context, const struct part_endpoint *endpoint)
{
    struct emitter *emitter = context;
    emitter->ended |= is_missing(emitter, endpoint->path, nullptr);
    if (!emitter->ended)
        text_add(emitter->text, " \\\n    E(%s, \"%s\", \"%s\")",
                 upper_name(emitter->program->pool, endpoint->endpoint->unit), endpoint->path,
                 endpoint->endpoint->unit->name.text);
}

/* Parameters of one direction; each begins at a word, and takes whole ones. */
static void add_parameters(struct emitter *emitter, const struct method *method, enum direction direction)
{
    const char *between = direction == DIRECTION_OUT ? "-> " : "";
    uint64_t offset = HEADER_SIZE;
    for (const struct member *parameter = method->parameters.first; parameter != nullptr; parameter = parameter->next) {
        if (parameter->direction != direction)
            continue;
        if (parameter->offset != offset || parameter->type->size % WORD != 0)
            diagnostic_error(emitter->program->diagnostics, parameter->name.at,
                             "'%s' does not take whole words, as all parameters of the kernel's methods do",
                             parameter->name.text);
        offset += parameter->type->size;
        text_add(emitter->text, "%s%s", between, parameter->name.text);
        between = ", ";
    }
    text_add(emitter->text, "%s", offset != HEADER_SIZE ? " " : "");
}

static void emit_method(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    const struct message *request = &method->messages[DIRECTION_IN], *response = &method->messages[DIRECTION_OUT];
    text_add(emitter->text, " \\\n    /* ");
    add_parameters(emitter, method, DIRECTION_IN);
    add_parameters(emitter, method, DIRECTION_OUT);
    text_add(emitter->text, "*/ \\\n    X(%s, %s, %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64 ")",
             upper_name(emitter->program->pool, interface), method->name.text, (request->size - HEADER_SIZE) / WORD,
             request->arena_size, (response->size - HEADER_SIZE) / WORD, response->arena_size);
    if (method->has_error || request->handle_count != 0 || response->handle_count != 0)
        diagnostic_error(emitter->program->diagnostics, method->name.at,
                         "'%s' has error parameters or handles; methods of the kernel have none", method->name.text);
}

static void visit_methods(void *context, const struct part_endpoint *endpoint)
{
    struct emitter *emitter = context;
    emitter->ended |= is_missing(emitter, endpoint->path, nullptr);
    const struct unit *interface = endpoint->endpoint->unit;
    for (const struct method *method = interface->methods; method != nullptr && !emitter->ended;
         method = method->next) {
        if (is_missing(emitter, endpoint->path, method->name.text))
            break;
        emit_method(emitter, interface, method);
    }
}

static void visit_first(void *context, const struct part_endpoint *endpoint)
{
    struct emitter *emitter = context;
    emitter->ended |= is_missing(emitter, endpoint->path, nullptr);
    const struct unit *interface = endpoint->endpoint->unit;
    if (emitter->ended)
        return;
    text_add(emitter->text, "#define KOS_CORE_FIRST_%s %uU\n", upper_name(emitter->program->pool, interface),
             emitter->index);
    for (const struct method *method = interface->methods;
         method != nullptr && !is_missing(emitter, endpoint->path, method->name.text); method = method->next)
        emitter->index++;
}

/* Does a struct have words only, so that each has a name of its own? */
static bool has_words(const struct type *type)
{
    bool words = type->kind == TYPE_STRUCT;
    for (const struct member *m = words ? type->declaration->members.first : nullptr; m != nullptr; m = m->next)
        words &= m->type->size == WORD;
    return words;
}

/* One member of a struct of parts, and the number of its word. */
static void emit_part(struct emitter *emitter, const char *stem, uint64_t offset, const struct type *type,
                      const char *name)
{
    text_add(emitter->text, "    %s %s", type_is_chunk(type) ? "struct kos_chunk" : "unsigned long long", name);
    if (type->size != WORD)
        text_add(emitter->text, "[%" PRIu64 "]", type->size / WORD);
    text_add(emitter->text, ";\n#define %s_%s %" PRIu64 "\n", stem, name, (offset - HEADER_SIZE) / WORD);
}

/* The parameters of one direction, by name and by the number of their word. */
static void emit_parts(struct emitter *emitter, const char *method_name, const struct method *method,
                       enum direction direction, const char *suffix)
{
    struct pool *pool = emitter->program->pool;
    const char *stem = pool_print(pool, "KOS_CORE_%s_%s", method_name, suffix);
    uint64_t words = (method->messages[direction].size - HEADER_SIZE) / WORD;
    text_add(emitter->text, "#define KOS_WORDS_%s_%s %" PRIu64 "U\n", method_name, suffix, words);
    if (words == 0)
        return;
    text_add(emitter->text, "struct kos_core_%s_%s {\n", method_name, suffix);
    for (const struct member *p = method->parameters.first; p != nullptr; p = p->next) {
        if (p->direction != direction)
            continue;
        if (!has_words(p->type))
            emit_part(emitter, stem, p->offset, p->type, p->name.text);
        else
            for (const struct member *m = p->type->declaration->members.first; m != nullptr; m = m->next)
                emit_part(emitter, stem, p->offset + m->offset, m->type,
                          pool_print(pool, "%s_%s", p->name.text, m->name.text));
    }
    text_add(emitter->text, "};\n");
}

static void visit_parts(void *context, const struct part_endpoint *endpoint)
{
    struct emitter *emitter = context;
    emitter->ended |= is_missing(emitter, endpoint->path, nullptr);
    const struct unit *interface = endpoint->endpoint->unit;
    const char *upper = upper_name(emitter->program->pool, interface);
    for (const struct method *method = interface->methods;
         method != nullptr && !emitter->ended && !is_missing(emitter, endpoint->path, method->name.text);
         method = method->next) {
        const char *name = pool_print(emitter->program->pool, "%s_%s", upper, method->name.text);
        text_add(emitter->text, "\n/* %s:%u */\n", interface->place,
                 source_line_column(method->name.at.source, method->name.at.offset).line);
        emit_parts(emitter, name, method, DIRECTION_IN, "in");
        emit_parts(emitter, name, method, DIRECTION_OUT, "out");
    }
}

/* A struct whose members are integers, as C has it; of others sizes and offsets only. */
static void emit_struct(struct emitter *emitter, const char *package, const struct declaration *d)
{
    static const char *const types[] = {[1] = "char", [2] = "short", [4] = "int", [8] = "long long"};
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        if (member->type->kind != TYPE_INTEGER)
            return;
    text_add(emitter->text, "struct kos_idl_%s_%s {\n", package, d->name.text);
    for (const struct member *member = d->members.first; member != nullptr; member = member->next)
        text_add(emitter->text, "    %s %s %s;\n", member->type->is_signed ? "signed" : "unsigned",
                 types[member->type->size], member->name.text);
    text_add(emitter->text, "};\n");
}

/* Constants and structs of a package. */
static void emit_package(struct emitter *emitter, const struct unit *package)
{
    const char *name = upper_name(emitter->program->pool, package);
    for (const struct declaration *d = package->declarations; d != nullptr; d = d->next) {
        if (d->kind == DECLARATION_CONST)
            text_add(emitter->text, "#define KOS_IDL_%s_%s %" PRIi64 "\n", name, d->name.text, (int64_t)d->value);
        if (d->kind != DECLARATION_STRUCT)
            continue;
        text_add(emitter->text, "#define KOS_IDL_%s_%s_size %" PRIu64 "\n", name, d->name.text, d->size);
        for (const struct member *member = d->members.first; member != nullptr; member = member->next)
            text_add(emitter->text, "#define KOS_IDL_%s_%s_%s_offset %" PRIu64 "\n", name, d->name.text,
                     member->name.text, member->offset);
        emit_struct(emitter, name, d);
    }
}

/* Its methods from the first missing one on are taken out. */
static void leave_out(const struct emitter *emitter, const char *path, struct unit *interface)
{
    interface->method_count = 0;
    for (struct method **link = &interface->methods; *link != nullptr; link = &(*link)->next) {
        if (is_missing(emitter, path, (*link)->name.text)) {
            *link = nullptr;
            return;
        }
        interface->method_count++;
    }
}

static void visit_shapes(void *context, const struct part_endpoint *endpoint)
{
    struct emitter *emitter = context;
    emitter->ended |= is_missing(emitter, endpoint->path, nullptr);
    if (emitter->ended)
        return;
    struct unit *interface = endpoint->endpoint->unit;
    leave_out(emitter, endpoint->path, interface);
    shapes_interface(emitter->program, interface, emitter->text);
    text_add(&emitter->endpoints, "    {.name = \"%s\", .interface = &%s_ksm},\n", endpoint->path, interface->prefix);
    emitter->index++;
}

static void walk(struct emitter *emitter, const struct unit *core, part_visit *visit)
{
    emitter->ended = false;
    parts_walk(emitter->program->pool, core, visit, emitter);
}

void emit_core(struct program *program, const struct unit *core, const struct source *lacks, struct text *text,
               struct text *shapes)
{
    struct emitter emitter = {.program = program, .missing = read_missing(program->pool, lacks), .text = text};
    text_add(text, "/* Written by nk-gen-core from %s: changes here are lost. */\n#pragma once\n\n", core->place);
    text_add(text, "#define KOS_CORE_CLASS \"%s\"\n\n#define KOS_CORE_ENDPOINTS(E)", core->name.text);
    walk(&emitter, core, visit_endpoint);
    text_add(text, "\n\n#define KOS_CORE_METHODS(X)");
    walk(&emitter, core, visit_methods);
    text_add(text, "\n\n");
    walk(&emitter, core, visit_first);
    text_add(text, "\n");
    for (const struct unit *unit = program->units; unit != nullptr; unit = unit->next)
        if (unit->language == LANGUAGE_IDL)
            emit_package(&emitter, unit);
    walk(&emitter, core, visit_parts);
    emitter.text = shapes;
    emitter.index = 0;
    text_add(shapes,
             "/* Written by nk-gen-core from %s: changes here are lost. */\n#pragma once\n#pragma GCC system_header\n"
             "#include <ksm/policy.h>\n",
             core->place);
    walk(&emitter, core, visit_shapes);
    text_add(shapes, "\nconst struct ksm_endpoint ksm_core_endpoints[] = {\n%s};\n", emitter.endpoints.bytes);
    text_add(shapes, "const u32 ksm_core_endpoint_count = %u;\n", emitter.index);
    text_free(&emitter.endpoints);
    for (const struct missing *missing = emitter.missing; missing != nullptr; missing = missing->next)
        if (!missing->found)
            diagnostic_error(program->diagnostics, missing->name.at, "there is no endpoint or method '%s'",
                             missing->name.text);
}
