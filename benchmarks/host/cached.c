/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions that depend on state, answered by the cache of each CPU: the kernel's own code from the query on. One
 * object, which all events read and nobody changes; events of 32 pairs of SIDs, one after the other.
 */
#include <benchmarks/host/host.h>
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/ksm.h>
#include <ksm/models/models.h>
#include <memory/page.h>
#include <stdio.h>
#include <stdlib.h>

#define EVENTS 32U

unsigned long long fake_direct_map;

paddr page_allocate(unsigned order)
{
    void *pages = aligned_alloc((size_t)PAGE_SIZE << order, (size_t)PAGE_SIZE << order);
    return pages != nullptr ? (paddr)(uintptr_t)pages : PADDR_NONE;
}

void kernel_print(const char *format, ...)
{
    (void)fprintf(stderr, "%s\n", format);
}
void smp_poll(void) {}

/* Nothing is recorded; denied events would be. */
void ksm_audit_end(const struct ksm_transaction *transaction, bool granted)
{
    (void)transaction, (void)granted;
}
void ksm_audit_denied(const struct ksm_query *query)
{
    (void)query;
    abort();
}

static const u64 transitions[] = {0};
static const struct ksm_flow_configuration configuration = {
    .transitions = transitions, .state_count = 1, .state_words = 1, .initial = 0};
static struct ksm_object machines = {.name = "machines", .model = KSM_FLOW, .configuration = &configuration};
static struct ksm_object *const objects[] = {&machines};

static _Thread_local u64 evaluations;

static bool evaluate(struct ksm_transaction *transaction)
{
    static const u64 states[] = {1};
    evaluations++;
    return ksm_flow_allow(transaction, &machines, transaction->query->source_sid, states);
}

static const u16 reads[] = {0};
static const struct ksm_decision decision = {.verdict = KSM_EVALUATE,
                                             .flags = KSM_READS_STATE | KSM_READS_SIDS,
                                             .evaluate = evaluate,
                                             .objects = reads,
                                             .object_count = 1};

static struct ksm_descriptor describe(enum ksm_event event, u32 source, u32 destination, u32 riid, u32 mid)
{
    (void)event, (void)source, (void)destination, (void)riid, (void)mid;
    return (struct ksm_descriptor){.verdict = KSM_EVALUATE, .decision = &decision};
}
static const struct ksm_policy policy = {.describe = describe};
const struct ksm_policy *const ksm_policy = &policy;

static void cached(struct host_state *state, const void *context)
{
    (void)context;
    host_be((u32)host_thread(state));
    struct ksm_query query = {.event = KSM_REQUEST, .source_class = 2, .destination_class = 3, .destination_sid = 1000};
    u64 iterations = 0;
    evaluations = 0;
    while (host_keep_running(state)) {
        u32 grants = 0;
        for (u32 sid = 1; sid <= EVENTS; sid++) {
            query.source_sid = sid;
            grants += ksm_decide(&query) == rcOk;
        }
        if (grants != EVENTS)
            abort();
        iterations++;
    }
    if (evaluations > EVENTS) /* each once, when its CPU's cache is empty */
        abort();
    host_items(state, iterations * EVENTS);
}

void cached_benchmarks(void)
{
    struct ksm_transaction transaction;
    static const struct ksm_decision making = {
        .objects = reads, .changes = reads, .object_count = 1, .change_count = 1, .flags = KSM_CHANGES_STATE};
    static const struct ksm_query none;
    host_be(0);
    if (ksm_cpus_init(HOST_CPUS) != rcOk || ksm_models_init(objects, 1) != rcOk)
        abort();
    ksm_transaction_begin(&transaction, &none, &making);
    for (u32 sid = 1; sid <= EVENTS; sid++)
        if (!ksm_flow_init(&transaction, &machines, sid))
            abort();
    ksm_transaction_end(&transaction, true);
    for (int threads = 1; threads <= 2; threads++)
        host_benchmark("ksm/native/cached", cached, nullptr, threads);
}
