/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted by constant verdicts. */
#include <abi/core.h>
#include <benchmarks/arena/protocol.h>
#include <ksm/table_policy.h>

static const struct ksm_chunk bytes[] = {
    {.offset = KOS_MESSAGE_HEADER_SIZE, .size_max = ARENA_SIZE, .element_size = 1}};
static const struct ksm_method methods[] = {{.name = "Take",
                                             .request = {.size = KOS_MESSAGE_HEADER_SIZE + ARENA_REQUEST,
                                                         .arena_size = ARENA_SIZE,
                                                         .chunk_count = 1,
                                                         .chunks = bytes},
                                             .response = {.size = KOS_MESSAGE_HEADER_SIZE + ARENA_RESPONSE}}};
static const struct ksm_interface interface = {"benchmark.Arena", methods, 1};
static const struct ksm_endpoint endpoints[] = {{"take", &interface}};
static const struct ksm_class classes[] = {
    KSM_CORE_CLASS, {.name = "Einit"}, {.name = "benchmark.Taker", .endpoints = endpoints, .endpoint_count = 1}};
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
