/* SPDX-License-Identifier: Apache-2.0 */
/* Einit may everything but open sesame; the server is granted its answers but one; Orphan may not be started. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <ksm/table_policy.h>
#include <tests/system/protocol.h>

enum { CORE, EINIT, SERVER, CHILD, ORPHAN };

static const u32 first_word[] = {KOS_MESSAGE_HEADER_SIZE};
static const struct ksm_chunk chunk[] = {{.offset = KOS_MESSAGE_HEADER_SIZE, .size_max = 4096, .element_size = 1}};
#define METHOD(name_, request_, arena_, handles_, response_)                                                           \
    {.name = #name_,                                                                                                   \
     .request = {.size = KOS_MESSAGE_HEADER_SIZE + (request_),                                                         \
                 .arena_size = (arena_),                                                                               \
                 .handle_count = (handles_),                                                                           \
                 .handle_offsets = first_word,                                                                         \
                 .chunk_count = (arena_) != 0 ? 1 : 0,                                                                 \
                 .chunks = chunk},                                                                                     \
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + (response_)}},
static const struct ksm_method methods[] = {TEST_METHODS(METHOD)};
static const struct ksm_interface interface = {"test.Server", methods, TEST_MIDS};
static const struct ksm_endpoint endpoints[] = {{"main", &interface}};
static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit"},
                                           {.name = "test.Server", .endpoints = endpoints, .endpoint_count = 1},
                                           {.name = "test.Child"},
                                           {.name = "test.Orphan"}};

static bool small(const struct ksm_query *query)
{
    word value;
    memcpy(&value, query->constant_part, sizeof(value));
    return value <= 7;
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, KSM_ANY, ORPHAN, KSM_ANY, KSM_ANY, KSM_DENY, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, KOS_RIID_TIME, KOS_CORE_MID(TIME, SetSystemTime), KSM_DENY, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Add, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Sum, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Text, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_DeniedResponse, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Small, KSM_EVALUATE, small},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Give, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Wait, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, SERVER, 0, TEST_Die, KSM_GRANT, nullptr},
    {KSM_RESPONSE, SERVER, EINIT, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, SERVER, EINIT, 0, TEST_DeniedResponse, KSM_DENY, nullptr},
};

KSM_TABLE_POLICY(classes, rules)
