/* SPDX-License-Identifier: Apache-2.0 */
/* Policy of the benchmark: verdicts for exactly what it does; constant ones, but for the methods Evaluated and Cached.
 */
#include <abi/core.h>
#include <benchmarks/conflicts/protocol.h>
#include <ksm/models/models.h>
#include <ksm/models/transaction.h>
#include <ksm/table_policy.h>

enum { CORE, EINIT, WORKER, SERVER };

#define METHOD(name_, words_)                                                                                          \
    {.name = #name_,                                                                                                   \
     .request = {.size = KOS_MESSAGE_HEADER_SIZE + (words_) * 8},                                                      \
     .response = {.size = KOS_MESSAGE_HEADER_SIZE + (words_) * 8}},
static const struct ksm_method methods[] = {CONFLICTS_METHODS(METHOD)};
static const struct ksm_interface interface = {"benchmark.Conflicts", methods, CONFLICTS_MIDS};
static const struct ksm_endpoint control[] = {{"control", &interface}}, echo[] = {{"echo", &interface}};

static const struct ksm_class classes[] = {KSM_CORE_CLASS,
                                           {.name = "Einit", .endpoints = control, .endpoint_count = 1},
                                           {.name = "benchmark.Worker"},
                                           {.name = "benchmark.Server", .endpoints = echo, .endpoint_count = 1}};

/* Looks at the message, so the kernel must do so every time. */
static bool word_is_one(const struct ksm_query *query)
{
    return query->constant_size == 8 && *(const u64 *)query->constant_part == 1;
}

static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, KSM_ANY, CORE, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WORKER, EINIT, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, EINIT, WORKER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WORKER, SERVER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WORKER, SERVER, 0, CONFLICTS_Evaluated, KSM_EVALUATE, word_is_one},
    {KSM_RESPONSE, SERVER, WORKER, 0, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, SERVER, WORKER, 0, CONFLICTS_Evaluated, KSM_EVALUATE, word_is_one},
};

/* A number for each worker, which the request Cached looks up: the same as long as nobody changes it, so each CPU
 * remembers the verdict. */
static const struct ksm_text keys[] = {{"may_call", 8}};
static const u64 defaults[] = {1};
static const struct ksm_staticmap_configuration configuration = {
    .keys = keys, .defaults = defaults, .key_count = 1, .pool_size = 8};
static struct ksm_object map = {.name = "map", .model = KSM_STATICMAP, .index = 0, .configuration = &configuration};
static struct ksm_object *const objects[] = {&map};
static const u16 map_index[] = {0};

static bool number_begins(struct ksm_transaction *transaction)
{
    return ksm_staticmap_init(transaction, &map, transaction->query->destination_sid);
}

static bool number_is_one(struct ksm_transaction *transaction)
{
    u64 number;
    return ksm_staticmap_get(transaction, &map, transaction->query->source_sid, 0, &number) && number == 1;
}

static const struct ksm_decision begins = {.verdict = KSM_EVALUATE,
                                           .flags = (enum ksm_decision_flags)(KSM_READS_SIDS | KSM_CHANGES_STATE |
                                                                              KSM_READS_STATE),
                                           .evaluate = number_begins,
                                           .objects = map_index,
                                           .object_count = 1,
                                           .changes = map_index,
                                           .change_count = 1,
                                           .rule_count = 1,
                                           .undo_count = 4,
                                           .cost = 100},
                                 looks = {.verdict = KSM_EVALUATE,
                                          .flags = (enum ksm_decision_flags)(KSM_READS_SIDS | KSM_READS_STATE),
                                          .evaluate = number_is_one,
                                          .objects = map_index,
                                          .object_count = 1,
                                          .rule_count = 1,
                                          .cost = 100};

static struct ksm_descriptor describe(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    if (event == KSM_EXECUTE && destination == WORKER)
        return (struct ksm_descriptor){.verdict = KSM_EVALUATE, .decision = &begins};
    if (event == KSM_REQUEST && source == WORKER && destination == SERVER && mid == CONFLICTS_Cached)
        return (struct ksm_descriptor){.verdict = KSM_EVALUATE, .decision = &looks};
    return ksm_table_describe(rules, array_length(rules), event, source, destination, riid, mid);
}

static const struct ksm_policy policy = {.version = KSM_POLICY_VERSION,
                                         .classes = classes,
                                         .class_count = array_length(classes),
                                         .describe = describe,
                                         .objects = objects,
                                         .object_count = array_length(objects)};
const struct ksm_policy *const ksm_policy = &policy;
