/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatcher of an interface. */
#include <tools/nk-gen-c/emit.h>

static void emit_union_of(struct emitter *emitter, const struct unit *interface, const char *what)
{
    const char *name = emit_claim(emitter, interface, interface->name.at, what);
    emit(emitter, "typedef union %s {\n    struct nk_message base_;\n", name);
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit(emitter, "    struct %s_%s_%s %s;\n", interface->prefix, method->name.text, what, method->name.text);
    emit(emitter, "} %s;\n", name);
}

/* How the answer's header is set once the implementation returned. */
static void emit_answer(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    const char *prefix = interface->prefix, *name = method->name.text;
    bool extended = method->has_error && emitter->program->extended_errors;
    if (extended)
        emit(emitter,
             "        if (rc == NK_EOK && nk_msg_check_err(answer)) {\n"
             "            nk_err_reset(&answer->err_);\n"
             "            nk_msg_set_ncaps(&answer->err_, %s_%s_err_handles);\n        } else if (rc == NK_EOK) {\n",
             prefix, name);
    else
        emit(emitter, "        if (rc == NK_EOK) {\n");
    emit(emitter,
         "            nk_req_reset(&answer->res_);\n"
         "            nk_msg_set_ncaps(&answer->res_, %s_%s_res_handles);\n",
         prefix, name);
    if (method->has_error && !extended)
        emit(emitter,
             "        } else if (NK_ELOGIC_CHECK(rc)) {\n"
             "            nk_err_reset(&answer->err_);\n"
             "            answer->err_.status = NK_ELOGIC_GET(rc);\n"
             "            nk_msg_set_ncaps(&answer->err_, %s_%s_err_handles);\n"
             "            rc = NK_EOK;\n",
             prefix, name);
    emit(emitter, "        }\n");
}

static void emit_case(struct emitter *emitter, const struct unit *interface, const struct method *method)
{
    const char *prefix = interface->prefix, *name = method->name.text;
    bool traced = emit_traces(emitter, emitter->options->trace_server, interface, method);
    const char *tracing = emitter->options->trace_server == TRACE_DUMP ? "NK_TRUE" : "NK_FALSE";
    emit(emitter, "    case %s_%s_mid: { /* %s */\n", prefix, name, emit_place(emitter, interface, method->name.at));
    emit(emitter, "        struct %s_%s_res *answer = (struct %s_%s_res *)(void *)res;\n", prefix, name, prefix, name);
    if (traced)
        emit(emitter, "        nk_trace_message(\"%s\", \"%s\", \"request\", req, reqArena, %s);\n",
             interface->name.text, name, tracing);
    if (method->has_error) /* else what is marked here is marked anew below */
        emit(emitter, "        nk_req_reset(&answer->res_);\n");
    emit(emitter,
         "        rc = impl->ops->%s(impl, (const struct %s_%s_req *)(const void *)req, reqArena, answer, resArena);\n",
         name, prefix, name);
    emit_answer(emitter, interface, method);
    if (traced)
        emit(emitter,
             "        if (rc == NK_EOK)\n"
             "            nk_trace_message(\"%s\", \"%s\", \"response\", res, resArena, %s);\n",
             interface->name.text, name, tracing);
    emit(emitter, "        break;\n    }\n");
}

void emit_server(struct emitter *emitter, const struct unit *interface)
{
    const char *prefix = interface->prefix;
    emit_section(emitter, interface->name.text, "SERVER");
    emit_union_of(emitter, interface, "req");
    emit_union_of(emitter, interface, "res");
    emit(emitter,
         "static inline nk_err_t %s(struct %s *impl, nk_iid_t iid, const struct nk_message *req,\n"
         "    const struct nk_arena *reqArena, struct nk_message *res, struct nk_arena *resArena)\n{\n"
         "    nk_err_t rc = NK_ENOENT;\n",
         emit_claim(emitter, interface, interface->name.at, "interface_dispatch"), prefix);
    if (interface->methods == nullptr)
        emit(emitter,
             "    nk_unused(impl);\n    nk_unused(iid);\n    nk_unused(reqArena);\n    nk_unused(resArena);\n");
    else
        emit(emitter, "    if (req->iid != iid)\n        return rc;\n    switch (req->mid) {\n");
    for (const struct method *method = interface->methods; method != nullptr; method = method->next)
        emit_case(emitter, interface, method);
    if (interface->methods != nullptr)
        emit(emitter, "    default:\n        break;\n    }\n");
    /* Servers reply whatever the dispatcher returned: without this the client would take what lies there for an answer.
     */
    emit(emitter, "    if (rc != NK_EOK)\n        nk_message_set_size(res, 0); /* no answer */\n");
    emit(emitter, "    res->iid = %s;\n    res->mid = req->mid;\n    return rc;\n}\n",
         interface->methods == nullptr ? "req->iid" : "iid");
    emit_section_end(emitter);
}
