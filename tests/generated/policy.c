/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted; the tables of the server are generated. Sum is decided by a function: its messages are
 * verified before rules too. */
#include <abi/core.h>
#include <guest/Server.edl.ksm.h>
#include <ksm/table_policy.h>

static const struct ksm_class classes[] = {
    KSM_CORE_CLASS,
    {.name = "Einit"},
    {.name = "guest.Client"},
    {.name = "guest.Server",
     .endpoints = guest_Server_ksm_endpoints,
     .endpoint_count = guest_Server_ksm_endpoint_count},
};

static bool always(const struct ksm_query *query)
{
    return query->constant_part != nullptr;
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, 3, KSM_ANY, 2, KSM_EVALUATE, always},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_ERROR, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
