/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/emit.h>
#include <tools/nk/shapes.h>

void emit_line(struct emitter *emitter, const char *format, ...)
{
    va_list arguments;
    for (unsigned i = 0; i < emitter->indent; i++)
        text_add(&emitter->code, "    ");
    va_start(arguments, format);
    text_add_list(&emitter->code, format, arguments);
    va_end(arguments);
    text_add(&emitter->code, "\n");
}

const char *emit_print(struct emitter *emitter, const char *format, ...)
{
    va_list arguments;
    struct text text = {0};
    va_start(arguments, format);
    text_add_list(&text, format, arguments);
    va_end(arguments);
    const char *copy = pool_copy(emitter->policy->pool, text.bytes, text.length);
    text_free(&text);
    return copy;
}

const char *emit_name(struct emitter *emitter)
{
    return emit_print(emitter, "t%u", emitter->local++);
}

void emit_when(struct emitter *emitter, const char *condition)
{
    emit_line(emitter, "if (%s)", condition);
    emit_line(emitter, "    goto behind%u;", emitter->behind);
    emitter->goes_behind = true;
}

void emit_unless(struct emitter *emitter, const char *condition)
{
    emit_when(emitter, emit_print(emitter, "!(%s)", condition));
}

const char *emit_quoted(struct emitter *emitter, const char *text)
{
    struct text quoted = {0};
    text_add(&quoted, "\"");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '?')
            text_add(&quoted, "\\%03o", c);
        else
            text_add_bytes(&quoted, text, 1);
    }
    text_add(&quoted, "\"");
    const char *copy = pool_copy(emitter->policy->pool, quoted.bytes, quoted.length);
    text_free(&quoted);
    return copy;
}

const char *emit_place(struct emitter *emitter, struct location at)
{
    if (at.source == nullptr)
        return "nowhere";
    struct line_column place = source_line_column(at.source, at.offset);
    return emit_print(emitter, "%s:%u:%u", at.source->path, place.line, place.column);
}

const char *emit_source(struct emitter *emitter, struct location at, unsigned length)
{
    const char *source = at.source->text + at.offset;
    char *copy = pool_copy(emitter->policy->pool, source, length);
    for (unsigned i = 0; i < length; i++) {
        char c = source[i];
        if ((c == '*' && source[i + 1] == '/') || (c == '/' && source[i + 1] == '*'))
            c = '+';
        if (c == '\\' || (unsigned char)c < ' ' || (unsigned char)c >= 0x7f || c == '?')
            c = c == '\n' || c == '\t' || c == '\r' ? ' ' : '.';
        copy[i] = c;
    }
    return copy;
}

/* A class's endpoints, into its entry of the table. The kernel brings its own, by which it dispatches; their
 * definitions are for tests on the host. */
static void endpoints(struct emitter *emitter, const struct psl_class *class, struct unit *unit, struct text *table,
                      struct text *output)
{
    bool core = class->index == PSL_CLASS_CORE;
    text_add(output, "%s", core ? "#ifdef KSM_HOST\n" : "");
    shapes_class(&emitter->policy->program, unit, output);
    if (core)
        text_add(output,
                 "#define CORE_ENDPOINTS %s_ksm_endpoints\n"
                 "#define CORE_ENDPOINT_COUNT %s_ksm_endpoint_count\n"
                 "#define CORE_OWNERS %s_ksm_owners\n"
                 "#else\n"
                 "#define CORE_ENDPOINTS ksm_core_endpoints\n"
                 "#define CORE_ENDPOINT_COUNT KOS_CORE_RIIDS\n"
                 "#define CORE_OWNERS nullptr\n"
                 "#endif\n",
                 unit->prefix, unit->prefix, unit->prefix);
    if (core)
        text_add(table, ", .endpoints = CORE_ENDPOINTS, .endpoint_count = CORE_ENDPOINT_COUNT, .owners = CORE_OWNERS");
    else
        text_add(table,
                 ", .endpoints = %s_ksm_endpoints, .endpoint_count = %s_ksm_endpoint_count, .owners = %s_ksm_owners",
                 unit->prefix, unit->prefix, unit->prefix);
}

/* Shapes of every interface, and the endpoints of every class. */
static void classes(struct emitter *emitter, struct text *output)
{
    struct psl_policy *policy = emitter->policy;
    struct text table = {0};
    for (unsigned i = 0; i < policy->class_count; i++) {
        const struct psl_class *class = policy->classes[i];
        struct unit *unit =
            class->unit != nullptr ? program_find(&policy->program, LANGUAGE_EDL, class->unit->name.text) : nullptr;
        text_add(&table, "    {.name = \"%s\"", class->name);
        if (unit != nullptr && class->endpoint_count != 0)
            endpoints(emitter, class, unit, &table, output);
        for (unsigned j = 0; j < class->security_count; j++)
            shapes_interface(&policy->program, class->security[j].interface, output);
        if (class->security_count != 0) {
            text_add(output, "static const struct ksm_endpoint security_%u[] = {\n", i);
            for (unsigned j = 0; j < class->security_count; j++)
                text_add(output, "    {.name = \"%s\", .interface = &%s_ksm},\n", class->security[j].name,
                         class->security[j].interface->prefix);
            text_add(output, "};\n");
            text_add(&table, ", .security = security_%u, .security_count = %u", i, class->security_count);
        }
        text_add(&table, "},\n");
    }
    text_add(output, "\nstatic const struct ksm_class classes[] = {\n%s};\n", table.bytes);
    text_free(&table);
}

static void policy_table(const struct psl_policy *policy, const struct emitter *emitter, struct text *output)
{
    const struct psl_expression *level = policy->declarations.default_level;
    text_add(output,
             "static const struct ksm_decision_table table = {\n"
             "    .decisions = decisions, .rows = rows, .exceptions = exceptions, .class_count = %u,\n"
             "    .servers = {execute_servers, request_servers, response_servers, error_servers, security_servers},\n"
             "};\n\n"
             "static struct ksm_descriptor describe(enum ksm_event event, u32 source_class, u32 destination_class, u32 "
             "riid, u32 mid)\n"
             "{\n"
             "    const struct ksm_decision *decision =\n"
             "        ksm_decision_find(&table, event, source_class, destination_class, riid, mid);\n"
             "    return (struct ksm_descriptor){.verdict = decision->verdict, .decision = decision};\n"
             "}\n\n"
             "static const struct ksm_policy policy = {\n"
             "    .version = KSM_POLICY_VERSION, .classes = classes, .class_count = %u, .describe = describe,\n"
             "    .objects = objects, .object_count = %u, .audit_level = %u,\n"
             "};\n"
             "const struct ksm_policy *const ksm_policy = &policy;\n",
             policy->class_count, policy->class_count, emitter->object_count,
             level != nullptr ? (unsigned)level->number : 0);
}

void psl_emit(struct psl_policy *policy, struct psl_analysis *analysis, const char *path, struct text *output)
{
    struct emitter emitter = {.policy = policy, .analysis = analysis};
    text_add(output,
             "/* The security module of %s, written by nk-psl-gen-c. */\n"
             "#include <abi/core_methods.h>\n"
             "#include <ksm/decision_table.h>\n"
             "#include <ksm/models/models.h>\n"
             "#pragma clang diagnostic ignored \"-Wtautological-compare\" /* rules may say what is always so */\n"
             "#pragma clang diagnostic ignored \"-Wunused-macros\"\n",
             path);
    classes(&emitter, output);
    emit_objects(&emitter, output);
    emit_decisions(&emitter, output);
    policy_table(policy, &emitter, output);
    text_free(&emitter.globals);
    text_free(&emitter.code);
}
