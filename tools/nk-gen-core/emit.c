/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <tools/nk-gen-core/emit.h>
#include <tools/nk/layout.h>
#include <tools/nk/parts.h>

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
    struct text *text;
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
    }
}

static void walk(struct emitter *emitter, const struct unit *core, part_visit *visit)
{
    emitter->ended = false;
    parts_walk(emitter->program->pool, core, visit, emitter);
}

void emit_core(struct program *program, const struct unit *core, const struct source *lacks, struct text *text)
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
    for (const struct missing *missing = emitter.missing; missing != nullptr; missing = missing->next)
        if (!missing->found)
            diagnostic_error(program->diagnostics, missing->name.at, "there is no endpoint or method '%s'",
                             missing->name.text);
}
