/* SPDX-License-Identifier: Apache-2.0 */
/* The process classes of a policy, their endpoints, and which of their methods a set of selectors means. */
#pragma once
#include <tools/nk-psl-gen-c/policy.h>

#define PSL_CLASS_CORE  0U /* as in ksm/policy.h */
#define PSL_CLASS_EINIT 1U

struct psl_endpoint {
    const char *name; /* within the class: "instance.endpoint" or "endpoint" */
    const struct unit *interface;
    const struct unit **components; /* types of the instances around it, outermost first */
    unsigned component_count;
    unsigned riid; /* of a security interface: its number */
};

struct psl_class {
    const char *name;
    struct location at;      /* where it was declared */
    const struct unit *unit; /* null: a class without EDL */
    unsigned index;
    struct psl_endpoint *endpoints, *security;
    unsigned endpoint_count, security_count;
};

/* Loads the EDL files and fills policy->classes: kl.core.Core is number 0, Einit 1, the others as declared. */
void psl_load_classes(struct psl_policy *policy);
const struct psl_class *psl_find_class(const struct psl_policy *policy, const char *name);

#define PSL_COMPONENTS_MAX 4U

/* Selectors of a section and of those around it, resolved; null means any. */
struct psl_conditions {
    enum psl_event event;
    const struct psl_class *source, *destination;
    const struct unit *interface;
    const struct unit *components[PSL_COMPONENTS_MAX]; /* all around the endpoint: components nest */
    unsigned component_count;
    const char *endpoint, *method;
    bool broken;               /* an error was reported */
    bool impossible;           /* two that exclude each other */
    const char *contradiction; /* the selector in question */
};

/* Adds the selectors of a section; errors are reported at their values. */
void psl_add_conditions(struct psl_policy *policy, struct psl_conditions *conditions,
                        const struct psl_selectors *selectors);

/* The side of an event that has the endpoint, or is started: the destination of requests and execute, the source of the
 * others. */
static inline bool psl_server_is_destination(enum psl_event event)
{
    return event == PSL_REQUEST || event == PSL_EXECUTE;
}
static inline const struct psl_class *psl_server(const struct psl_conditions *conditions)
{
    return psl_server_is_destination(conditions->event) ? conditions->destination : conditions->source;
}
static inline const struct psl_class *psl_client(const struct psl_conditions *conditions)
{
    return psl_server_is_destination(conditions->event) ? conditions->source : conditions->destination;
}
/* Direction of the parameters in an event's message. */
static inline enum direction psl_direction(enum psl_event event)
{
    return event == PSL_RESPONSE ? DIRECTION_OUT : event == PSL_ERROR ? DIRECTION_ERROR : DIRECTION_IN;
}

/* True if the class, any class if it is null, has an endpoint of this name whose interface has no
 * methods. */
bool psl_endpoint_is_empty(const struct psl_policy *policy, const struct psl_class *class, const char *name);
/* True if the conditions hold for a method of an endpoint of a server, whatever the client. */
bool psl_conditions_hold(const struct psl_conditions *conditions, const struct psl_class *server,
                         const struct psl_endpoint *endpoint, const struct method *method);
/* The one method that all events of the conditions address, or null: none, several (*several), or an execute event. */
const struct method *psl_single_method(const struct psl_policy *policy, const struct psl_conditions *conditions,
                                       bool *several);
/* True if an event can meet the conditions. */
bool psl_conditions_possible(const struct psl_policy *policy, const struct psl_conditions *conditions);
