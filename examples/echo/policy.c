/* SPDX-License-Identifier: Apache-2.0 */
/* Einit starts both; the client may call the server and no one else may; all may use the kernel. What is not granted is
 * denied. */
#include <abi/core.h>
#include <echo/Server.edl.ksm.h>
#include <ksm/table_policy.h>

enum { CORE, EINIT, SERVER, CLIENT };
static const struct ksm_class classes[] = {
    KSM_CORE_CLASS,
    {.name = "Einit"},
    {.name = "echo.Server", .endpoints = echo_Server_ksm_endpoints, .endpoint_count = echo_Server_ksm_endpoint_count},
    {.name = "echo.Client"},
};

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, CORE, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, CORE, EINIT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, EINIT, SERVER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, EINIT, CLIENT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CLIENT, SERVER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, SERVER, CLIENT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
