/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted: these tests are about what tasks share with and tell each other. */
#include <abi/core.h>
#include <ksm/table_policy.h>

static const struct ksm_class classes[] = {KSM_CORE_CLASS, {.name = "Einit"}, {.name = "test.Child"}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
