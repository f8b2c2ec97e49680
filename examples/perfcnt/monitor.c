/* SPDX-License-Identifier: Apache-2.0 */
/* Has the worker do something, and prints how the worker's counters, its own, and the machine's went on meanwhile. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/stat/stat_api.h>
#include <perfcnt/Work.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKS        5
#define MILLISECONDS 40
#define PAGES        100

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

static const char *const of_worker[] = {"time.user", "time.kernel", "time.ksm.request",
                                        "mem.phy",   "threads",     "services.vmm.VMM.calls"};
static const char *const of_monitor[] = {"services.worker.calls", "services.vmm.VMM.calls"};
static const char *const of_machine[] = {"time.user", "time.idle", "events.faults", "events.interrupts"};

static int fail(const char *what)
{
    fprintf(stderr, "perfcnt.Monitor: %s\n", what);
    return EXIT_FAILURE;
}

/* The id of the process of that name; 0: there is none. */
static rtl_uint32_t process(const char *name)
{
    rtl_uint32_t pids[64], count;
    char found[64];
    (void)KnGroupStatGetTaskList(pids, COUNT(pids), &count);
    for (rtl_uint32_t i = 0; i < count; i++)
        if (KnTaskStatGetName(pids[i], found, sizeof(found)) == rcOk && strcmp(found, name) == 0)
            return pids[i];
    return 0;
}

static void work(struct perfcnt_Work_proxy *proxy)
{
    struct perfcnt_Work_Do_req req;
    struct perfcnt_Work_Do_res res;
    nk_req_reset(&req);
    req.milliseconds = MILLISECONDS;
    req.pages = PAGES;
    if (perfcnt_Work_Do(&proxy->base, &req, NK_NULL, &res, NK_NULL) != rcOk)
        fprintf(stderr, "perfcnt.Monitor: the worker did not answer\n");
}

struct table {
    const char *prefix;
    const char *const *names;
    rtl_size_t count;
    rtl_uint64_t before[8], after[8];
};

/* Times in microseconds, everything else as it is. */
static void print(const struct table *table)
{
    for (rtl_size_t i = 0; i < table->count; i++) {
        rtl_uint64_t grown = table->after[i] - table->before[i];
        int is_time = strncmp(table->names[i], "time.", 5) == 0;
        printf("%s%s: +%llu%s\n", table->prefix, table->names[i], (unsigned long long)(is_time ? grown / 1000 : grown),
               is_time ? " us" : "");
    }
}

static void read_tables(struct table *tables, int after)
{
    for (int i = 0; i < 3; i++)
        if (KnStatGetValues(tables[i].prefix, tables[i].names, tables[i].count,
                            after ? tables[i].after : tables[i].before) != rcOk)
            (void)fail("a counter is missing");
}

int main(void)
{
    NkKosTransport transport;
    struct perfcnt_Work_proxy proxy;
    Handle channel = ServiceLocatorConnect("worker");
    nk_iid_t riid = ServiceLocatorGetRiid(channel, "load.work");
    rtl_uint32_t worker = process("perfcnt.Worker"), monitor = process("perfcnt.Monitor");
    char worker_prefix[32], monitor_prefix[32];
    if (channel == INVALID_HANDLE || riid == INVALID_RIID || worker == 0 || monitor == 0)
        return fail("there is no worker");
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    perfcnt_Work_proxy_init(&proxy, &transport.base, riid);
    if (KnStatSetCounting(1) != rcOk)
        return fail("counting is not granted");

    snprintf(worker_prefix, sizeof(worker_prefix), "task.%u.", worker);
    snprintf(monitor_prefix, sizeof(monitor_prefix), "task.%u.", monitor);
    struct table tables[] = {{worker_prefix, of_worker, COUNT(of_worker), {0}, {0}},
                             {monitor_prefix, of_monitor, COUNT(of_monitor), {0}, {0}},
                             {"", of_machine, COUNT(of_machine), {0}, {0}}};
    read_tables(tables, 0);
    for (int i = 0; i < WORKS; i++)
        work(&proxy);
    read_tables(tables, 1);
    printf("Worker is process %u, Monitor process %u; %d times %d ms and %d pages:\n", worker, monitor, WORKS,
           MILLISECONDS, PAGES);
    for (int i = 0; i < 3; i++)
        print(&tables[i]);
    int enough = tables[0].after[0] - tables[0].before[0] >= 1000000ULL * WORKS * MILLISECONDS / 4 &&
                 tables[0].after[3] - tables[0].before[3] >= 1ULL * WORKS * PAGES &&
                 tables[1].after[0] - tables[1].before[0] == WORKS;
    printf("%s\n", enough ? "that is what was asked for" : "that is not what was asked for");
    (void)KnStatSetCounting(0);
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
