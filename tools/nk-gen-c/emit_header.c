/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a header's sections. */
#include <tools/nk-gen-c/emit.h>

/* Which groups of sections the options ask for; each needs the ones before it. */
struct groups {
    bool types, interface, endpoints, client, server;
};

static struct groups choose(const struct options *options)
{
    bool all = !options->types && !options->interface && !options->endpoints && !options->client && !options->server;
    struct groups groups = {.client = all || options->client, .server = all || options->server};
    groups.endpoints = all || options->endpoints || options->server;
    groups.interface = all || options->interface || groups.client || groups.server;
    groups.types = all || options->types || groups.interface;
    return groups;
}

static void emit_types_of(struct emitter *emitter, struct unit *package)
{
    if (package->emitted)
        return;
    package->emitted = true;
    for (const struct reference *import = package->imports.first; import != nullptr; import = import->next)
        emit_types_of(emitter, import->unit);
    emit_package(emitter, package);
}

/* Packages of all interfaces, then what the interfaces are; components before what holds them. */
static void emit_types_of_part(struct emitter *emitter, const struct unit *part)
{
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        emit_types_of(emitter, e->unit);
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        emit_types_of_part(emitter, c->unit);
}

static void emit_interface_once(struct emitter *emitter, struct unit *interface, struct groups groups, bool client)
{
    if (interface->emitted || !interface->has_interface)
        return;
    interface->emitted = true;
    if (groups.interface) {
        emit_interface(emitter, interface);
        emit_vtable(emitter, interface);
    }
    if (client && groups.client)
        emit_client(emitter, interface);
    if (groups.server)
        emit_server(emitter, interface);
}

static void emit_interfaces_of_part(struct emitter *emitter, const struct unit *part, struct groups groups)
{
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        emit_interface_once(emitter, e->unit, groups, false);
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        emit_interfaces_of_part(emitter, c->unit, groups);
}

static void emit_part(struct emitter *emitter, struct unit *part, struct groups groups)
{
    if (part->emitted)
        return;
    part->emitted = true;
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        emit_part(emitter, c->unit, groups);
    if (groups.endpoints)
        emit_component_endpoints(emitter, part);
    if (groups.endpoints && part->language == LANGUAGE_EDL)
        emit_task_endpoints(emitter, part);
    if (groups.server)
        emit_component_server(emitter, part);
    if (groups.server && part->language == LANGUAGE_EDL)
        emit_entity_server(emitter, part);
}

static void clear(struct program *program)
{
    for (struct unit *unit = program->units; unit != nullptr; unit = unit->next)
        unit->emitted = false;
}

void emit_header(struct program *program, const struct options *options, struct unit *main, struct text *text)
{
    struct emitter emitter = {.program = program, .options = options, .main = main, .text = text};
    struct groups groups = choose(options);
    emitter.names.pool = program->pool;
    emit(&emitter,
         "/* Written by nk-gen-c from %s: changes here are lost. */\n"
         "#pragma GCC diagnostic push\n"
         "#pragma GCC diagnostic ignored \"-Wpedantic\" /* unnamed structs in C++ */\n"
         "#pragma GCC diagnostic ignored \"-Wcast-qual\"\n"
         "#include <nk/transport.h>\n#include <nk/types.h>\n",
         main->place);
    if (options->trace_client != TRACE_NONE || options->trace_server != TRACE_NONE)
        emit(&emitter, "#include <nk/trace.h>\n");
    clear(program);
    if (main->language == LANGUAGE_IDL && groups.types)
        emit_types_of(&emitter, main);
    else if (groups.types)
        emit_types_of_part(&emitter, main);
    clear(program);
    if (main->language == LANGUAGE_IDL)
        emit_interface_once(&emitter, main, groups, true);
    else
        emit_interfaces_of_part(&emitter, main, groups);
    if (main->language != LANGUAGE_IDL)
        emit_part(&emitter, main, groups);
    clear(program);
    emit(&emitter, "\n#pragma GCC diagnostic pop\n");
}
