/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of an interface, and the proxy that carries them out by messages. */
#include <tools/nk-gen-c/emit.h>

static const char *const direction_name[DIRECTIONS] = {"req", "res", "err"};

/* The parameters that every function of a method has. */
static void emit_arguments(struct emitter *emitter, const struct unit *interface, const struct method *method,
                           const char *self, const char *req_const)
{
    const char *prefix = interface->prefix, *name = method->name.text;
    emit(emitter,
         "(struct %s *%s, %sstruct %s_%s_req *req, const struct nk_arena *reqArena,\n"
         "    struct %s_%s_res *res, struct nk_arena *resArena)",
         prefix, self, req_const, prefix, name, prefix, name);
}

void emit_vtable(struct emitter *emitter, const struct unit *interface)
{
    const char *prefix = interface->prefix;
    emit_section(emitter, interface->name.text, "VTABLE");
    const char *ops = emit_claim(emitter, interface, interface->name.at, "ops");
    emit_claim(emitter, interface, interface->name.at, nullptr);
    emit(emitter, "struct %s;\ntypedef struct %s {\n    const struct %s *ops;\n} %s;\n", ops, prefix, ops, prefix);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next) {
        emit(emitter, "/* %s */\ntypedef nk_err_t %s", emit_place(emitter, interface, method->name.at),
             emit_claim_print(emitter, interface, method->name.at, "%s_fn", method->name.text));
        emit_arguments(emitter, interface, method, "self", "const ");
        emit(emitter, ";\n");
    }
    emit(emitter, "typedef struct %s {\n", ops);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit(emitter, "    %s_%s_fn *%s;\n", prefix, method->name.text, method->name.text);
    if (interface->methods == nullptr)
        emit(emitter, "    void *none;\n");
    emit(emitter, "} %s;\n", ops);
    emit_section_end(emitter);
}

void emit_trace(struct emitter *emitter, const struct unit *interface, const struct method *method, enum trace trace,
                const char *what)
{
    const char *arena = what[2] == 'q' ? "reqArena" : "resArena", *message = what[2] == 'q' ? "req" : "res";
    emit(emitter, "    nk_trace_message(\"%s\", \"%s\", \"%s\", &%s->base_, %s, %s);\n", interface->name.text,
         method->name.text, what, message, arena, trace == TRACE_DUMP ? "NK_TRUE" : "NK_FALSE");
}

/* Without --extended-errors the server's status comes back as the method's return code. */
static bool has_status(const struct emitter *emitter, const struct method *method)
{
    return method->has_error && !emitter->program->extended_errors;
}

static void emit_proxy_method(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    const char *prefix = interface->prefix, *name = method->name.text;
    bool traced = emit_traces(emitter, emitter->options->trace_client, interface, method);
    emit(emitter, "/* %s */\nnk_inline nk_err_t %s", emit_place(emitter, interface, method->name.at),
         emit_claim_print(emitter, interface, method->name.at, "%s_proxy", name));
    emit(emitter,
         "(struct %s *base, const struct %s_%s_req *constReq,\n"
         "    const struct nk_arena *reqArena, struct %s_%s_res *res, struct nk_arena *resArena)\n{\n",
         prefix, prefix, name, prefix, name);
    emit(
        emitter,
        "    struct %s_proxy *self = (struct %s_proxy *)(void *)base;\n"
        "    struct %s_%s_req *req = (struct %s_%s_req *)constReq; /* ours: the caller gave it to write the header */\n"
        "    nk_err_t rc;\n"
        "    nk_assert(base != NK_NULL);\n    nk_assert(req != NK_NULL);\n    nk_assert(res != NK_NULL);\n",
        prefix, prefix, prefix, name, prefix, name);
    for (unsigned i = 0; i < 2; i++)
        emit(emitter, "    nk_msg_begin(%s, self->iid, %s_%s_mid, %s_%s_%s_handles);\n", direction_name[i], prefix,
             name, prefix, name, direction_name[i]);
    if (traced)
        emit_trace(emitter, interface, method, emitter->options->trace_client, "request");
    emit(emitter, "    rc = nk_transport_call(self->transport, &req->base_, reqArena, &res->base_, resArena);\n");
    if (traced) {
        emit(emitter, "    if (rc == NK_EOK)\n    ");
        emit_trace(emitter, interface, method, emitter->options->trace_client, "response");
    }
    if (has_status(emitter, method))
        emit(emitter, "    if (rc == NK_EOK && nk_msg_check_err(res))\n        rc = NK_ELOGIC(res->err_.status);\n");
    emit(emitter, "    return rc;\n}\n");
}

void emit_client(struct emitter *emitter, const struct unit *interface)
{
    const char *prefix = interface->prefix;
    emit_section(emitter, interface->name.text, "CLIENT");
    emit(emitter,
         "typedef struct %s {\n    struct %s base;\n    struct nk_transport *transport;\n    nk_iid_t iid;\n} %s;\n",
         emit_claim(emitter, interface, interface->name.at, "proxy"), prefix,
         pool_print(emitter->program->pool, "%s_proxy", prefix));
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit_proxy_method(emitter, interface, method);
    const char *ops = emit_claim(emitter, interface, interface->name.at, "proxy_ops");
    emit(emitter, "static const struct %s_ops %s = {", prefix, ops);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit(emitter, "%s%s_%s_proxy", method == interface->methods ? "" : ", ", prefix, method->name.text);
    emit(emitter, "%s};\n", interface->methods == nullptr ? "NK_NULL" : "");
    emit(emitter,
         "static inline void %s(struct %s_proxy *self, struct nk_transport *t, nk_iid_t iid)\n{\n"
         "    nk_assert(self != NK_NULL);\n    self->base.ops = &%s;\n    self->transport = t;\n"
         "    self->iid = iid;\n}\n",
         emit_claim(emitter, interface, interface->name.at, "proxy_init"), prefix, ops);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next) {
        emit(emitter, "nk_inline nk_err_t %s", emit_claim(emitter, interface, method->name.at, method->name.text));
        emit_arguments(emitter, interface, method, "self", "");
        emit(emitter,
             "\n{\n    nk_assert(self != NK_NULL);\n"
             "    if (self->ops == &%s) /* the usual case, without a call through the table */\n"
             "        return %s_%s_proxy(self, req, reqArena, res, resArena);\n"
             "    return self->ops->%s(self, req, reqArena, res, resArena);\n}\n",
             ops, prefix, method->name.text, method->name.text);
    }
    emit_section_end(emitter);
}
