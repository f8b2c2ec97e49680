/* SPDX-License-Identifier: Apache-2.0 */
/* CDL and EDL: security interface, endpoints, components. */
#include <string.h>
#include <tools/nk/check.h>

static void report_second(struct program *program, const struct reference *second, const struct reference *first,
                          const char *what)
{
    diagnostic_error(program->diagnostics, second->name.at, "a second %s '%s'", what, second->name.text);
    diagnostic_note(program->diagnostics, first->name.at, "the first is here");
}

static void check_names(struct program *program, struct table *names, struct references *list, const char *with_article,
                        const char *what)
{
    for (struct reference *reference = list->first; reference != nullptr; reference = reference->next) {
        check_no_underscore(program, reference->name, with_article);
        check_c_name(program, reference->name, with_article);
        if (strcmp(reference->name.text, "self") == 0)
            diagnostic_error(program->diagnostics, reference->name.at,
                             "%s cannot be called 'self': generated code uses that name", with_article);
        const struct reference *first = table_add(names, reference->name.text, reference);
        if (first != reference)
            report_second(program, reference, first, what);
    }
}

static void check_interface(struct program *program, const struct reference *reference)
{
    if (reference->unit == nullptr || reference->unit->has_interface)
        return;
    diagnostic_error(program->diagnostics, reference->target.at,
                     "package '%s' declares types only; expected an "
                     "interface",
                     reference->target.text);
    diagnostic_note(program->diagnostics, reference->unit->name.at, "the package is here");
}

static void take_maxima(struct unit *unit, const struct unit *part)
{
    for (unsigned direction = 0; direction < DIRECTIONS; direction++) {
        if (part->handle_count[direction] > unit->handle_count[direction])
            unit->handle_count[direction] = part->handle_count[direction];
        if (part->arena_size[direction] > unit->arena_size[direction])
            unit->arena_size[direction] = part->arena_size[direction];
    }
}

void check_parts(struct program *program, struct unit *unit)
{
    struct table endpoint_names = {.pool = program->pool}, component_names = {.pool = program->pool};
    check_names(program, &endpoint_names, &unit->endpoints, "an endpoint", "endpoint");
    check_names(program, &component_names, &unit->components, "a component instance", "component instance");
    for (const struct reference *c = unit->components.first; c != nullptr; c = c->next) {
        const struct reference *e = table_get(&endpoint_names, c->name.text, strlen(c->name.text));
        if (e == nullptr)
            continue;
        diagnostic_error(program->diagnostics, c->name.at, "component instance '%s' has the name of an endpoint",
                         c->name.text);
        diagnostic_note(program->diagnostics, e->name.at, "the endpoint is here");
    }
    struct reference *security = unit->security.first;
    if (security != nullptr && security->unit != nullptr) {
        check_interface(program, security);
        check_security_interface(program, security->unit, security->target.at);
        unit->security_count = 1;
    }
    uint64_t endpoints = 0, instances = 0;
    for (struct reference *e = unit->endpoints.first; e != nullptr; e = e->next) {
        check_interface(program, e);
        endpoints++;
        if (e->unit != nullptr)
            take_maxima(unit, e->unit);
    }
    for (struct reference *c = unit->components.first; c != nullptr; c = c->next) {
        if (c->unit == nullptr)
            continue;
        endpoints += c->unit->endpoint_count;
        instances += 1ULL + c->unit->instance_count;
        unit->security_count += c->unit->security_count;
        take_maxima(unit, c->unit);
    }
    if (endpoints > ENDPOINTS_MAX)
        diagnostic_error(program->diagnostics, unit->name.at, "%llu endpoints; %s has at most %u",
                         (unsigned long long)endpoints, language_noun[unit->language], ENDPOINTS_MAX);
    if (instances > INSTANCES_MAX)
        diagnostic_error(program->diagnostics, unit->name.at, "%llu component instances; %s has at most %u",
                         (unsigned long long)instances, language_noun[unit->language], INSTANCES_MAX);
    unit->instance_count = (unsigned)(instances > INSTANCES_MAX ? INSTANCES_MAX : instances);
    unit->endpoint_count = (unsigned)(endpoints > ENDPOINTS_MAX ? ENDPOINTS_MAX : endpoints);
}
