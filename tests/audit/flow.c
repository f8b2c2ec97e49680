/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for records, losing them, and their order. */
#include <coresrv/time/time_api.h>
#include <kos/time.h>
#include <tests/audit/audit.h>
#include <tests/patience.h>

/* ---- waiting ---- */

static AuditMessage waited;
static volatile Retcode waiter_code;
static rtl_uint64_t waiter_cpus;

static void move(rtl_uint64_t cpus)
{
    Handle self;
    if (KnThreadOpenCurrent(&self) != rcOk || KnThreadSetAffinityByHandle(self, cpus) != rcOk)
        expect("affinity", 0, 1);
    (void)KnHandleClose(self);
}

static int waiter(void *context)
{
    rtl_size_t dropped;
    move(waiter_cpus);
    waiter_code = KnAuReadTimeout(kss, &waited, &dropped, *(const rtl_uint32_t *)context);
    return 0;
}

/* A reader sleeps when the record comes, on this CPU or another. */
static void woken(const char *name, rtl_uint64_t cpus, rtl_uint32_t limit)
{
    Tid tid;
    waiter_code = rcFail;
    waiter_cpus = cpus;
    if (KosThreadCreate(&tid, 8, 0, waiter, &limit, 0) != rcOk)
        expect(name, 0, 1);
    (void)KosThreadSleep(30);
    (void)command(AUDIT_DENY, 0);
    expect(name, KosThreadWait(tid, PATIENCE_MS), 0);
    expect(name, waiter_code, rcOk);
    expect(name, next_record(RTL_NULL) == RTL_NULL, 1);
}

static void endless(void *context, void *unused)
{
    static AuditMessage unread;
    rtl_size_t dropped;
    (void)context, (void)unused;
    for (;;)
        (void)KnAuRead(kss, &unread, &dropped);
}

static void ended_while_waiting(void)
{
    Handle thread;
    Tid tid;
    Retcode rc = KnThreadCreateByHandle(&thread, &tid, 8, 16384, endless, RTL_NULL, RTL_NULL, 0);
    rtl_int32_t code;
    (void)KosThreadSleep(20);
    expect("wait/ended/create", rc, rcOk);
    expect("wait/ended/terminate", KnThreadTerminateByHandle(thread, 3), rcOk);
    expect("wait/ended/join", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    (void)command(AUDIT_DENY, 0);
    expect("wait/ended/record_stays", next_record(RTL_NULL) != RTL_NULL, 1);
}

void waiting(void)
{
    rtl_size_t dropped;
    rtl_uint64_t start = kos_time_ns();
    expect("wait/timeout", KnAuReadTimeout(kss, &message, &dropped, 30), rcTimeout);
    expect("wait/timeout/passed", kos_time_ns() - start >= 29000000, 1);
    woken("wait/woken", ~0ULL, INFINITE_TIMEOUT);
    woken("wait/woken_with_limit", ~0ULL, 4000);
    move(1);
    woken("wait/woken_on_last_cpu", 1ULL << (KnHalGetCpuCount() - 1), INFINITE_TIMEOUT);
    ended_while_waiting();
}

/* ---- drops ---- */

#define DENIALS 2000U

/* All on one CPU: what is read and what is lost is what there was, and no record is lost behind one that is there. */
void drops(void)
{
    rtl_uint64_t dropped = 0, read = 0, first = 0, last = 0, gap = 0, dropped_and_read;
    move(1);
    drain();
    for (unsigned i = 0; i < DENIALS; i++)
        (void)command(AUDIT_DENY, 0);
    const struct kos_audit_record *record;
    while ((record = next_record(&dropped)) != RTL_NULL) {
        first = read++ == 0 ? record->sequence : first;
        gap += record->sequence != first + read - 1;
        last = record->sequence;
    }
    dropped_and_read = read + dropped;
    expect("drops/sum", (long long)dropped_and_read, DENIALS);
    expect("drops/some_read", read > 100, 1);
    expect("drops/some_lost", dropped > 100, 1);
    expect("drops/no_gap", (long long)gap, 0);
    (void)command(AUDIT_DENY, 0);
    rtl_uint64_t again = 0;
    record = next_record(&again);
    expect("drops/told_once", (long long)again, 0);
    expect("drops/numbers_count_the_lost", record != RTL_NULL ? (long long)(record->sequence - last) : 0,
           (long long)dropped + 1);
    /* a record with results takes more room, so fewer of them fit */
    for (unsigned i = 0; i < DENIALS; i++)
        (void)command(AUDIT_MANY, 0);
    rtl_uint64_t long_ones = 0;
    dropped = 0;
    while (next_record(&dropped) != RTL_NULL)
        long_ones++;
    dropped_and_read = long_ones + dropped;
    expect("drops/long/sum", (long long)dropped_and_read, DENIALS);
    expect("drops/long/fewer", long_ones > 10 && long_ones < read / 2, 1);
}

/* ---- order ---- */

#define EACH 60U

static int denials(void *context)
{
    rtl_uint32_t cpu = *(const rtl_uint32_t *)context;
    move(1ULL << cpu);
    for (unsigned i = 0; i < EACH; i++)
        (void)command(AUDIT_DENY, 0);
    return 0;
}

/* All CPUs at once: every record comes out once, those of a CPU in its order, all by time. */
void order(void)
{
    static rtl_uint32_t numbers[64];
    static Tid tids[64];
    static rtl_uint64_t sequences[64];
    rtl_uint32_t cpus = KnHalGetCpuCount();
    drain();
    for (rtl_uint32_t i = 0; i < cpus; i++) {
        numbers[i] = i;
        if (KosThreadCreate(&tids[i], 8, 0, denials, &numbers[i], 0) != rcOk)
            expect("order/create", 0, 1);
    }
    for (rtl_uint32_t i = 0; i < cpus; i++)
        if (KosThreadWait(tids[i], PATIENCE_MS) != 0)
            expect("order/join", 0, 1);
    rtl_uint64_t read = 0, dropped = 0, time = 0, disorder = 0, per_cpu = 0;
    const struct kos_audit_record *record;
    while ((record = next_record(&dropped)) != RTL_NULL) {
        read++;
        disorder += record->time < time;
        time = record->time;
        per_cpu += sequences[record->cpu] != 0 && record->sequence != sequences[record->cpu] + 1;
        sequences[record->cpu] = record->sequence;
    }
    expect("order/all", (long long)read, (long long)cpus * EACH);
    expect("order/none_lost", (long long)dropped, 0);
    expect("order/by_time", (long long)disorder, 0);
    expect("order/numbers", (long long)per_cpu, 0);
    for (rtl_uint32_t i = 0; i < cpus; i++)
        if (sequences[i] == 0)
            expect("order/every_cpu", i, -1);
}
