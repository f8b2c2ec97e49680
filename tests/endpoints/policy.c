/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is granted but what the tests want denied: Orphan may not be started, Weak may only print and end. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <ksm/table_policy.h>
#include <tests/endpoints/protocol.h>

enum { CORE, EINIT, PEER, WEAK, ORPHAN };

static const u32 handles[] = {KOS_MESSAGE_HEADER_SIZE, KOS_MESSAGE_HEADER_SIZE + 16};
static const struct ksm_chunk chunk[] = {{KOS_MESSAGE_HEADER_SIZE, 8192, 1}};
#define SHAPE(size_, arena_, handles_)                                                                                 \
    {.size = KOS_MESSAGE_HEADER_SIZE + (size_),                                                                        \
     .arena_size = (arena_),                                                                                           \
     .handle_count = (handles_),                                                                                       \
     .handle_offsets = handles,                                                                                        \
     .chunk_count = (arena_) != 0 ? 1 : 0,                                                                             \
     .chunks = chunk}
#define METHOD(name_, request_, arena_, handles_, response_, response_arena_, response_handles_)                       \
    {.name = #name_,                                                                                                   \
     .request = SHAPE(request_, arena_, handles_),                                                                     \
     .response = SHAPE(response_, response_arena_, response_handles_)},
static const struct ksm_method methods[] = {PEER_METHODS(METHOD)};
static const struct ksm_interface interface = {"test.Peer", methods, PEER_MIDS};
static const struct ksm_endpoint endpoints[] = {{"main", &interface}};
static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit"},
                                           {.name = "test.Peer", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "test.Weak"},
                                           {.name = "test.Orphan"}};

static bool at_most(const struct ksm_query *query, word most)
{
    word value;
    memcpy(&value, query->constant_part, sizeof(value));
    return value <= most;
}
static bool small_request(const struct ksm_query *query)
{
    return at_most(query, 7);
}
static bool small_response(const struct ksm_query *query)
{
    return at_most(query, 3);
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, KSM_ANY, ORPHAN, KSM_ANY, KSM_ANY, KSM_DENY, nullptr},
    {KSM_REQUEST, EINIT, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, PEER, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_TASK, KOS_CORE_MID(TASK, Exit), KSM_GRANT, nullptr},
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_THREAD, KOS_CORE_MID(THREAD, SetTls), KSM_GRANT, nullptr}, /* start code */
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_HAL, KOS_CORE_MID(HAL, DebugWrite), KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, PEER, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, PEER, 0, PEER_Denied, KSM_DENY, nullptr},
    {KSM_RESPONSE, PEER, EINIT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, PEER, EINIT, 0, PEER_DeniedResponse, KSM_DENY, nullptr},
    {KSM_REQUEST, EINIT, PEER, 0, PEER_Small, KSM_EVALUATE, small_request},
    {KSM_RESPONSE, PEER, EINIT, 0, PEER_Small, KSM_EVALUATE, small_response},
};

KSM_TABLE_POLICY(classes, rules)
