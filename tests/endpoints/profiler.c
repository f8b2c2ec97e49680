/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint profiler.Profiler, through coresrv/stat/. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/stat/pmu_api.h>
#include <coresrv/stat/stat_api.h>
#include <coresrv/stat/trace_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/time/time_api.h>
#include <tests/endpoints/endpoints.h>

#define CALLS   10
#define SPIN_MS 20

static nk_uint64_t value(const char *name)
{
    rtl_uint64_t found = ~0ULL;
    expect("profiler/GetCounters", name, KnStatGetValueAsUInt64(name, &found), rcOk);
    return found;
}

static nk_uint64_t own(const char *name)
{
    rtl_uint64_t found = ~0ULL;
    expect("profiler/ObjectGetStat", name, KnStatGetObjectValues(INVALID_HANDLE, &name, 1, &found), rcOk);
    return found;
}

static void spin(void *nothing)
{
    (void)nothing;
    nk_uint64_t end = KnGetMSecSinceStart() + SPIN_MS;
    while (KnGetMSecSinceStart() < end)
        for (volatile unsigned i = 0; i < 20000; i++)
            ;
}

static void error_tests(void)
{
    const char *name = "profiler/GetCounters";
    static const char *const unknown[] = {"x",
                                          "time",
                                          "time.",
                                          "time.users",
                                          "time.user.x",
                                          "cpu",
                                          "cpu.0",
                                          "cpu.99.time.user",
                                          "cpu.0.time",
                                          "cpu.18446744073709551617.time.user",
                                          "cpu.-1.time.user",
                                          "task",
                                          "task.0.threads",
                                          "task.99999.threads",
                                          "task.1.thread.0.state",
                                          "task.1.services.x.calls",
                                          "mem",
                                          "mem.high",
                                          "events.x",
                                          "time.ksm",
                                          "time.ksm.x",
                                          "",
                                          "task.1.services.hal.HAL",
                                          "task.1.services..calls",
                                          "task.1.services.calls"};
    rtl_uint64_t values[KOS_COUNTERS_MAX + 1];
    for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        expect(name, unknown[i], KnStatGetValueAsUInt64(unknown[i], values), rcResourceNotFound);
    const char *many[KOS_COUNTERS_MAX + 1];
    for (unsigned i = 0; i <= KOS_COUNTERS_MAX; i++)
        many[i] = "mem.total";
    expect(name, "as_many_as_go", KnStatGetValues("", many, KOS_COUNTERS_MAX, values), rcOk);
    expect(name, "all_the_same", values[0] == values[KOS_COUNTERS_MAX - 1] && values[0] != 0, 1);
    expect(name, "too_many", KnStatGetValues("", many, KOS_COUNTERS_MAX + 1, values), rcInvalidArgument);
    many[1] = "mem.nothing";
    values[0] = 1;
    expect(name, "all_or_none", KnStatGetValues("", many, 2, values), rcResourceNotFound);
    expect(name, "untouched", (long long)values[0], 1);
    expect(name, "no_buffer", RC(PROFILER, GetCounters, CHUNK(0, 0), CHUNK(0, 0)), rcBufferTooSmall);
    expect("profiler/SetCounting", "neither", RC(PROFILER, SetCounting, 2), rcInvalidArgument);
    expect("profiler/GetTaskName", "unknown", KnTaskStatGetName(99999, (char *)values, 64), rcResourceNotFound);
    expect("profiler/ObjectGetStat", "forged", KnStatGetObjectValues(12345, many, 1, values), rcInvalidHandle);
}

static void always_counted_tests(unsigned cpus)
{
    expect("profiler/cpu.count", NK_NULL, (long long)value("cpu.count"), cpus);
    nk_uint64_t total = value("mem.total"), free = value("mem.free");
    expect("profiler/mem", "some_free", free != 0 && free < total, 1);
    expect("profiler/mem", "high", (long long)value("mem.high.total"), (long long)total);
    nk_uint64_t before = value("events.faults"), pages = own("mem.phy");
    volatile char *page = (volatile char *)(rtl_uintptr_t)pages_allocate(PAGE, KOS_VMM_READ | KOS_VMM_WRITE |
                                                                                   KOS_VMM_RESERVE | KOS_VMM_COMMIT);
    *page = 1;
    expect("profiler/events", "a_fault", value("events.faults") > before, 1);
    expect("profiler/mem.phy", "a_page_more", own("mem.phy") > pages, 1);
}

static rtl_uint32_t own_pid(void)
{
    return (rtl_uint32_t)KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[0];
}

static void list_tests(void)
{
    rtl_uint32_t ids[256], count;
    char name[64];
    bool found = false, ascending = true;
    expect("profiler/GetTasks", NK_NULL, KnGroupStatGetTaskList(ids, 256, &count), rcOk);
    for (rtl_uint32_t i = 0; i < count; i++) {
        found |= ids[i] == own_pid();
        ascending &= i == 0 || ids[i] > ids[i - 1];
    }
    expect("profiler/GetTasks", "this_one", found, 1);
    expect("profiler/GetTasks", "ascending", ascending, 1);
    expect("profiler/GetTasks", "no_room", KnGroupStatGetTaskList(ids, 0, &count), rcBufferTooSmall);
    expect("profiler/GetTaskName", NK_NULL, KnTaskStatGetName(own_pid(), name, sizeof(name)), rcOk);
    expect("profiler/GetTaskName", "Einit", strcmp(name, "Einit"), 0);
    expect("profiler/GetThreads", NK_NULL, KnTaskStatGetThreadList(own_pid(), ids, 256, &count), rcOk);
    expect("profiler/GetThreads", "as_counted", (long long)count, (long long)own("threads"));
    rtl_uint64_t state = ~0ULL;
    expect("profiler/thread", "state", KnThreadStatGetParam(own_pid(), ids[0], THREAD_PARAM_STATE, &state), rcOk);
    expect("profiler/thread", "runs", (long long)state, KOS_THREAD_STATE_RUNNABLE);
}

/* Times and calls while counting is on. */
static void counting_tests(unsigned cpus)
{
    expect("profiler/SetCounting", "on", KnStatSetCounting(1), rcOk);
    expect("profiler/SetCounting", "on_again", KnStatSetCounting(1), rcOk);
    (void)KOS_CORE0(HAL, GetCpuCount); /* from here on the thread has counters */
    nk_uint64_t begin = uptime_ms(), all = value("time.user") + value("time.kernel") + value("time.idle");
    nk_uint64_t user = own("time.user"), calls = own("services.fs.FS.calls");
    for (unsigned i = 0; i < CALLS; i++)
        (void)KOS_CORE0(FS, Count);
    expect("profiler/services", "as_many_as_called", (long long)(own("services.fs.FS.calls") - calls), CALLS);
    expect("profiler/services", "of_profiler", own("services.profiler.Profiler.calls") > 5, 1);
    spin(NK_NULL);
    nk_uint64_t mine = own("time.user") - user;
    expect("profiler/time", "user", mine > SPIN_MS * 1000000ULL / 2, 1);
    thread_join("profiler/thread", thread_on(cpus - 1, spin, NK_NULL, 0), 0);
    expect("profiler/time", "of_an_ended_thread", own("time.user") - user > mine + SPIN_MS * 1000000ULL / 2, 1);
    (void)KnSleep(SPIN_MS);
    nk_uint64_t passed = (uptime_ms() - begin) * 1000000ULL * cpus;
    all = value("time.user") + value("time.kernel") + value("time.idle") - all;
    expect("profiler/time", "all_of_it", all > passed - passed / 4 && all < passed + passed / 4 + 2000000ULL * cpus, 1);
    rtl_uint64_t idle = 0;
    expect("profiler/time", "idle", KnGroupStatGetParam(GROUP_PARAM_CPU_IDLE, &idle) == rcOk && idle != 0, 1);
    expect("profiler/SetCounting", "off", KnStatSetCounting(0), rcOk);
    user = own("time.user"), idle = value("time.idle");
    spin(NK_NULL);
    expect("profiler/SetCounting", "no_more_user_time", own("time.user") == user, 1);
    expect("profiler/SetCounting", "no_more_idle_time", value("time.idle") == idle, 1);
}

#define ROUNDS 100000U

/* What there is counts; what there is not is refused, with words. */
static void pmu_tests(unsigned cpus)
{
    static const char *const names[] = {"pmu.cycles", "pmu.instructions"};
    KnPmuInfo info;
    KnPmuRegion region;
    rtl_uint64_t before[2], after[2], counts[KOS_PMU_EVENT_COUNT];
    expect("profiler/GetPmu", NK_NULL, KnPmuGetInfo(&info), rcOk);
    printf("performance monitoring: %s\n", info.description);
    expect("profiler/GetPmu", "words", strlen(info.description) > 4, 1);
    expect("profiler/GetPmu", "none_or_some", (info.events == 0) == (strncmp(info.description, "none: ", 6) == 0), 1);
    expect("profiler/SetPmu", "while_nothing_is_counted", RC(PROFILER, SetPmu, info.events & 1U),
           (info.events & 1U) != 0 ? rcInvalidOperation : rcOk);
    expect("profiler/SetPmu", "unknown_event", KnPmuStart(1U << 31), rcDeviceNotFound);
    for (unsigned event = 0; event < KOS_PMU_EVENT_COUNT; event++)
        if ((info.events >> event & 1U) == 0)
            expect("profiler/SetPmu", KnPmuEventName(event), KnPmuStart(1U << event), rcDeviceNotFound);
    rtl_uint32_t events = info.events & (1U << KOS_PMU_CYCLES | 1U << KOS_PMU_INSTRUCTIONS);
    expect("profiler/SetPmu", "these", KnPmuStart(events), rcOk);
    expect("profiler/pmu", "of_the_machine", KnStatGetValues("", names, 2, before), rcOk);
    expect("profiler/pmu", "region", KnPmuRegionInit(&region, events), rcOk);
    expect("profiler/pmu", "begin", KnPmuRegionBegin(&region), rcOk);
    for (volatile unsigned i = 0; i < ROUNDS; i++)
        ;
    expect("profiler/pmu", "end", KnPmuRegionEnd(&region, counts), rcOk);
    thread_join("profiler/pmu", thread_on(cpus - 1, spin, NK_NULL, 0), 0);
    expect("profiler/pmu", "of_the_machine", KnStatGetValues("", names, 2, after), rcOk);
    for (unsigned i = 0; i < 2; i++) {
        bool on = (events >> (i == 0 ? KOS_PMU_CYCLES : KOS_PMU_INSTRUCTIONS) & 1U) != 0;
        expect(names[i], "region", counts[i] > (on ? ROUNDS : 0), on);
        expect(names[i], "machine", after[i] - before[i] > counts[i], on);
    }
    /* exact where every instruction counts: three or four of them a round */
    if ((events & 1U << KOS_PMU_INSTRUCTIONS) != 0)
        expect("profiler/pmu", "instructions_of_a_loop", counts[KOS_PMU_INSTRUCTIONS] < 12ULL * ROUNDS, 1);
    expect("profiler/pmu", "off", KnPmuStart(0), rcOk);
    expect("profiler/SetCounting", "off", KnStatSetCounting(0), rcOk);
    expect("profiler/pmu", "closed", KnPmuRegionFini(&region), rcOk);
}

static Handle self_handle(void)
{
    return (Handle)KOS_CORE0(THREAD, OpenCurrent).w[0];
}

static nk_uint64_t of_thread(Handle thread, const char *name)
{
    rtl_uint64_t found = ~0ULL;
    expect("profiler/ObjectGetStat", name, KnStatGetObjectValues(thread, &name, 1, &found), rcOk);
    return found;
}

/* Counts for itself, and ends without saying that it is done. */
static void counts_itself(void *context)
{
    rtl_uint32_t events = *(rtl_uint32_t *)context;
    Handle self = self_handle();
    expect("profiler/SetThreadPmu", "itself", KnPmuStartThread(self, events), rcOk);
    for (volatile unsigned i = 0; i < ROUNDS; i++)
        ;
    expect("profiler/thread_pmu", "another_thread", of_thread(self, "pmu.cycles") > ROUNDS, 1);
}

#define TRIES 5

/* One thread's events, while it runs only, wherever it goes; nobody else's, and nothing of the machine's. */
static void thread_pmu_tests(unsigned cpus)
{
    KnPmuInfo info;
    KnPmuRegion region;
    rtl_uint64_t counts[KOS_PMU_EVENT_COUNT];
    Handle self = self_handle();
    expect("profiler/GetPmu", NK_NULL, KnPmuGetInfo(&info), rcOk);
    rtl_uint32_t events = info.events & (1U << KOS_PMU_CYCLES | 1U << KOS_PMU_INSTRUCTIONS);
    expect("profiler/SetThreadPmu", "unknown_event", KnPmuStartThread(self, 1U << 31), rcDeviceNotFound);
    Handle weak;
    expect("thread/Copy", NK_NULL, KnHandleCopy(self, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    const struct core_request set = {REQUEST(PROFILER, SetThreadPmu, self, 0)};
    expect_handle_errors("profiler/SetThreadPmu", &set, 0, KOS_CORE_HANDLE, weak);
    expect("thread/Close", "weak", KnHandleClose(weak), rcOk);
    expect("profiler/SetThreadPmu", "none", KnPmuStartThread(self, 0), rcOk);
    if (events != info.events || events == 0)
        expect("profiler/SetThreadPmu", "not_here", KnPmuStartThread(self, ~info.events & 0x3fU), rcDeviceNotFound);
    if (events == 0)
        return;
    expect("profiler/thread_pmu", "stays", KnThreadSetAffinityByHandle(self, 1), rcOk);
    nk_uint64_t machine = value("pmu.cycles"), user = value("time.user");
    expect("profiler/SetThreadPmu", "these", KnPmuStartThread(self, events), rcOk);
    expect("profiler/thread_pmu", "region", KnPmuRegionInit(&region, events), rcOk);
    expect("profiler/thread_pmu", "begin", KnPmuRegionBegin(&region), rcOk);
    for (volatile unsigned i = 0; i < ROUNDS; i++)
        ;
    expect("profiler/thread_pmu", "end", KnPmuRegionEnd(&region, counts), rcOk);
    expect("profiler/thread_pmu", "cycles_of_a_region", counts[KOS_PMU_CYCLES] > ROUNDS, 1);
    if ((events & 1U << KOS_PMU_INSTRUCTIONS) != 0)
        expect("profiler/thread_pmu", "instructions_of_a_region",
               counts[KOS_PMU_INSTRUCTIONS] > 2ULL * ROUNDS && counts[KOS_PMU_INSTRUCTIONS] < 12ULL * ROUNDS, 1);
    nk_uint64_t least = ~0ULL; /* the host may let this machine wait while the thread runs: not every time */
    for (unsigned i = 0; i < TRIES; i++) {
        nk_uint64_t before = of_thread(self, "pmu.cycles");
        thread_join("profiler/thread_pmu", thread_on(0, spin, NK_NULL, 0), 0);
        nk_uint64_t passed = of_thread(self, "pmu.cycles") - before;
        least = passed < least ? passed : least;
    }
    expect("profiler/thread_pmu", "not_while_others_run", least < SPIN_MS * 1000000ULL / 2, 1);
    nk_uint64_t here = of_thread(self, "pmu.cycles");
    expect("profiler/thread_pmu", "goes_away", KnThreadSetAffinityByHandle(self, 1ULL << (cpus - 1)), rcOk);
    for (volatile unsigned i = 0; i < ROUNDS; i++)
        ;
    expect("profiler/thread_pmu", "counted_there", of_thread(self, "pmu.cycles") - here > ROUNDS, 1);
    expect("profiler/thread_pmu", "comes_back", KnThreadSetAffinityByHandle(self, 1), rcOk);
    nk_uint64_t all = own("pmu.cycles");
    thread_join("profiler/thread_pmu", thread_on(cpus - 1, counts_itself, &events, 0), 0);
    expect("profiler/thread_pmu", "of_an_ended_thread", own("pmu.cycles") - all > ROUNDS, 1);
    expect("profiler/thread_pmu", "nothing_of_the_machine", value("pmu.cycles") == machine, 1);
    expect("profiler/thread_pmu", "time_where_it_is", value("time.user") > user, 1);
    expect("profiler/SetThreadPmu", "off", KnPmuStartThread(self, 0), rcOk);
    all = own("pmu.cycles"), user = value("time.user");
    spin(NK_NULL);
    expect("profiler/thread_pmu", "no_more", own("pmu.cycles") == all && value("time.user") == user, 1);
    expect("profiler/thread_pmu", "closed", KnPmuRegionFini(&region), rcOk);
    expect("profiler/thread_pmu", "anywhere", KnThreadSetAffinityByHandle(self, ~0ULL), rcOk);
    expect("profiler/thread_pmu", "closed", KnHandleClose(self), rcOk);
}

static void trace_tests(void)
{
    expect("profiler/SetTrace", "some", KosTraceSetEvents(KOS_TRACE_ALL), rcOk);
    expect("profiler/SetTrace", "event", KosTraceEvent(1, 2, 3), rcOk);
    expect("profiler/SetTrace", "others", KosTraceSetEvents(KOS_TRACE(user) | KOS_TRACE_LIFE), rcOk);
    thread_join("profiler/SetTrace", thread_on(0, spin, NK_NULL, 0), 0);
    expect("profiler/SetTrace", "off", KosTraceSetEvents(0), rcOk);
    expect("profiler/SetTrace", "off_again", KosTraceSetEvents(0), rcOk);
}

void profiler_tests(unsigned cpus)
{
    error_tests();
    always_counted_tests(cpus);
    list_tests();
    counting_tests(cpus);
    pmu_tests(cpus);
    thread_pmu_tests(cpus);
    trace_tests();
}
