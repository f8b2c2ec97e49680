/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reclamation: a batch of entries is handed over, everybody else says that it holds none of them, they are freed.
 * smp/epoch.c beside liburcu's cheapest kind (quiescent states), which in the same way asks nothing of readers.
 */
#include <benchmarks/host/host.h>
#include <urcu-qsbr.h>

#define BATCH 64U

static struct epoch_entry entries[BATCH];
static _Atomic u64 batches; /* that thread 0 has seen freed */
static u64 freed;

static void free_entry(struct epoch_entry *entry)
{
    (void)entry;
    freed++;
}

static void kos_reclaim(void)
{
    for (u32 i = 0; i < BATCH; i++)
        epoch_defer(&entries[i], free_entry);
    while (!epoch_idle()) {
        epoch_advance(BATCH);
        while (inbox_drain(host_cpus[0]))
            ;
    }
}

static void kos_pass(void)
{
    while (inbox_drain(host_cpus[1]))
        ;
}

static void liburcu_reclaim(void)
{
    struct epoch_entry *list = nullptr;
    for (u32 i = 0; i < BATCH; i++) {
        entries[i].free = free_entry;
        entries[i].next = list;
        list = &entries[i];
    }
    urcu_qsbr_synchronize_rcu();
    for (; list != nullptr; list = list->next)
        list->free(list);
}

static void liburcu_pass(void)
{
    urcu_qsbr_quiescent_state();
}

static const struct contender {
    const char *name;
    void (*reclaim)(void), (*pass)(void);
    bool registers;
} contenders[] = {
    {"epoch/reclaim/kos", kos_reclaim, kos_pass, false},
    {"epoch/reclaim/liburcu_qsbr", liburcu_reclaim, liburcu_pass, true},
};

/* Thread 0 reclaims; thread 1, if there is one, passes until thread 0 has done as many batches as it itself is to. */
static void reclaim(struct host_state *state, const void *context)
{
    const struct contender *contender = context;
    bool reclaims = host_thread(state) == 0;
    u64 base = atomic_load_explicit(&batches, memory_order_relaxed), done = 0;
    host_be(reclaims ? 0 : 1);
    if (contender->registers)
        urcu_qsbr_register_thread();
    while (host_keep_running(state)) {
        done++;
        if (reclaims) {
            contender->reclaim();
            atomic_store_explicit(&batches, base + done, memory_order_release);
            continue;
        }
        while (atomic_load_explicit(&batches, memory_order_acquire) < base + done) {
            contender->pass();
            hal_cpu_relax();
        }
    }
    if (reclaims)
        host_items(state, done * BATCH);
    if (contender->registers)
        urcu_qsbr_unregister_thread();
}

/* As reclaim, with the kernel's number of CPUs set to that of threads. */
static void reclaim_alone(struct host_state *state, const void *context)
{
    atomic_store_explicit(&cpu_count, 1, memory_order_relaxed);
    reclaim(state, context);
    atomic_store_explicit(&cpu_count, HOST_CPUS, memory_order_relaxed);
}

void epoch_benchmarks(void)
{
    for (u32 i = 0; i < array_length(contenders); i++)
        host_benchmark(contenders[i].name, reclaim_alone, &contenders[i], 1);
    for (u32 i = 0; i < array_length(contenders); i++)
        host_benchmark(contenders[i].name, reclaim, &contenders[i], 2);
}
