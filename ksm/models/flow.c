/* SPDX-License-Identifier: Apache-2.0 */
/* Flow: a context's word is the number of its state. */
#include <ksm/models/state.h>

static bool bit(const u64 *bits, u64 number)
{
    return (bits[number / 64] >> number % 64 & 1) != 0;
}

bool ksm_flow_init(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    const struct ksm_flow_configuration *configuration = object->configuration;
    u64 *state = ksm_context_make(transaction, object, sid);
    if (state != nullptr)
        ksm_store(transaction, object->state, state, configuration->initial);
    return state != nullptr;
}

bool ksm_flow_fini(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid)
{
    return ksm_context_drop(transaction, object, sid);
}

bool ksm_flow_enter(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 next)
{
    const struct ksm_flow_configuration *configuration = object->configuration;
    struct ksm_state *machines = object->state;
    u64 *state = ksm_context_find(object, sid);
    if (state == nullptr || !bit(configuration->transitions + *state * configuration->state_words, next))
        return false;
    ksm_store(transaction, machines, state, next);
    return true;
}

bool ksm_flow_allow(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, const u64 *states)
{
    (void)transaction;
    const u64 *state = ksm_context_find(object, sid);
    return state != nullptr && bit(states, ksm_load(state));
}

bool ksm_flow_query(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid, u32 *number)
{
    (void)transaction;
    const u64 *state = ksm_context_find(object, sid);
    if (state != nullptr)
        *number = (u32)ksm_load(state);
    return state != nullptr;
}
