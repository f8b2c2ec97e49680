/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers are decided on by their words and by their arena, which must not change meanwhile. */
#include <abi/core.h>
#include <ksm/models/transaction.h>
#include <ksm/table_policy.h>
#include <tests/pauses/pauses.h>

enum { CORE, EINIT };

static const u32 handles[] = {KOS_MESSAGE_HEADER_SIZE + 24, KOS_MESSAGE_HEADER_SIZE + 40};
static const struct ksm_chunk chunks[] = {{KOS_MESSAGE_HEADER_SIZE, 4096, 1},
                                          {KOS_MESSAGE_HEADER_SIZE + 8, PARCEL_ARENA, 1}};
static const struct ksm_content contents[] = {{.text = true}, {.text = false}};
#define SHAPE(size_)                                                                                                   \
    {.size = (size_),                                                                                                  \
     .arena_size = PARCEL_ARENA,                                                                                       \
     .handle_count = 2,                                                                                                \
     .handle_offsets = handles,                                                                                        \
     .chunk_count = 2,                                                                                                 \
     .chunks = chunks,                                                                                                 \
     .contents = contents,                                                                                             \
     .deep = true}
static const struct ksm_method methods[] = {
    {.name = "Large", .request = SHAPE(PARCEL_SIZE + PARCEL_REST), .response = SHAPE(PARCEL_SIZE + PARCEL_REST)},
    {.name = "Small", .request = SHAPE(PARCEL_SIZE), .response = SHAPE(PARCEL_SIZE)}};
static const struct ksm_interface interface = {"test.Pauses", methods, 2};
static const struct ksm_endpoint endpoints[] = {{"parcels", &interface}};
static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit", .endpoints = endpoints, .endpoint_count = 1}};

static bool odd(struct ksm_transaction *transaction)
{
    u64 number;
    memcpy(&number, (const u8 *)transaction->query->constant_part + 16, sizeof(number));
    return (number & 1) != 0;
}

/* An arena that is copied is kept by the kernel for it. */
static const struct ksm_decision judged = {.verdict = KSM_EVALUATE,
                                           .flags = (enum ksm_decision_flags)(KSM_READS_MESSAGE | KSM_READS_ARENA),
                                           .evaluate = odd,
                                           .rule_count = 1,
                                           .cost = 10};

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
};

static struct ksm_descriptor describe(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    if ((event == KSM_REQUEST || event == KSM_RESPONSE) && source == EINIT && destination == EINIT)
        return (struct ksm_descriptor){.verdict = KSM_EVALUATE, .decision = &judged};
    return ksm_table_describe(rules, array_length(rules), event, source, destination, riid, mid);
}

static const struct ksm_policy policy = {
    .version = KSM_POLICY_VERSION, .classes = classes, .class_count = array_length(classes), .describe = describe};
const struct ksm_policy *const ksm_policy = &policy;
