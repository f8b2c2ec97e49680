/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flattened tree of a component's or class's endpoints. RIIDs count from 0: own endpoints in their order, then
 * those of each component instance in its order, recursively. nk-gen-c, einit and the policy compiler all number by
 * this walk.
 */
#pragma once
#include <tools/nk/syntax.h>

struct part_endpoint {
    unsigned riid;
    const struct reference *endpoint; /* endpoint->unit is the interface's package */
    const struct unit *owner;         /* the component or class that declares it */
    const char *path;                 /* instances and endpoint, with '.': "filesystem.main" */
};

/* Calls visit for every endpoint of a checked class or component, in RIID order. Paths live in pool. */
typedef void part_visit(void *context, const struct part_endpoint *endpoint);
void parts_walk(struct pool *pool, const struct unit *part, part_visit *visit, void *context);

/* Calls visit for every component instance, outer ones first, with the RIID of its first endpoint. */
typedef void part_instance_visit(void *context, const struct reference *component, unsigned riid, const char *path);
void parts_walk_instances(struct pool *pool, const struct unit *part, part_instance_visit *visit, void *context);

/* Calls visit for every security interface: the part's own, then those of its components in order; the number is its
 * place in that row. path: "" or "instance.instance". */
typedef void part_security_visit(void *context, unsigned number, const struct unit *owner, const char *path);
void parts_walk_security(struct pool *pool, const struct unit *part, part_security_visit *visit, void *context);
