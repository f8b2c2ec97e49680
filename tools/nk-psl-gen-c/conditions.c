/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors: their names resolved, and what they select. */
#include <string.h>
#include <tools/nk-psl-gen-c/class.h>

static void report_unknown_class(struct psl_policy *policy, struct name name)
{
    struct suggestion suggestion = {.wanted = name.text};
    for (unsigned i = 0; i < policy->class_count; i++)
        suggestion_offer(&suggestion, policy->classes[i]->name);
    diagnostic_error(policy->diagnostics, name.at, "there is no class '%s' in this policy; expected 'use EDL %s'",
                     name.text, name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
}

static void set_class(struct psl_policy *policy, struct psl_conditions *conditions, const struct psl_class **place,
                      struct name name, const char *selector)
{
    const struct psl_class *class = psl_find_class(policy, name.text);
    if (class == nullptr) {
        report_unknown_class(policy, name);
        conditions->broken = true;
    } else if (*place != nullptr && *place != class) {
        conditions->impossible = true;
        conditions->contradiction = selector;
    } else {
        *place = class;
    }
}

/* An interface or a component type that some class has. */
static const struct unit *find_unit(struct psl_policy *policy, struct psl_conditions *conditions, struct name name,
                                    bool interface)
{
    struct suggestion suggestion = {.wanted = name.text};
    for (const struct unit *unit = policy->program.units; unit != nullptr; unit = unit->next) {
        if (interface ? unit->language != LANGUAGE_IDL || !unit->has_interface : unit->language != LANGUAGE_CDL)
            continue;
        if (strcmp(unit->name.text, name.text) == 0)
            return unit;
        suggestion_offer(&suggestion, unit->name.text);
    }
    diagnostic_error(policy->diagnostics, name.at, "no class of this policy has %s '%s'",
                     interface ? "the interface" : "a component of type", name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
    conditions->broken = true;
    return nullptr;
}

static void set_interface(struct psl_policy *policy, struct psl_conditions *conditions, struct name name)
{
    const struct unit *unit = find_unit(policy, conditions, name, true);
    if (unit != nullptr && conditions->interface != nullptr && conditions->interface != unit) {
        conditions->impossible = true;
        conditions->contradiction = "interface";
    }
    conditions->interface = unit;
}

static void add_component(struct psl_policy *policy, struct psl_conditions *conditions, struct name name)
{
    const struct unit *unit = find_unit(policy, conditions, name, false);
    for (unsigned i = 0; i < conditions->component_count; i++)
        if (conditions->components[i] == unit)
            return;
    if (unit != nullptr && conditions->component_count == PSL_COMPONENTS_MAX) {
        diagnostic_error(policy->diagnostics, name.at, "more than %u components around one section",
                         PSL_COMPONENTS_MAX);
        conditions->broken = true;
    } else if (unit != nullptr) {
        conditions->components[conditions->component_count++] = unit;
    }
}

static void set_text(struct psl_conditions *conditions, const char **place, struct name name, const char *selector)
{
    if (*place != nullptr && strcmp(*place, name.text) != 0) {
        conditions->impossible = true;
        conditions->contradiction = selector;
    }
    *place = name.text;
}

static bool in_component(const struct psl_endpoint *endpoint, const struct unit *component)
{
    for (unsigned i = 0; i < endpoint->component_count; i++)
        if (endpoint->components[i] == component)
            return true;
    return false;
}

bool psl_conditions_hold(const struct psl_conditions *conditions, const struct psl_class *server,
                         const struct psl_endpoint *endpoint, const struct method *method)
{
    if (psl_server(conditions) != nullptr && psl_server(conditions) != server)
        return false;
    if (conditions->event == PSL_ERROR && !method->has_error)
        return false; /* it never answers so */
    if (conditions->interface != nullptr && conditions->interface != endpoint->interface)
        return false;
    if (conditions->endpoint != nullptr && strcmp(conditions->endpoint, endpoint->name) != 0)
        return false;
    if (conditions->method != nullptr && strcmp(conditions->method, method->name.text) != 0)
        return false;
    for (unsigned i = 0; i < conditions->component_count; i++)
        if (!in_component(endpoint, conditions->components[i]))
            return false;
    return true;
}

/* Endpoints that take part in events of this kind. */
static const struct psl_endpoint *endpoints_of(const struct psl_class *class, enum psl_event event, unsigned *count)
{
    *count = event == PSL_SECURITY ? class->security_count : event == PSL_EXECUTE ? 0 : class->endpoint_count;
    return event == PSL_SECURITY ? class->security : class->endpoints;
}

/* Number of methods that the conditions mean, counting one of all that are the same; *first: the first. */
static unsigned distinct_methods(const struct psl_policy *policy, const struct psl_conditions *conditions,
                                 const struct method **first)
{
    unsigned distinct = 0;
    *first = nullptr;
    const struct psl_class *server = psl_server(conditions);
    for (unsigned i = server != nullptr ? server->index : 0; i < policy->class_count; i++) {
        unsigned count;
        const struct psl_endpoint *endpoints = endpoints_of(policy->classes[i], conditions->event, &count);
        for (unsigned j = 0; j < count; j++) {
            for (const struct method *m = endpoints[j].interface->methods; m != nullptr; m = m->next) {
                if (m == *first || !psl_conditions_hold(conditions, policy->classes[i], &endpoints[j], m))
                    continue;
                *first = distinct++ == 0 ? m : *first;
                if (distinct > 1)
                    return distinct;
            }
        }
        if (server != nullptr)
            break;
    }
    return distinct;
}

const struct method *psl_single_method(const struct psl_policy *policy, const struct psl_conditions *conditions,
                                       bool *several)
{
    const struct method *method;
    *several = distinct_methods(policy, conditions, &method) > 1;
    return *several ? nullptr : method;
}

bool psl_conditions_possible(const struct psl_policy *policy, const struct psl_conditions *conditions)
{
    const struct method *method;
    if (conditions->impossible)
        return false;
    return conditions->event == PSL_EXECUTE || distinct_methods(policy, conditions, &method) != 0;
}

/* All names that the conditions without it would allow in its place: endpoints, or methods. */
static void suggest_names(const struct psl_policy *policy, const struct psl_conditions *without, bool methods,
                          struct suggestion *suggestion, const char **ending)
{
    for (unsigned i = 0; i < policy->class_count; i++) {
        unsigned count;
        const struct psl_endpoint *endpoints = endpoints_of(policy->classes[i], without->event, &count);
        for (unsigned j = 0; j < count; j++) {
            const struct psl_endpoint *endpoint = &endpoints[j];
            for (const struct method *m = endpoint->interface->methods; m != nullptr; m = m->next) {
                if (!psl_conditions_hold(without, policy->classes[i], endpoint, m))
                    continue;
                const char *name = methods ? m->name.text : endpoint->name;
                const char *dot = strrchr(name, '.');
                if (dot != nullptr && strcmp(dot + 1, suggestion->wanted) == 0)
                    *ending = name;
                suggestion_offer(suggestion, name);
            }
        }
    }
}

/* Reports an endpoint or method that does not exist where it is looked for. */
static bool check_name(struct psl_policy *policy, const struct psl_conditions *conditions, struct name name,
                       bool methods)
{
    struct psl_conditions with = *conditions, without = *conditions;
    if (conditions->event == PSL_ERROR) /* a method without error parameters has a name all the same */
        with.event = without.event = PSL_RESPONSE;
    without.component_count = with.component_count = 0;
    without.method = nullptr;
    if (methods) {
        with.method = name.text;
    } else {
        with.method = nullptr;
        with.endpoint = name.text;
        without.endpoint = nullptr;
    }
    const struct method *method;
    if (distinct_methods(policy, &with, &method) != 0)
        return true;
    const struct psl_class *server = psl_server(conditions);
    if (!methods &&
        (psl_endpoint_is_empty(policy, server, with.endpoint) || distinct_methods(policy, &without, &method) == 0))
        return true; /* nothing is there at all: unreachable, and said so */
    const char *what = methods ? "method" : "endpoint", *ending = nullptr;
    struct suggestion suggestion = {.wanted = name.text};
    suggest_names(policy, &without, methods, &suggestion, &ending);
    if (methods && conditions->endpoint != nullptr && server != nullptr &&
        distinct_methods(policy, &without, &method) == 0)
        diagnostic_error(policy->diagnostics, name.at, "class '%s' has no endpoint '%s'", server->name,
                         conditions->endpoint);
    else if (methods && conditions->endpoint != nullptr)
        diagnostic_error(policy->diagnostics, name.at, "endpoint '%s' has no method '%s'", conditions->endpoint,
                         name.text);
    else if (methods && conditions->interface != nullptr)
        diagnostic_error(policy->diagnostics, name.at, "interface '%s' has no method '%s'",
                         conditions->interface->name.text, name.text);
    else if (server != nullptr)
        diagnostic_error(policy->diagnostics, name.at, "class '%s' has no %s%s '%s'", server->name,
                         conditions->event == PSL_SECURITY ? "security " : "", what, name.text);
    else
        diagnostic_error(policy->diagnostics, name.at, "no class of this policy has %s %s%s '%s'",
                         methods || conditions->event == PSL_SECURITY ? "a" : "an",
                         conditions->event == PSL_SECURITY ? "security " : "", what, name.text);
    const char *better = ending != nullptr ? ending : suggestion.nearest;
    if (better != nullptr)
        diagnostic_note(policy->diagnostics, name.at, "did you mean '%s'?", better);
    return false;
}

/* Selectors that this kind of event does not have. */
static bool is_allowed(struct psl_policy *policy, const struct psl_selectors *selectors, enum psl_event event)
{
    bool allowed = true;
    for (unsigned kind = 0; kind < PSL_SELECTORS; kind++) {
        struct name value = selectors->values[kind];
        bool bad = (event == PSL_SECURITY && kind == PSL_SELECT_DST) ||
                   (event == PSL_EXECUTE && (kind == PSL_SELECT_ENDPOINT || kind == PSL_SELECT_COMPONENT));
        if (value.text == nullptr || !bad)
            continue;
        allowed = false;
        diagnostic_error(policy->diagnostics, value.at, "'%s' events have no '%s'", psl_event_word[event],
                         psl_selector_word[kind]);
    }
    return allowed;
}

/* The one interface of execute events, and its method. */
static void check_execute(struct psl_policy *policy, struct psl_conditions *conditions,
                          const struct psl_selectors *selectors)
{
    static const struct {
        enum psl_selector_kind kind;
        const char *only;
    } fixed[] = {{PSL_SELECT_INTERFACE, "kl.core.Execute"}, {PSL_SELECT_METHOD, "main"}};
    for (unsigned i = 0; i < 2; i++) {
        struct name value = selectors->values[fixed[i].kind];
        if (value.text == nullptr || strcmp(value.text, fixed[i].only) == 0)
            continue;
        diagnostic_error(policy->diagnostics, value.at, "the %s of 'execute' events is '%s'",
                         psl_selector_word[fixed[i].kind], fixed[i].only);
        conditions->broken = true;
    }
}

void psl_add_conditions(struct psl_policy *policy, struct psl_conditions *conditions,
                        const struct psl_selectors *selectors)
{
    const struct name *values = selectors->values;
    if (!is_allowed(policy, selectors, conditions->event)) {
        conditions->broken = true;
        return;
    }
    conditions->broken |= policy->undefined; /* what is not found may stand where an error was */
    if (policy->undefined)
        return;
    if (values[PSL_SELECT_SRC].text != nullptr)
        set_class(policy, conditions, &conditions->source, values[PSL_SELECT_SRC], "src");
    if (values[PSL_SELECT_DST].text != nullptr)
        set_class(policy, conditions, &conditions->destination, values[PSL_SELECT_DST], "dst");
    if (conditions->event == PSL_EXECUTE) {
        check_execute(policy, conditions, selectors);
        return;
    }
    if (values[PSL_SELECT_INTERFACE].text != nullptr)
        set_interface(policy, conditions, values[PSL_SELECT_INTERFACE]);
    if (values[PSL_SELECT_COMPONENT].text != nullptr)
        add_component(policy, conditions, values[PSL_SELECT_COMPONENT]);
    if (conditions->broken || conditions->impossible)
        return;
    if (values[PSL_SELECT_ENDPOINT].text != nullptr) {
        set_text(conditions, &conditions->endpoint, values[PSL_SELECT_ENDPOINT], "endpoint");
        if (!conditions->impossible && !check_name(policy, conditions, values[PSL_SELECT_ENDPOINT], false))
            conditions->broken = true;
    }
    if (values[PSL_SELECT_METHOD].text != nullptr && !conditions->broken && !conditions->impossible) {
        set_text(conditions, &conditions->method, values[PSL_SELECT_METHOD], "method");
        if (!conditions->impossible && !check_name(policy, conditions, values[PSL_SELECT_METHOD], true))
            conditions->broken = true;
    }
}
