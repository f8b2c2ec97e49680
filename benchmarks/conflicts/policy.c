/* SPDX-License-Identifier: Apache-2.0 */
/* Policy of the benchmark: verdicts for exactly what it does; constant ones, but for the method Evaluated. */
#include <abi/core.h>
#include <benchmarks/conflicts/protocol.h>
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

KSM_TABLE_POLICY(classes, rules)
