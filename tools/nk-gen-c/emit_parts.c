/* SPDX-License-Identifier: Apache-2.0 */
/* Components and classes: numbers of their endpoints, objects, dispatchers. */
#include <tools/nk-gen-c/emit.h>
#include <tools/nk/parts.h>

struct walk {
    struct emitter *emitter;
    const struct unit *part;
    const char *what; /* "req" or "res" */
};

/* A path with something else for each dot. */
static const char *path_with(struct emitter *emitter, const char *path, const char *with)
{
    struct text text = {0};
    for (; *path != '\0'; path++)
        text_add(&text, *path == '.' ? "%s" : "%.1s", *path == '.' ? with : path);
    const char *copy = pool_copy(emitter->program->pool, text.bytes != nullptr ? text.bytes : "", text.length);
    text_free(&text);
    return copy;
}

static void visit_iid(void *context, const struct part_endpoint *e)
{
    const struct walk *walk = context;
    const char *path = path_with(walk->emitter, e->path, "_");
    emit(walk->emitter, "    %s, /* %s: %s */\n",
         emit_claim_print(walk->emitter, walk->part, e->endpoint->name.at, "%s_iid", path),
         emit_place(walk->emitter, e->owner, e->endpoint->name.at), e->endpoint->target.text);
}

static void visit_offset(void *context, const struct reference *component, unsigned riid, const char *path)
{
    const struct walk *walk = context;
    emit(walk->emitter, ",\n    %s = %u",
         emit_claim_print(walk->emitter, walk->part, component->name.at, "%s_iidOffset",
                          path_with(walk->emitter, path, "_")),
         riid);
}

static void visit_security(void *context, unsigned number, const struct unit *owner, const char *path)
{
    const struct walk *walk = context;
    const struct reference *security = owner->security.first;
    (void)number;
    emit(walk->emitter, "    %s, /* %s: %s */\n",
         emit_claim_print(walk->emitter, walk->part, security->target.at, "%s%ssecurityIid",
                          path_with(walk->emitter, path, "_"), path[0] != '\0' ? "_" : ""),
         emit_place(walk->emitter, owner, security->target.at), security->target.text);
}

void emit_component_endpoints(struct emitter *emitter, const struct unit *part)
{
    struct walk walk = {.emitter = emitter, .part = part};
    struct pool *pool = emitter->program->pool;
    emit_section(emitter, part->name.text, "COMPONENT_ENDPOINTS");
    emit(emitter, "enum {\n");
    parts_walk(pool, part, visit_iid, &walk);
    emit(emitter, "    %s\n};\n", emit_claim(emitter, part, part->name.at, "iidMax"));
    emit(emitter, "enum {\n    %s = 0", emit_claim(emitter, part, part->name.at, "iidOffset"));
    parts_walk_instances(pool, part, visit_offset, &walk);
    emit(emitter, "\n};\nenum {\n");
    parts_walk_security(pool, part, visit_security, &walk);
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

static void emit_names(struct emitter *emitter, const struct references *list)
{
    for (const struct reference *r = list->first; r != nullptr; r = r->next)
        emit(emitter, ", %s", r->name.text);
}

/*
 * The same with components before own endpoints, for the specification says "in declaration order", and a definition
 * may have them so: in C++ an overload, in C chosen by the type of the first.
 */
static void emit_either_order(struct emitter *emitter, const struct unit *part, const char *type, const char *name)
{
    const struct reference *component = part->components.first;
    if (part->endpoints.first == nullptr || component == nullptr)
        return;
    emit(emitter,
         "/* Components may come first. */\n"
         "#ifdef __cplusplus\nextern \"C++\" {\n#define %s_components_first %s\n#endif\n"
         "static inline void %s_components_first(struct %s_%s *self",
         name, name, name, part->prefix, type);
    for (const struct reference *c = component; c != nullptr; c = c->next)
        emit(emitter, ", %s", member_of(emitter, c, true));
    for (const struct reference *e = part->endpoints.first; e != nullptr; e = e->next)
        emit(emitter, ", %s", member_of(emitter, e, false));
    emit(emitter, ")\n{\n    %s(self", name);
    emit_names(emitter, &part->endpoints);
    emit_names(emitter, &part->components);
    emit(emitter,
         ");\n}\n#ifdef __cplusplus\n}\n#else\n"
         "#define %s(self, first, ...) \\\n"
         "    _Generic((first), struct %s_component *: %s_components_first, default: %s)(self, first, __VA_ARGS__)\n"
         "#endif\n",
         name, component->unit->prefix, name, name);
}

static void emit_init(struct emitter *emitter, const struct unit *part)
{
    const char *name = emit_claim(emitter, part, part->name.at, "component_init");
    emit(emitter, "static inline void %s(struct %s_component *self", name, part->prefix);
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
    emit_either_order(emitter, part, "component", name);
}

static void visit_member(void *context, const struct part_endpoint *e)
{
    const struct walk *walk = context;
    emit(walk->emitter, "    union %s_%s %s;\n", e->endpoint->unit->prefix, walk->what,
         path_with(walk->emitter, e->path, "_"));
}

static void visit_dispatch(void *context, const struct part_endpoint *e)
{
    const struct walk *walk = context;
    emit(walk->emitter,
         "    case %s_%s_iid:\n"
         "        return %s_interface_dispatch(self->%s, req->iid, req, reqArena, res, resArena);\n",
         walk->part->prefix, path_with(walk->emitter, e->path, "_"), e->endpoint->unit->prefix,
         path_with(walk->emitter, e->path, "->"));
}

static void emit_unions(struct emitter *emitter, const struct unit *part)
{
    static const char *const names[] = {"req", "res"};
    for (unsigned i = 0; i < 2; i++) {
        struct walk walk = {.emitter = emitter, .part = part, .what = names[i]};
        const char *name = emit_claim_print(emitter, part, part->name.at, "component_%s", names[i]);
        emit(emitter, "typedef union %s {\n    struct nk_message base_;\n", name);
        parts_walk(emitter->program->pool, part, visit_member, &walk);
        emit(emitter, "} %s;\n", name);
    }
}

static void emit_dispatch(struct emitter *emitter, const struct unit *part)
{
    emit(emitter,
         "static inline nk_err_t %s(struct %s_component *self, nk_iid_t iidOffset,\n"
         "    const struct nk_message *req, const struct nk_arena *reqArena, struct nk_message *res,\n"
         "    struct nk_arena *resArena)\n{\n",
         emit_claim(emitter, part, part->name.at, "component_dispatch"), part->prefix);
    if (part->endpoint_count == 0) {
        emit(emitter, "    nk_unused(self);\n    nk_unused(iidOffset);\n    nk_unused(req);\n    nk_unused(reqArena);\n"
                      "    nk_unused(res);\n    nk_unused(resArena);\n    return NK_ENOENT;\n}\n");
        return;
    }
    struct walk walk = {.emitter = emitter, .part = part};
    emit(emitter, "    if (req->iid < iidOffset)\n        return NK_ENOENT;\n    switch (req->iid - iidOffset) {\n");
    parts_walk(emitter->program->pool, part, visit_dispatch, &walk);
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
    const char *name = emit_claim(emitter, class, class->name.at, "entity_init");
    emit(emitter, "static inline void %s(struct %s_entity *self", name, class->prefix);
    emit_parameters(emitter, class);
    emit(emitter, ")\n{\n    %s_component_init(self", class->prefix);
    emit_names(emitter, &class->endpoints);
    emit_names(emitter, &class->components);
    emit(emitter, ");\n}\n");
    emit_either_order(emitter, class, "entity", name);
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
