/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/class.h>
#include <tools/nk-psl-gen-c/parse.h>
#include <tools/nk/parts.h>

const struct psl_class *psl_find_class(const struct psl_policy *policy, const char *name)
{
    for (unsigned i = 0; i < policy->class_count; i++)
        if (strcmp(policy->classes[i]->name, name) == 0)
            return policy->classes[i];
    return nullptr;
}

struct walk {
    struct psl_policy *policy;
    struct psl_class *class;
};

/* Types of the instances that path names, all parts but the last: "a.b.endpoint". */
static void add_components(struct psl_policy *policy, struct psl_endpoint *endpoint, const struct unit *unit,
                           const char *path)
{
    size_t count = 0;
    for (const char *dot = path; (dot = strchr(dot, '.')) != nullptr; dot++)
        count++;
    endpoint->components = pool_allocate(policy->pool, sizeof(*endpoint->components) * (count + 1));
    for (const char *dot; (dot = strchr(path, '.')) != nullptr && unit != nullptr; path = dot + 1) {
        size_t length = (size_t)(dot - path);
        const struct reference *instance = unit->components.first;
        while (instance != nullptr &&
               (strncmp(instance->name.text, path, length) != 0 || instance->name.text[length] != '\0'))
            instance = instance->next;
        unit = instance != nullptr ? instance->unit : nullptr;
        if (unit != nullptr)
            endpoint->components[endpoint->component_count++] = unit;
    }
}

static void count_endpoint(void *context, const struct part_endpoint *endpoint)
{
    (void)endpoint;
    ((struct walk *)context)->class->endpoint_count++;
}

static void add_endpoint(void *context, const struct part_endpoint *part)
{
    struct walk *walk = context;
    struct psl_endpoint *endpoint = &walk->class->endpoints[part->riid];
    *endpoint = (struct psl_endpoint){.name = part->path, .interface = part->endpoint->unit, .riid = part->riid};
    add_components(walk->policy, endpoint, walk->class->unit, part->path);
}

static void count_security(void *context, unsigned number, const struct unit *owner, const char *path)
{
    (void)number, (void)owner, (void)path;
    ((struct walk *)context)->class->security_count++;
}

static void add_security(void *context, unsigned number, const struct unit *owner, const char *path)
{
    struct walk *walk = context;
    struct psl_endpoint *endpoint = &walk->class->security[number];
    *endpoint = (struct psl_endpoint){.name = path, .interface = owner->security.first->unit, .riid = number};
    add_components(walk->policy, endpoint, walk->class->unit,
                   pool_print(walk->policy->pool, "%s%s", path, path[0] != '\0' ? ".security" : ""));
}

/* True if all that the class needs was found: the walks follow every reference. */
static bool complete(const struct unit *unit)
{
    if (unit->security.first != nullptr && unit->security.first->unit == nullptr)
        return false;
    for (const struct reference *e = unit->endpoints.first; e != nullptr; e = e->next)
        if (e->unit == nullptr)
            return false;
    for (const struct reference *c = unit->components.first; c != nullptr; c = c->next)
        if (c->unit == nullptr || !complete(c->unit))
            return false;
    return true;
}

static void add_class(struct psl_policy *policy, const struct psl_class_declaration *declaration)
{
    struct psl_class *class = POOL_NEW(policy->pool, struct psl_class);
    *class = (struct psl_class){.name = declaration->name.text, .at = declaration->name.at};
    if (declaration->edl.text != nullptr)
        class->unit = program_load(&policy->program, LANGUAGE_EDL, declaration->edl);
    if (class->unit != nullptr && complete(class->unit)) {
        struct walk walk = {policy, class};
        parts_walk(policy->pool, class->unit, count_endpoint, &walk);
        parts_walk_security(policy->pool, class->unit, count_security, &walk);
        class->endpoints = pool_allocate(policy->pool, sizeof(*class->endpoints) * (class->endpoint_count + 1));
        class->security = pool_allocate(policy->pool, sizeof(*class->security) * (class->security_count + 1));
        parts_walk(policy->pool, class->unit, add_endpoint, &walk);
        parts_walk_security(policy->pool, class->unit, add_security, &walk);
    }
    policy->classes[policy->class_count++] = class;
}

static bool same_edl(const struct psl_class_declaration *a, const struct psl_class_declaration *b)
{
    return a->edl.text == nullptr || b->edl.text == nullptr ? a->edl.text == b->edl.text
                                                            : strcmp(a->edl.text, b->edl.text) == 0;
}

/* True if an earlier declaration has the name, which is fine if it says the same: files that use each other do. */
static bool is_repeated(struct psl_policy *policy, const struct psl_class_declaration *declaration)
{
    const struct psl_class_declaration *first = policy->declarations.classes;
    while (strcmp(first->name.text, declaration->name.text) != 0)
        first = first->next;
    if (first == declaration)
        return false;
    if (!same_edl(first, declaration)) {
        diagnostic_error(policy->diagnostics, declaration->name.at, "a second class '%s', with another description",
                         declaration->name.text);
        diagnostic_note(policy->diagnostics, first->name.at, "the first is here");
    } else if (first->name.at.source == declaration->name.at.source) {
        diagnostic_warning(policy->diagnostics, declaration->name.at, "class '%s' is declared twice",
                           declaration->name.text);
        diagnostic_note(policy->diagnostics, first->name.at, "the first is here");
    }
    return true;
}

void psl_load_classes(struct psl_policy *policy)
{
    static const char *const firsts[] = {"kl.core.Core", "Einit"};
    unsigned count = 2, errors = policy->diagnostics->errors;
    for (const struct psl_class_declaration *d = policy->declarations.classes; d != nullptr; d = d->next)
        count++;
    policy->classes = pool_allocate(policy->pool, sizeof(struct psl_class *) * count);
    for (unsigned i = 0; i < 2; i++) {
        const struct psl_class_declaration *d = policy->declarations.classes;
        while (d != nullptr && strcmp(d->name.text, firsts[i]) != 0)
            d = d->next;
        struct psl_class_declaration implied = {.name = {.text = firsts[i]}};
        if (d == nullptr && policy->incomplete)
            ;
        else if (d == nullptr && i == PSL_CLASS_CORE)
            diagnostic_error(policy->diagnostics, (struct location){0},
                             "the policy does not include the kernel; expected 'use EDL kl.core.Core'");
        else if (d == nullptr)
            diagnostic_warning(policy->diagnostics, (struct location){0},
                               "the policy does not include the initializing program; expected 'use EDL Einit'");
        add_class(policy, d != nullptr ? d : &implied);
    }
    for (const struct psl_class_declaration *d = policy->declarations.classes; d != nullptr; d = d->next)
        if (!is_repeated(policy, d) && strcmp(d->name.text, firsts[0]) != 0 && strcmp(d->name.text, firsts[1]) != 0)
            add_class(policy, d);
    for (unsigned i = 0; i < policy->class_count; i++)
        policy->classes[i]->index = i;
    policy->undefined = policy->diagnostics->errors != errors;
}

bool psl_endpoint_is_empty(const struct psl_policy *policy, const struct psl_class *class, const char *name)
{
    for (unsigned i = 0; i < policy->class_count; i++)
        for (unsigned j = 0; j < policy->classes[i]->endpoint_count; j++)
            if ((class == nullptr || class == policy->classes[i]) &&
                policy->classes[i]->endpoints[j].interface->methods == nullptr &&
                strcmp(policy->classes[i]->endpoints[j].name, name) == 0)
                return true;
    return false;
}
