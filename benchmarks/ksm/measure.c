/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decisions cost, in a kernel that runs nothing else: linked into an image of its own, where the linker (--wrap)
 * leads the boot here before Einit. A sample is the counter's difference around one event, less what reading it costs.
 * Interrupts are masked, as they are whenever the security module decides.
 */
#include <abi/audit.h>
#include <abi/ipc.h>
#include <benchmarks/sort.h>
#include <hal/console.h>
#include <kos/arch/syscall.h>
#include <ksm/audit.h>
#include <ksm/ksm.h>
#include <ksm/models/state.h>

#define ROUNDS  1000U
#define ENTRIES 64U
enum { EINIT = KSM_CLASS_EINIT, CLIENT, SERVER };
enum { EINIT_SID = 2, CLIENT_SID, SERVER_SID };

static u32 samples[ROUNDS];
static u64 overhead;

/* events: in each sample. */
static void report(const char *name, u32 events)
{
    sort_values(samples, ROUNDS);
    u32 round_up = events - 1;
    kernel_print("BENCH ksm/%s rounds=%u min=%u p50=%u p99=%u max=%u\n", name, ROUNDS, (samples[0] + round_up) / events,
                 (samples[ROUNDS / 2] + round_up) / events, (samples[ROUNDS * 99 / 100] + round_up) / events,
                 (samples[ROUNDS - 1] + round_up) / events);
}

#define MEASURE(body)                                                                                                  \
    do {                                                                                                               \
        for (u32 i_ = 0; i_ < ROUNDS; i_++) {                                                                          \
            u64 before_ = kos_cycles();                                                                                \
            body;                                                                                                      \
            samples[i_] = (u32)(kos_cycles() - before_ - overhead);                                                    \
        }                                                                                                              \
    } while (0)

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    kernel_print("BENCH error %s\n", what);
    hal_power_off();
}

static u16 find(const char *name)
{
    const struct ksm_interface *interface = ksm_policy_now()->classes[SERVER].endpoints[0].interface;
    for (u16 mid = 0; mid < interface->method_count; mid++)
        if (strcmp(interface->methods[mid].name, name) == 0)
            return mid;
    check(false, name);
    return 0;
}

static u64 words[2]; /* the message behind its header */
static char text[ENTRIES];
static struct ksm_arena arena;

static struct ksm_query query_of(const char *method)
{
    return (struct ksm_query){.event = KSM_REQUEST,
                              .source_class = CLIENT,
                              .destination_class = SERVER,
                              .source_sid = CLIENT_SID,
                              .destination_sid = SERVER_SID,
                              .mid = (u16)find(method),
                              .constant_part = words,
                              .constant_size = sizeof(words),
                              .arena = &arena};
}

/* The event as the kernel decides it. */
static void decided(const char *name, const char *method)
{
    struct ksm_query query = query_of(method);
    bool granted = ksm_decide(&query) == rcOk;
    MEASURE(granted &= ksm_decide(&query) == rcOk);
    check(granted, name);
    report(name, 1);
}

/* What is cached is out of date, as if something else had changed. */
static void outdate(void)
{
    const struct ksm_policy *policy = ksm_policy_now();
    for (u32 i = 0; i < policy->object_count; i++) {
        struct ksm_state *state = policy->objects[i]->state;
        if (state != nullptr)
            state->generation++;
    }
}

static u64 step; /* not 0: the message is number 0 to ENTRIES - 1 of the set's entries, each in turn */

/* The event as the kernel decides it, with what it reads changed since the last time. Behind each one, `undo` if there
 * is one. */
static void evaluated(const char *name, const char *method, const char *undo)
{
    struct ksm_query query = query_of(method), back = query_of(undo != nullptr ? undo : method);
    bool granted = ksm_decide(&query) == rcOk;
    if (undo != nullptr)
        granted &= ksm_decide(&back) == rcOk;
    for (u32 i = 0; i < ROUNDS; i++) {
        outdate();
        if (step != 0)
            words[0] = i % ENTRIES * step;
        u64 before = kos_cycles();
        granted &= ksm_decide(&query) == rcOk;
        samples[i] = (u32)(kos_cycles() - before - overhead);
        if (undo != nullptr)
            granted &= ksm_decide(&back) == rcOk;
    }
    check(granted, name);
    report(name, 1);
}

/* With a reader, so that there is room for every record. */
static void audited(void)
{
    static u8 record[KOS_AUDIT_RECORD_MAX];
    struct ksm_query query = query_of("Audited");
    u64 dropped = 0;
    bool granted = true, recorded = true;
    while (ksm_audit_read(record, sizeof(record), &dropped) != 0)
        continue;
    for (u32 i = 0; i < ROUNDS; i++) {
        u64 before = kos_cycles();
        granted &= ksm_decide(&query) == rcOk;
        samples[i] = (u32)(kos_cycles() - before - overhead);
        recorded &= ksm_audit_read(record, sizeof(record), &dropped) != 0;
    }
    check(granted && recorded, "audited");
    report("audited", 1);
}

/* What the fast path does for a request and its answer: one load and one compare each, of one entry. */
static void constant(void)
{
    word request = KOS_INFO(0, find("Constant"), KOS_MESSAGE_HEADER_SIZE, 0), answer = request;
    const struct ksm_pair *pair = ksm_pair_get(CLIENT, SERVER);
    bool granted = true;
    ksm_pair_learn(pair, request);
    MEASURE({
        __asm__ volatile("" : "+r"(request), "+r"(answer), "+r"(pair));
        const struct ksm_entry *entry = ksm_entry(pair, request);
        if (unlikely(entry->request != request || entry->response != answer))
            granted = false;
    });
    check(granted, "constant");
    report("constant", 2);
}

static void prepare(void)
{
    struct ksm_query add = query_of("HashSetAdd");
    bool granted = ksm_decide_execute(EINIT, EINIT_SID, CLIENT, CLIENT_SID) == rcOk &&
                   ksm_decide_execute(EINIT, EINIT_SID, SERVER, SERVER_SID) == rcOk;
    for (u32 i = 0; i < ENTRIES; i++) {
        words[0] = i * 1000;
        granted &= ksm_decide(&add) == rcOk;
    }
    for (u32 i = 0; i < sizeof(text); i++)
        text[i] = i % 8 == 7 ? '/' : 'a';
    memcpy(text + sizeof(text) - 5, ".txt", 5);
    arena = ksm_arena_flat(text, sizeof(text));
    check(granted, "the first events");
}

void measure(void) __asm__("__wrap_core_call_init");
void measure(void)
{
    prepare();
    MEASURE();
    sort_values(samples, ROUNDS);
    overhead = samples[ROUNDS / 2];
    constant();
    decided("cached", "FlowAllow");
    words[0] = 7;
    evaluated("base_assert", "Assert", nullptr);
    evaluated("flow_allow", "FlowAllow", nullptr);
    evaluated("flow_enter", "FlowEnter", "FlowBack");
    evaluated("staticmap_get", "StaticMapGet", nullptr);
    evaluated("staticmap_set", "StaticMapSet", nullptr);
    evaluated("mic_call", "MicCall", nullptr);
    evaluated("mic_invoke", "MicInvoke", nullptr);
    words[0] = 0;
    step = 1000;
    evaluated("hashset_contains", "HashSetContains", nullptr);
    evaluated("hashset_add", "HashSetAdd", nullptr);
    step = 0;
    words[0] = (u64)sizeof(text) << 32; /* the text: offset 0, all of the arena */
    evaluated("regex_match", "RegexMatch", nullptr);
    audited();
    kernel_print("BENCH done\n");
    hal_power_off();
}
