/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components and classes: numbers of their endpoints, objects, dispatchers. RIIDs run through the flattened tree: own
 * endpoints in their order, then those of each component instance in its order.
 */
#include <tools/nk-gen-c/emit.h>

/* Calls visit for every endpoint of the tree; path: names from part to it with '_' between, object: how a component's
 * code reaches the implementation. */
struct walk {
    struct emitter *emitter;
    const struct unit *part;
    unsigned riid;
    void (*visit)(struct walk *walk, const struct reference *endpoint, const struct unit *owner, const char *path,
                  const char *object);
    void (*enter)(struct walk *walk, const struct reference *component, const struct unit *owner, const char *path);
};

static void walk_part(struct walk *walk, const struct unit *part, const char *path, const char *object)
{
    struct pool *pool = walk->emitter->program->pool;
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next) {
        if (walk->visit != nullptr)
            walk->visit(walk, e, part, pool_print(pool, "%s%s", path, e->name.text),
                        pool_print(pool, "%s%s", object, e->name.text));
        walk->riid++;
    }
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next) {
        if (walk->enter != nullptr)
            walk->enter(walk, c, part, pool_print(pool, "%s%s", path, c->name.text));
        walk_part(walk, c->unit, pool_print(pool, "%s%s_", path, c->name.text),
                  pool_print(pool, "%s%s->", object, c->name.text));
    }
}

static void visit_iid(struct walk *walk, const struct reference *endpoint, const struct unit *owner, const char *path,
                      const char *object)
{
    (void)object;
    emit(walk->emitter, "    %s, /* %s: %s */\n",
         emit_claim_print(walk->emitter, walk->part, endpoint->name.at, "%s_iid", path),
         emit_place(walk->emitter, owner, endpoint->name.at), endpoint->target.text);
}

static void enter_offset(struct walk *walk, const struct reference *component, const struct unit *owner,
                         const char *path)
{
    (void)owner;
    emit(walk->emitter, ",\n    %s = %u",
         emit_claim_print(walk->emitter, walk->part, component->name.at, "%s_iidOffset", path), walk->riid);
}

static void security_ids(struct emitter *emitter, const struct unit *part, const struct unit *in, const char *path)
{
    if (in->security.first != nullptr)
        emit(emitter, "    %s, /* %s: %s */\n",
             emit_claim_print(emitter, part, in->security.first->target.at, "%ssecurityIid", path),
             emit_place(emitter, in, in->security.first->target.at), in->security.first->target.text);
    for (const struct reference *c = in->components.first; c != nullptr; c = c->next)
        security_ids(emitter, part, c->unit, pool_print(emitter->program->pool, "%s%s_", path, c->name.text));
}

void emit_component_endpoints(struct emitter *emitter, const struct unit *part)
{
    struct walk walk = {.emitter = emitter, .part = part, .visit = visit_iid};
    emit_section(emitter, part->name.text, "COMPONENT_ENDPOINTS");
    emit(emitter, "enum {\n");
    walk_part(&walk, part, "", "");
    emit(emitter, "    %s\n};\nenum {\n    %s = 0", emit_claim(emitter, part, part->name.at, "iidMax"),
         emit_claim(emitter, part, part->name.at, "iidOffset"));
    walk = (struct walk){.emitter = emitter, .part = part, .enter = enter_offset};
    walk_part(&walk, part, "", "");
    emit(emitter, "\n};\nenum {\n");
    security_ids(emitter, part, part, "");
    emit(emitter, "    %s\n};\nenum {\n", emit_claim(emitter, part, part->name.at, "securityIidMax"));
    emit_aggregate_sizes(emitter, part, "component_");
    emit(emitter, "};\n");
    emit_section_end(emitter);
}

void emit_task_endpoints(struct emitter *emitter, const struct unit *class)
{
    emit_section(emitter, class->name.text, "TASK_ENDPOINTS");
    emit(emitter, "enum {\n");
    emit_aggregate_sizes(emitter, class, "entity_");
    emit(emitter, "};\n");
    emit_section_end(emitter);
}

/* "struct echo_Ping *ping": how own endpoints and components are given and kept. */
static const char *member_of(struct emitter *emitter, const struct reference *reference, bool component)
{
    return pool_print(emitter->program->pool, "struct %s%s *%s", reference->unit->prefix, component ? "_component" : "",
                      reference->name.text);
}

static void emit_object(struct emitter *emitter, const struct unit *part)
{
    const char *name = emit_claim(emitter, part, part->name.at, "component");
    emit(emitter, "typedef struct %s {\n", name);
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        emit(emitter, "    %s; /* %s */\n", member_of(emitter, e, false), emit_place(emitter, part, e->name.at));
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        emit(emitter, "    %s; /* %s */\n", member_of(emitter, c, true), emit_place(emitter, part, c->name.at));
    if (part->endpoints.first == nullptr && part->components.first == nullptr)
        emit(emitter, "    void *none;\n");
    emit(emitter, "} %s;\n", name);
}

static void emit_parameters(struct emitter *emitter, const struct unit *part)
{
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        emit(emitter, ", %s", member_of(emitter, e, false));
    for (const struct reference *c = part->components.first; c != nullptr; c = c->next)
        emit(emitter, ", %s", member_of(emitter, c, true));
}

static void emit_init(struct emitter *emitter, const struct unit *part)
{
    emit(emitter, "static inline void %s(struct %s_component *self",
         emit_claim(emitter, part, part->name.at, "component_init"), part->prefix);
    emit_parameters(emitter, part);
    emit(emitter, ")\n{\n    nk_assert(self != NK_NULL);\n");
    const struct references *lists[] = {&part->endpoints, &part->components};
    for (unsigned i = 0; i < 2; i++)
        for (const struct reference *r = lists[i]->first; r != nullptr; r = r->next)
            emit(emitter, "    nk_assert(%s != NK_NULL);\n    self->%s = %s;\n", r->name.text, r->name.text,
                 r->name.text);
    if (part->endpoints.first == nullptr && part->components.first == nullptr)
        emit(emitter, "    self->none = NK_NULL;\n");
    emit(emitter, "}\n");
}

static void visit_req(struct walk *walk, const struct reference *endpoint, const struct unit *owner, const char *path,
                      const char *object)
{
    (void)owner, (void)object;
    emit(walk->emitter, "    union %s_req %s;\n", endpoint->unit->prefix, path);
}
static void visit_res(struct walk *walk, const struct reference *endpoint, const struct unit *owner, const char *path,
                      const char *object)
{
    (void)owner, (void)object;
    emit(walk->emitter, "    union %s_res %s;\n", endpoint->unit->prefix, path);
}

static void visit_dispatch(struct walk *walk, const struct reference *endpoint, const struct unit *owner,
                           const char *path, const char *object)
{
    (void)owner;
    emit(walk->emitter,
         "    case %s_%s_iid:\n"
         "        return %s_interface_dispatch(self->%s, req->iid, req, reqArena, res, resArena);\n",
         walk->part->prefix, path, endpoint->unit->prefix, object);
}

static void emit_unions(struct emitter *emitter, const struct unit *part)
{
    static const char *const names[] = {"component_req", "component_res"};
    for (unsigned i = 0; i < 2; i++) {
        struct walk walk = {.emitter = emitter, .part = part, .visit = i == 0 ? visit_req : visit_res};
        const char *name = emit_claim(emitter, part, part->name.at, names[i]);
        emit(emitter, "typedef union %s {\n    struct nk_message base_;\n", name);
        walk_part(&walk, part, "", "");
        emit(emitter, "} %s;\n", name);
    }
}

static void emit_dispatch(struct emitter *emitter, const struct unit *part)
{
    emit(emitter,
         "static inline nk_err_t %s(struct %s_component *self, nk_iid_t iidOffset,\n"
         "    const struct nk_message *req, const struct nk_arena *reqArena, struct nk_message *res,\n"
         "    struct nk_arena *resArena)\n{\n"
         "    nk_assert(self != NK_NULL);\n    nk_assert(req != NK_NULL);\n    nk_assert(res != NK_NULL);\n",
         emit_claim(emitter, part, part->name.at, "component_dispatch"), part->prefix);
    if (part->endpoint_count == 0) {
        emit(emitter, "    nk_unused(self);\n    nk_unused(iidOffset);\n    nk_unused(req);\n    nk_unused(reqArena);\n"
                      "    nk_unused(res);\n    nk_unused(resArena);\n    return NK_ENOENT;\n}\n");
        return;
    }
    struct walk walk = {.emitter = emitter, .part = part, .visit = visit_dispatch};
    emit(emitter, "    if (req->iid < iidOffset)\n        return NK_ENOENT;\n    switch (req->iid - iidOffset) {\n");
    walk_part(&walk, part, "", "");
    emit(emitter, "    default:\n        return NK_ENOENT;\n    }\n}\n");
}

void emit_component_server(struct emitter *emitter, const struct unit *part)
{
    emit_section(emitter, part->name.text, "COMPONENT_SERVER_TYPES");
    emit_object(emitter, part);
    emit_section_end(emitter);
    emit_section(emitter, part->name.text, "COMPONENT_SERVER_DISPATCHER");
    emit_init(emitter, part);
    emit_unions(emitter, part);
    emit_dispatch(emitter, part);
    emit_section_end(emitter);
}

static void emit_entity_init(struct emitter *emitter, const struct unit *class)
{
    emit(emitter, "static inline void %s(struct %s_entity *self",
         emit_claim(emitter, class, class->name.at, "entity_init"), class->prefix);
    emit_parameters(emitter, class);
    emit(emitter, ")\n{\n    %s_component_init(self", class->prefix);
    const struct references *lists[] = {&class->endpoints, &class->components};
    for (unsigned i = 0; i < 2; i++)
        for (const struct reference *r = lists[i]->first; r != nullptr; r = r->next)
            emit(emitter, ", %s", r->name.text);
    emit(emitter, ");\n}\n");
}

void emit_entity_server(struct emitter *emitter, const struct unit *class)
{
    static const char *const aliases[] = {"", "_req", "_res"};
    emit_section(emitter, class->name.text, "ENTITY_SERVER");
    for (unsigned i = 0; i < 3; i++)
        emit(emitter, "#define %s %s_component%s\n",
             emit_claim_print(emitter, class, class->name.at, "entity%s", aliases[i]), class->prefix, aliases[i]);
    emit_entity_init(emitter, class);
    emit(emitter,
         "static inline nk_err_t %s(struct %s_entity *self, const struct nk_message *req,\n"
         "    const struct nk_arena *reqArena, struct nk_message *res, struct nk_arena *resArena)\n{\n"
         "    return %s_component_dispatch(self, 0, req, reqArena, res, resArena);\n}\n",
         emit_claim(emitter, class, class->name.at, "entity_dispatch"), class->prefix, class->prefix);
    emit_section_end(emitter);
}
