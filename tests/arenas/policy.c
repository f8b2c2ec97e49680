/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted: these tests are about how arenas travel. */
#include <abi/core.h>
#include <ksm/table_policy.h>
#include <tests/arenas/arenas.h>

static const struct ksm_chunk chunk[] = {{.offset = KOS_MESSAGE_HEADER_SIZE, .size_max = SUM_ARENA, .element_size = 1}};
static const struct ksm_method methods[] = {
    {.name = "Sum",
     .request =
         {.size = KOS_MESSAGE_HEADER_SIZE + SUM_REQUEST, .arena_size = SUM_ARENA, .chunk_count = 1, .chunks = chunk},
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + SUM_RESPONSE}},
    {.name = "Fill",
     .request = {.size = KOS_MESSAGE_HEADER_SIZE},
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + FILL_RESPONSE}},
    {.name = "Refused", .request = {.size = KOS_MESSAGE_HEADER_SIZE}, .response = {.size = KOS_MESSAGE_HEADER_SIZE}}};
static const struct ksm_interface interface = {"test.Arenas", methods, 3};
static const struct ksm_endpoint endpoints[] = {{"sum", &interface}};
static const struct ksm_class classes[] = {
    KSM_CORE_CLASS, {.name = "Einit"}, {.name = "test.Server", .endpoints = endpoints, .endpoint_count = 1}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, 2, 2, 0, 2, KSM_DENY, nullptr}, /* of test.Server to itself: Refused */
};

KSM_TABLE_POLICY(classes, rules)
