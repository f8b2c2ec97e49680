/* SPDX-License-Identifier: Apache-2.0 */
/* Tests: variables and their classes, endpoints and methods, parameters. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>
#include <tools/nk-psl-gen-c/check_test.h>

struct variable {
    const char *name;
    const struct psl_class *class;
    const struct variable *before;
};

struct scope {
    struct psl_policy *policy;
    const struct variable *variables;
};

static const struct psl_class *find_variable(const struct scope *scope, struct name name)
{
    struct suggestion suggestion = {.wanted = name.text};
    for (const struct variable *v = scope->variables; v != nullptr; v = v->before) {
        if (strcmp(v->name, name.text) == 0)
            return v->class;
        suggestion_offer(&suggestion, v->name);
    }
    if (psl_find_class(scope->policy, name.text) != nullptr)
        diagnostic_error(scope->policy->diagnostics, name.at,
                         "'%s' is a class; expected a variable that was given a process: x <- execute dst=%s",
                         name.text, name.text);
    else
        diagnostic_error(scope->policy->diagnostics, name.at, "no process was started as '%s' before", name.text);
    if (suggestion.nearest != nullptr)
        diagnostic_note(scope->policy->diagnostics, name.at, "did you mean '%s'?", suggestion.nearest);
    return nullptr;
}

bool psl_test_variable(void *scope, struct name name)
{
    return find_variable(scope, name) != nullptr;
}

/* The parts of an event that selectors name, but for the sides. */
static struct psl_selectors without_sides(const struct psl_test_case *test)
{
    struct psl_selectors selectors = test->selectors;
    selectors.values[PSL_SELECT_SRC] = selectors.values[PSL_SELECT_DST] = (struct name){0};
    return selectors;
}

/* Who starts it if the case does not say: the kernel starts itself and Einit, Einit the others. The newest process of
 * class Einit, if the test has one. */
static const struct psl_class *find_starter(const struct scope *scope, const struct psl_class *started,
                                            struct name *variable)
{
    const struct psl_class *core = scope->policy->classes[PSL_CLASS_CORE];
    const struct psl_class *einit = scope->policy->classes[PSL_CLASS_EINIT];
    if (started == nullptr || started == core || started == einit)
        return core;
    for (const struct variable *v = scope->variables; v != nullptr; v = v->before) {
        if (v->class == einit) {
            variable->text = v->name;
            break;
        }
    }
    return einit;
}

static void check_execute(struct scope *scope, struct psl_test_case *test, const struct psl_class **source,
                          const struct psl_class **destination)
{
    struct name from = test->selectors.values[PSL_SELECT_SRC], to = test->selectors.values[PSL_SELECT_DST];
    struct psl_conditions conditions = {.event = PSL_EXECUTE};
    struct psl_selectors selectors = test->selectors;
    selectors.values[PSL_SELECT_SRC] = (struct name){0};
    psl_add_conditions(scope->policy, &conditions, &selectors);
    *destination = conditions.destination;
    test->starter = (struct name){0};
    *source = from.text != nullptr ? find_variable(scope, from) : find_starter(scope, *destination, &test->starter);
    if (to.text == nullptr)
        diagnostic_error(scope->policy->diagnostics, test->at, "expected 'dst=' and the class to start");
    if (test->parameters != nullptr && test->parameters->items.count != 0)
        diagnostic_error(scope->policy->diagnostics, test->parameters->at, "'main' has no parameters");
    if (test->variable.text == nullptr)
        return;
    struct variable *made = POOL_NEW(scope->policy->pool, struct variable);
    *made = (struct variable){test->variable.text, *destination, scope->variables};
    scope->variables = made;
}

/* The one endpoint and method that the case means. */
static bool find_method(struct scope *scope, struct psl_test_case *test, const struct psl_class *server)
{
    struct psl_conditions conditions = {.event = test->event};
    *(psl_server_is_destination(test->event) ? &conditions.destination : &conditions.source) = server;
    struct psl_selectors selectors = without_sides(test);
    psl_add_conditions(scope->policy, &conditions, &selectors);
    if (conditions.broken)
        return false;
    if (conditions.method == nullptr) {
        diagnostic_error(scope->policy->diagnostics, test->at, "expected 'method='");
        return false;
    }
    bool security = test->event == PSL_SECURITY;
    unsigned count = security ? server->security_count : server->endpoint_count, found = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct psl_endpoint *endpoint = security ? &server->security[i] : &server->endpoints[i];
        for (const struct method *m = endpoint->interface->methods; m != nullptr; m = m->next) {
            if (!psl_conditions_hold(&conditions, server, endpoint, m) ||
                (security && found != 0 && test->method == m)) /* an interface that several declare: the first */
                continue;
            found++;
            test->endpoint = endpoint;
            test->method = m;
        }
    }
    if (found == 0 && test->event == PSL_ERROR)
        diagnostic_error(scope->policy->diagnostics, test->at,
                         "this method has no error parameters: it never answers so");
    else if (found != 1)
        diagnostic_error(scope->policy->diagnostics, test->at, "%s",
                         found == 0 ? "no endpoint and method fits this case"
                                    : "several endpoints fit; expected 'endpoint='");
    return found == 1;
}

static bool check_sides(struct scope *scope, const struct psl_test_case *test, const struct psl_class **source,
                        const struct psl_class **destination)
{
    struct name from = test->selectors.values[PSL_SELECT_SRC], to = test->selectors.values[PSL_SELECT_DST];
    bool security = test->event == PSL_SECURITY;
    if (from.text == nullptr || (to.text == nullptr && !security)) {
        diagnostic_error(scope->policy->diagnostics, test->at, "expected '%s=' and a process",
                         from.text == nullptr ? "src" : "dst");
        return false;
    }
    if (to.text != nullptr && security) {
        diagnostic_error(scope->policy->diagnostics, to.at, "'security' events have no 'dst'");
        return false;
    }
    *source = find_variable(scope, from);
    *destination = security ? nullptr : find_variable(scope, to);
    return *source != nullptr && (security || *destination != nullptr);
}

static void check_case(struct scope *scope, struct psl_test_case *test)
{
    const struct psl_class *source = nullptr, *destination = nullptr;
    unsigned errors = scope->policy->diagnostics->errors;
    if (test->event == PSL_EXECUTE) {
        check_execute(scope, test, &source, &destination);
    } else if (check_sides(scope, test, &source, &destination) &&
               find_method(scope, test, psl_server_is_destination(test->event) ? destination : source)) {
        psl_check_parameters(scope->policy, test, scope);
    }
    /* The last cases of a set run behind each of its sequences. */
    bool other = (test->source_class != nullptr && test->source_class != source) ||
                 (test->destination_class != nullptr && test->destination_class != destination);
    if (other && errors == scope->policy->diagnostics->errors)
        diagnostic_error(scope->policy->diagnostics, test->at,
                         "the variables here are of other classes in another sequence of this set");
    test->source_class = source;
    test->destination_class = destination;
}

static void check_cases(struct scope *scope, const struct psl_test_cases *cases)
{
    for (struct psl_test_case *test = cases->first; test != nullptr; test = test->next)
        check_case(scope, test);
}

void psl_check_tests(struct psl_policy *policy)
{
    for (const struct psl_test_set *set = policy->declarations.tests; set != nullptr; set = set->next) {
        struct scope scope = {.policy = policy};
        check_cases(&scope, &set->setup);
        const struct variable *after_setup = scope.variables;
        for (const struct psl_sequence *sequence = set->sequences; sequence != nullptr; sequence = sequence->next) {
            scope.variables = after_setup;
            check_cases(&scope, &sequence->cases);
            check_cases(&scope, &set->finally);
        }
    }
}
