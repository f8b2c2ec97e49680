/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of rules. */
#include <tools/nk-psl-gen-c/emit.h>

static const char *object_of(struct emitter *emitter, const struct psl_expression *call)
{
    return emit_print(emitter, "&object_%s", call->callee_object->name);
}

static const char *level_or_null(struct emitter *emitter, const struct psl_expression *call, unsigned i)
{
    if (call->arguments[i]->operation == PSL_UNIT)
        return "nullptr";
    return emit_print(emitter, "&%s", emit_level(emitter, call->callee_object, call->arguments[i]));
}

static const char *resource(struct emitter *emitter, const struct psl_expression *call)
{
    const char *name = emit_name(emitter), *sids[4];
    for (unsigned i = 0; i < 4; i++)
        sids[i] = call->arguments[i]->operation == PSL_UNIT ? "KSM_MIC_ROOT" : emit_sid(emitter, call->arguments[i]);
    if (call->arguments[2]->operation != PSL_UNIT) /* 0 is no SID here, though it stands for the root */
        emit_unless(emitter, emit_print(emitter, "%s != KSM_MIC_ROOT", sids[2]));
    emit_line(emitter, "const struct ksm_mic_resource %s = {%s, %s, %s, %s};", name, sids[0], sids[1], sids[2],
              sids[3]);
    return name;
}

static const char *mic_rule(struct emitter *emitter, const struct psl_expression *call, const char *object)
{
    const char *name = call->callee->name, *first, *second, *third;
    switch (call->callee->id) {
    case PSL_MIC_CREATE:
    case PSL_MIC_UPGRADE:
        first = resource(emitter, call);
        return emit_print(emitter, "ksm_mic_%s(transaction, %s, %s, %s)", name, object, first,
                          level_or_null(emitter, call, 4));
    case PSL_MIC_DELETE:
        return emit_print(emitter, "ksm_mic_delete(transaction, %s, %s)", object, resource(emitter, call));
    case PSL_MIC_EXECUTE:
        first = "KSM_MIC_ROOT";
        if (call->arguments[0]->operation != PSL_UNIT) {
            first = emit_sid(emitter, call->arguments[0]);
            emit_unless(emitter, emit_print(emitter, "%s != KSM_MIC_ROOT", first));
        }
        second = emit_sid(emitter, call->arguments[1]);
        third = level_or_null(emitter, call, 2);
        return emit_print(emitter, "ksm_mic_execute(transaction, %s, %s, %s, %s, %s)", object, first, second, third,
                          level_or_null(emitter, call, 3));
    default:
        first = emit_sid(emitter, call->arguments[0]);
        return emit_print(emitter, "ksm_mic_%s(transaction, %s, %s, %s)", name, object, first,
                          emit_sid(emitter, call->arguments[1]));
    }
}

const char *emit_rule_call(struct emitter *emitter, const struct psl_expression *call)
{
    static const char *const models[PSL_MODELS] = {
        [PSL_HASHSET] = "hashset", [PSL_STATICMAP] = "staticmap", [PSL_FLOW] = "flow"};
    const struct psl_object *object = call->callee_object;
    const char *name = object_of(emitter, call), *sid, *second = "", *third = "";
    switch (call->callee->id) {
    case PSL_GRANT:
        return "true";
    case PSL_ASSERT:
        return emit_value(emitter, call->arguments[0]);
    case PSL_DENY:
        if (call->arguments[0]->operation == PSL_UNIT)
            return "false";
        return emit_print(emitter, "!%s", emit_value(emitter, call->arguments[0]));
    case PSL_SET_LEVEL:
        return emit_print(emitter, "ksm_base_set_level(transaction, %s, (u32)%s)", name,
                          emit_value(emitter, call->arguments[0]));
    default:
        break;
    }
    if (object->model == PSL_MIC)
        return mic_rule(emitter, call, name);
    sid = emit_sid(emitter, call->arguments[0]);
    if (object->model == PSL_FLOW && psl_call_audited(emitter->profile, call))
        emit_line(emitter, "sid = %s;", sid);
    if (call->callee->id == PSL_HASHSET_ADD || call->callee->id == PSL_HASHSET_REMOVE)
        second = emit_print(emitter, ", %s", emit_entry(emitter, object, call->arguments[1]));
    else if (call->callee->id == PSL_FLOW_ENTER)
        second = emit_print(emitter, ", %s", emit_state(emitter, object, call->arguments[1]));
    else if (call->callee->id == PSL_FLOW_ALLOW)
        second = emit_print(emitter, ", %s", emit_states(emitter, object, call->arguments[1]));
    else if (call->callee->id == PSL_MAP_SET) {
        second = emit_print(emitter, ", %s", emit_key(emitter, object, call->arguments[1]));
        third = emit_print(emitter, ", (u64)%s", emit_value(emitter, call->arguments[2]));
    }
    return emit_print(emitter, "ksm_%s_%s(transaction, %s, %s%s%s)", models[object->model], call->callee->name, name,
                      sid, second, third);
}
