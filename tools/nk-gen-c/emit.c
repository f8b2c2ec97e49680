/* SPDX-License-Identifier: Apache-2.0 */
/* Text, sections, names and types of the generated header. */
#include <string.h>
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/layout.h>

void emit(struct emitter *emitter, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_add_list(emitter->text, format, arguments);
    va_end(arguments);
}

/* Guards double the underscore at a dot: packages that differ in '.' and '_' stay apart. */
static const char *guard(struct emitter *emitter, const char *name, const char *what)
{
    struct text text = {0};
    text_add(&text, "__");
    for (; *name != '\0'; name++)
        text_add(&text, *name == '.' ? "__" : "%c", *name);
    text_add(&text, "__%s__", what);
    const char *copy = pool_copy(emitter->program->pool, text.bytes, text.length);
    text_free(&text);
    return copy;
}

void emit_section(struct emitter *emitter, const char *name, const char *what)
{
    emitter->section_guard = guard(emitter, name, what);
    emitter->section_before = emitter->names.last;
    emit(emitter, "\n#ifndef %s\n#define %s\n", emitter->section_guard, emitter->section_guard);
}

/* An interface's bare name is no macro if a method has that name too: it would rename the member of the ops table. */
static bool unqualified_clashes(const struct emitter *emitter, const char *name)
{
    if (strchr(name, '_') != nullptr)
        return false;
    for (const struct unit *unit = emitter->program->units; unit != nullptr; unit = unit->next)
        for (const struct method *method = unit->methods; method != nullptr; method = method->next)
            if (strcmp(method->name.text, name) == 0)
                return true;
    return false;
}

void emit_section_end(struct emitter *emitter)
{
    const struct c_name *name =
        emitter->section_before != nullptr ? emitter->section_before->next : emitter->names.first;
    const char *own_guard = pool_print(emitter->program->pool, "%sUNQUALIFIED__", emitter->section_guard);
    bool any = false;
    emit(emitter, "#endif\n");
    for (; name != nullptr; name = name->next) {
        if (name->stem == 0 || unqualified_clashes(emitter, name->text + name->stem))
            continue;
        if (!any)
            emit(emitter, "#if defined NK_USE_UNQUALIFIED_NAMES && !defined %s\n#define %s\n", own_guard, own_guard);
        any = true;
        emit(emitter, "#define %s %s\n", name->text + name->stem, name->text);
    }
    if (any)
        emit(emitter, "#endif\n");
}

const char *emit_claim(struct emitter *emitter, const struct unit *unit, struct location at, const char *suffix)
{
    const char *last = strrchr(unit->name.text, '.');
    size_t stem = last != nullptr ? (size_t)(last - unit->name.text) + 1 : 0;
    const char *name =
        suffix != nullptr ? pool_print(emitter->program->pool, "%s_%s", unit->prefix, suffix) : unit->prefix;
    c_names_claim(&emitter->names, emitter->program->diagnostics, at, name, stem);
    return name;
}

const char *emit_claim_print(struct emitter *emitter, const struct unit *unit, struct location at, const char *format,
                             ...)
{
    struct text text = {0};
    va_list arguments;
    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    const char *name = emit_claim(emitter, unit, at, text.bytes);
    text_free(&text);
    return name;
}

const char *emit_place(struct emitter *emitter, const struct unit *unit, struct location at)
{
    return pool_print(emitter->program->pool, "%s:%u", unit->place, source_line_column(at.source, at.offset).line);
}

const char *emit_type(struct emitter *emitter, const struct type *type)
{
    while (type->kind == TYPE_ARRAY)
        type = type->element;
    switch (type->kind) {
    case TYPE_INTEGER:
        return pool_print(emitter->program->pool, "nk_%cint%u_t", type->is_signed ? 's' : 'u', type->bits);
    case TYPE_HANDLE:
        return "nk_handle_desc_t";
    case TYPE_STRUCT:
    case TYPE_UNION:
        return pool_print(emitter->program->pool, "%s_%s", type->declaration->unit->prefix,
                          type->declaration->name.text);
    default:
        return "nk_ptr_t";
    }
}

const char *emit_dimensions(struct emitter *emitter, const struct type *type)
{
    const char *dimensions = "";
    for (; type->kind == TYPE_ARRAY; type = type->element)
        dimensions = pool_print(emitter->program->pool, "%s[%llu]", dimensions, (unsigned long long)type->count);
    return dimensions;
}

void emit_field(struct emitter *emitter, const char *indent, const struct member *member)
{
    emit(emitter, "%s__nk_alignas(%llu) %s %s%s;\n", indent, (unsigned long long)member->type->alignment,
         emit_type(emitter, member->type), member->name.text, emit_dimensions(emitter, member->type));
}

bool emit_traces(const struct emitter *emitter, enum trace trace, const struct unit *interface,
                 const struct method *method)
{
    const struct options *options = emitter->options;
    if (trace == TRACE_NONE || options->trace_method_count == 0)
        return trace != TRACE_NONE;
    for (unsigned i = 0; i < options->trace_method_count; i++) {
        const char *wanted = options->trace_methods[i], *last = strrchr(wanted, '.');
        if (strcmp(last != nullptr ? last + 1 : wanted, method->name.text) != 0)
            continue;
        if (last == nullptr || (strncmp(wanted, interface->name.text, (size_t)(last - wanted)) == 0 &&
                                interface->name.text[last - wanted] == '\0'))
            return true;
    }
    return false;
}
