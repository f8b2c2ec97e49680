/* SPDX-License-Identifier: Apache-2.0 */
/* Base's set_level, and Regex. */
#include <ksm/models/state.h>

struct ksm_state ksm_base_state;
static u64 level, first_level;

void ksm_audit_level_first(u32 value)
{
    first_level = value;
}

void ksm_base_reset(void)
{
    __atomic_store_n(&level, first_level, __ATOMIC_RELAXED);
}

bool ksm_base_set_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 value)
{
    ksm_store(transaction, object->state, &level, value);
    return true;
}

u32 ksm_audit_level(void)
{
    return (u32)ksm_load(&level);
}

u32 ksm_regex_run(const struct ksm_regex *regex, struct ksm_text text)
{
    u32 state = regex->start;
    for (u32 i = 0; i < text.length && state != 0; i++)
        state = regex->next[state * regex->class_count + regex->classes[(u8)text.bytes[i]]];
    return regex->accepts[state];
}
