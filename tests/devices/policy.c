/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and memory are the policy's to give: Einit gets all but line DENIED_LINE and the page at DENIED_ADDRESS; a
 * test.Child registers nothing. */
#include <abi/core.h>
#include <ksm/table_policy.h>
#include <tests/devices/protocol.h>

enum { CORE, EINIT, CHILD };
static const struct ksm_class classes[] = {KSM_CORE_CLASS, {.name = "Einit"}, {.name = "test.Child"}};

static u64 first_word(const struct ksm_query *query)
{
    u64 word;
    memcpy(&word, query->constant_part, sizeof(word));
    return word;
}

static bool line_given(const struct ksm_query *query)
{
    return first_word(query) != DENIED_LINE;
}

static bool memory_given(const struct ksm_query *query)
{
    return first_word(query) != DENIED_ADDRESS;
}

#define REGISTER_IRQ  KOS_RIID_IO, KOS_CORE_MID(IO, RegisterIrq)
#define REGISTER_MMIO KOS_RIID_IO, KOS_CORE_MID(IO, RegisterMmio)
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, REGISTER_IRQ, KSM_EVALUATE, line_given},
    {KSM_REQUEST, EINIT, CORE, REGISTER_MMIO, KSM_EVALUATE, memory_given},
    {KSM_REQUEST, CHILD, CORE, REGISTER_IRQ, KSM_DENY, nullptr},
    {KSM_REQUEST, CHILD, CORE, REGISTER_MMIO, KSM_DENY, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
