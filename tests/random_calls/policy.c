/* SPDX-License-Identifier: Apache-2.0 */
/* Callers may everything but switch the machine off and write on the console. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <ksm/table_policy.h>
#include <tests/random_calls/protocol.h>

enum { CORE, EINIT, CALLER };

static const u32 handles[] = {KOS_MESSAGE_HEADER_SIZE, KOS_MESSAGE_HEADER_SIZE + 16};
static const struct ksm_chunk text_chunks[] = {{KOS_MESSAGE_HEADER_SIZE, 8192, 1},
                                               {KOS_MESSAGE_HEADER_SIZE + 8, 64, 8}};
static const struct ksm_chunk mixed_chunks[] = {{KOS_MESSAGE_HEADER_SIZE + 16, 4096, 1},
                                                {KOS_MESSAGE_HEADER_SIZE + 24, 4096, 4}};
#define SHAPE(size_, arena_, handles_)                                                                                 \
    {.size = KOS_MESSAGE_HEADER_SIZE + (size_),                                                                        \
     .arena_size = (arena_),                                                                                           \
     .handle_count = (handles_),                                                                                       \
     .handle_offsets = handles,                                                                                        \
     .chunk_count = (arena_) != 0 ? 2 : 0,                                                                             \
     .chunks = (arena_) == 4096 ? mixed_chunks : text_chunks}
#define METHOD(name_, request_, arena_, handles_, response_, response_arena_, response_handles_)                       \
    {.name = #name_,                                                                                                   \
     .request = SHAPE(request_, arena_, handles_),                                                                     \
     .response = SHAPE(response_, response_arena_, response_handles_),                                                 \
     .error = {.size = KOS_MESSAGE_HEADER_SIZE + 8}},
static const struct ksm_method methods[] = {RANDOM_METHODS(METHOD)};
static const struct ksm_interface interface = {"test.Random", methods, RANDOM_MIDS};
static const struct ksm_endpoint endpoints[] = {{"first", &interface}, {"second", &interface}};
static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "test.Caller", .endpoints = endpoints, .endpoint_count = 2}};

static bool odd(const struct ksm_query *query)
{
    word value;
    memcpy(&value, query->constant_part, sizeof(value));
    return (value & 1) != 0;
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CALLER, CORE, KOS_RIID_PM, KOS_CORE_MID(PM, Request), KSM_DENY, nullptr},
    {KSM_REQUEST, CALLER, CORE, KOS_RIID_HAL, KOS_CORE_MID(HAL, DebugWrite), KSM_DENY, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CALLER, EINIT, 0, RANDOM_Progress, KSM_GRANT, nullptr},
    {KSM_RESPONSE, EINIT, CALLER, 0, RANDOM_Progress, KSM_GRANT, nullptr},
    {KSM_REQUEST, CALLER, CALLER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, CALLER, CALLER, KSM_ANY, RANDOM_Judged, KSM_EVALUATE, odd},
    {KSM_RESPONSE, CALLER, CALLER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CALLER, CALLER, KSM_ANY, RANDOM_Judged, KSM_EVALUATE, odd},
    {KSM_ERROR, CALLER, CALLER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
