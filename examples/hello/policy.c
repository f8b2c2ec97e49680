/* SPDX-License-Identifier: Apache-2.0 */
/* Einit starts Hello; both may use the kernel; nothing else is granted. */
#include <abi/core.h>
#include <ksm/table_policy.h>

enum { CORE, EINIT, HELLO };
static const struct ksm_class classes[] = {KSM_CORE_CLASS, {.name = "Einit"}, {.name = "hello.Hello"}};

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, CORE, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, CORE, EINIT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, EINIT, HELLO, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
