/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk/parts.h>

static unsigned walk(struct pool *pool, const struct unit *part, const char *path, unsigned riid, part_visit *visit,
                     void *context)
{
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next) {
        struct part_endpoint endpoint = {riid++, e, part, pool_print(pool, "%s%s", path, e->name.text)};
        visit(context, &endpoint);
    }
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        riid = walk(pool, c->unit, pool_print(pool, "%s%s.", path, c->name.text), riid, visit, context);
    return riid;
}

void parts_walk(struct pool *pool, const struct unit *part, part_visit *visit, void *context)
{
    walk(pool, part, "", 0, visit, context);
}

static unsigned walk_instances(struct pool *pool, const struct unit *part, const char *path, unsigned riid,
                               part_instance_visit *visit, void *context)
{
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        riid++;
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next) {
        visit(context, c, riid, pool_print(pool, "%s%s", path, c->name.text));
        riid = walk_instances(pool, c->unit, pool_print(pool, "%s%s.", path, c->name.text), riid, visit, context);
    }
    return riid;
}

void parts_walk_instances(struct pool *pool, const struct unit *part, part_instance_visit *visit, void *context)
{
    walk_instances(pool, part, "", 0, visit, context);
}

static unsigned walk_security(struct pool *pool, const struct unit *part, const char *path, unsigned number,
                              part_security_visit *visit, void *context)
{
    if (part->security.first != nullptr)
        visit(context, number++, part, path);
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        number =
            walk_security(pool, c->unit, pool_print(pool, "%s%s%s", path, path[0] != '\0' ? "." : "", c->name.text),
                          number, visit, context);
    return number;
}

void parts_walk_security(struct pool *pool, const struct unit *part, part_security_visit *visit, void *context)
{
    walk_security(pool, part, "", 0, visit, context);
}
