/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted: these tests are about the library. */
#include <abi/core.h>
#include <ksm/table_policy.h>

static const struct ksm_class classes[] = {KSM_CORE_CLASS, {.name = "Einit"}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
