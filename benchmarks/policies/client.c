/* SPDX-License-Identifier: Apache-2.0 */
/* The round trip of benchmarks/ipc (64 bytes there and back) under a policy of each kind. */
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vlog/vlog_api.h>
#include <policies/Rules.idl.h>
#include <stdlib.h>

#define CALL_INTERFACE policies_Rules
#include <benchmarks/call.h>

#define ENTRIES       64U
#define AUDITED_CALLS 50U /* that a CPU's ring has room for, with a margin: two records each */

ROUND_TRIP("ipc/round_trip/policy/constant", Constant)
ROUND_TRIP("ipc/round_trip/policy/flow", FlowEnter)
ROUND_TRIP("ipc/round_trip/policy/mic", MicCall)

static void hashset(void)
{
    static struct policies_Rules_HashSetAdd_req add;
    static struct policies_Rules_HashSetAdd_res added;
    static struct policies_Rules_HashSetContains_req req;
    static struct policies_Rules_HashSetContains_res res;
    ENDPOINT;
    nk_uint64_t entry = 0;
    Retcode rc = rcOk;
    for (unsigned i = 0; i < ENTRIES; i++) {
        add.words[0] = i * 1000UL;
        rc |= CALL(HashSetAdd, &add, NK_NULL, &added);
    }
    MEASURE("ipc/round_trip/policy/hashset", ROUNDS, req.words[0] = entry++ % ENTRIES * 1000;
            rc |= CALL(HashSetContains, &req, NK_NULL, &res));
    check(rc, "hashset");
}

/* 64 bytes of text, and the terminator. */
static void regex(void)
{
    static struct policies_Rules_RegexMatch_req req;
    static struct policies_Rules_RegexMatch_res res;
    static _Alignas(8) char text[72];
    ENDPOINT;
    struct nk_arena arena = NK_ARENA_INITIALIZER(text, text + sizeof(text));
    Retcode rc = rcOk;
    for (unsigned i = 0; i < 60; i++)
        text[i] = i % 8 == 7 ? '/' : 'a';
    text[60] = '.', text[61] = 'l', text[62] = 'o', text[63] = 'g';
    arena.unused = arena.start + 65;
    req.text = (nk_ptr_t){0, 65};
    MEASURE("ipc/round_trip/policy/regex", 2000, rc |= CALL(RegexMatch, &req, &arena, &res));
    check(rc, "regex");
}

static Handle audit;

/* Takes all records; returns how many, ~0 if some were lost. */
static unsigned drain(void)
{
    static AuditMessage record;
    rtl_size_t dropped, lost = 0;
    unsigned count = 0;
    while (KnAuReadTimeout(audit, &record, &dropped, 0) == rcOk) {
        count++;
        lost += dropped;
    }
    return lost == 0 ? count : ~0U;
}

/* Request and response are recorded; in small turns, so that there is room for every record. */
static void audited(void)
{
    static struct policies_Rules_Audited_req req;
    static struct policies_Rules_Audited_res res;
    ENDPOINT;
    Retcode rc = KnAuOpen("kss", &audit);
    (void)drain();
    for (unsigned i = 0; i < 2; i++) { /* the first one warms up */
        rc |= CALL(Audited, &req, NK_NULL, &res);
        check(drain() == 2 ? rc : rcFail, "a record of each");
    }
    nk_uint64_t before = kos_cycles();
    for (unsigned i = 0; i < AUDITED_CALLS; i++) {
        rc |= CALL(Audited, &req, NK_NULL, &res);
        nk_uint64_t now = kos_cycles();
        samples[i] = (nk_uint32_t)(now - before - overhead);
        before = kos_cycles();
    }
    check(drain() == 2 * AUDITED_CALLS ? rc : rcFail, "audited");
    report("ipc/round_trip/policy/audited", AUDITED_CALLS);
}

int main(void)
{
    NkKosTransport_Init(&transport, ServiceLocatorConnect("rules"), NK_NULL, 0);
    riid = ServiceLocatorGetRiid(transport.base.handle, "rules");
    check(riid == INVALID_RIID ? rcFail : rcOk, "riid");
    measure_begin();
    Constant();
    FlowEnter();
    hashset();
    MicCall();
    regex();
    audited();
    printf("BENCH done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
