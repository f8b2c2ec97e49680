/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted: this test is about interrupts. */
#include <abi/core.h>
#include <ksm/table_policy.h>
#include <tests/isolation/work.h>

static const struct ksm_method methods[] = {{.name = "Echo",
                                             .request = {.size = KOS_MESSAGE_HEADER_SIZE + 8},
                                             .response = {.size = KOS_MESSAGE_HEADER_SIZE + 8}}};
static const struct ksm_interface interface = {"test.Isolation", methods, 1};
static const struct ksm_endpoint endpoints[] = {{"work", &interface}};
static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "test.Quiet", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "test.Child"}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
