/* SPDX-License-Identifier: Apache-2.0 */
/* Policy of the real-time benchmark: constant verdicts, so that what is measured is the kernel. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <benchmarks/rt/protocol.h>
#include <ksm/table_policy.h>

enum { CORE, EINIT, SERVER, LOAD, CHILD };

static const struct ksm_chunk arena_chunk[] = {{KOS_MESSAGE_HEADER_SIZE, RT_ARENA_SIZE, 1}};

#define METHOD(name_, request_, arena_, response_)                                                                     \
    {.name = #name_,                                                                                                   \
     .request = {.size = KOS_MESSAGE_HEADER_SIZE + (request_),                                                         \
                 .arena_size = (arena_),                                                                               \
                 .chunk_count = (arena_) != 0 ? 1 : 0,                                                                 \
                 .chunks = arena_chunk},                                                                               \
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + (response_)}},
static const struct ksm_method methods[] = {RT_METHODS(METHOD)};
static const struct ksm_interface interface = {"rt.Echo", methods, RT_MIDS};
static const struct ksm_endpoint endpoints[] = {{"echo", &interface}};

static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit"},
                                           {.name = "rt.Server", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "rt.Load"},
                                           {.name = "rt.Child"}};

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, LOAD, SERVER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, SERVER, KSM_ANY, 0, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
