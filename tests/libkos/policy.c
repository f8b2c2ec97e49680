/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted: these tests are about the library. Einit serves what the class libkostest.Server does. */
#include <abi/core.h>
#include <ksm/table_policy.h>
#include <libkostest/Server.edl.ksm.h>

static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit",
                                            .endpoints = libkostest_Server_ksm_endpoints,
                                            .endpoint_count = libkostest_Server_ksm_endpoint_count},
                                           {.name = "libkostest.Child"}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_ERROR, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
