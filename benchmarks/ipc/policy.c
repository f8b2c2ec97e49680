/* SPDX-License-Identifier: Apache-2.0 */
/* Policy of the benchmark: everything that it does is granted by constant verdicts, except the methods Denied and
 * Evaluated. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <benchmarks/ipc/protocol.h>
#include <ksm/table_policy.h>

enum { CORE, EINIT, CLIENT, SERVER, CHILD };

static const u32 first_word[] = {KOS_MESSAGE_HEADER_SIZE};
static const struct ksm_chunk arena_chunk[] = {
    {.offset = KOS_MESSAGE_HEADER_SIZE, .size_max = 1 << 20, .element_size = 1}};

#define METHOD(name_, request_, arena_, handles_, response_)                                                           \
    {.name = #name_,                                                                                                   \
     .request = {.size = KOS_MESSAGE_HEADER_SIZE + (request_),                                                         \
                 .arena_size = (arena_),                                                                               \
                 .handle_count = (handles_),                                                                           \
                 .handle_offsets = first_word,                                                                         \
                 .chunk_count = (arena_) != 0 ? 1 : 0,                                                                 \
                 .chunks = arena_chunk},                                                                               \
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + (response_)}},
static const struct ksm_method methods[] = {BENCHMARK_METHODS(METHOD)};
static const struct ksm_interface interface = {"benchmark.Echo", methods, BENCHMARK_MIDS};
static const struct ksm_endpoint endpoints[] = {{"echo", &interface}};

static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit"},
                                           {.name = "benchmark.Client"},
                                           {.name = "benchmark.Server", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "benchmark.Child"}};

/* The least that an evaluated rule can do. */
static bool first_word_is_0(const struct ksm_query *query)
{
    word first;
    memcpy(&first, query->constant_part, sizeof(first));
    return first == 0;
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CLIENT, SERVER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CLIENT, SERVER, 0, BENCHMARK_Denied, KSM_DENY, nullptr},
    {KSM_REQUEST, CLIENT, SERVER, 0, BENCHMARK_Evaluated, KSM_EVALUATE, first_word_is_0},
    {KSM_RESPONSE, SERVER, CLIENT, 0, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
