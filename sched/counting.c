/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/ipc.h>
#include <hal/pmu.h>
#include <memory/object_cache.h>
#include <sched/counting.h>
#include <smp/preemption.h>

struct counting countings[KOS_CPUS_MAX];
static struct object_cache counters_cache;

void counting_room_init(void)
{
    object_cache_init(&counters_cache, "thread_counters", sizeof(struct thread_counters), KOS_CACHE_LINE);
}

/* Nobody else writes, so this is no read-modify-write. */
static void add(_Atomic u64 *counter, u64 amount)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + amount, memory_order_relaxed);
}

static struct counting *counting_of(const struct cpu *cpu)
{
    return &countings[cpu->hal.index];
}

/* The processor's counters, too, if any is on. */
[[gnu::noinline]] static void turn_pmu(struct counting *counting, struct thread_counters *counters)
{
    for (u32 rest = counting->pmu_events; rest != 0; rest &= rest - 1) {
        u32 event = (u32)__builtin_ctz(rest);
        u64 value = hal_pmu_read(event), passed = (value - counting->pmu_last[event]) & hal_pmu_mask(event);
        counting->pmu_last[event] = value;
        if (((counting->pmu_machine >> event) & 1U) != 0)
            add(&counting->pmu[event], passed);
        if (counters != nullptr)
            add(&counters->pmu[event], passed);
    }
}

/* From now on the processor counts what the machine wants, and thread, or nobody, for itself. */
static void pmu_switch(struct counting *counting, const struct thread *thread)
{
    u32 own = thread != nullptr && thread->counters != nullptr ? thread->counters->pmu_events : 0;
    u32 events = counting->pmu_machine | own;
    if (likely(events == counting->pmu_events))
        return;
    hal_pmu_start(events);
    counting->pmu_events = events;
    for (u32 rest = events; rest != 0; rest &= rest - 1)
        counting->pmu_last[__builtin_ctz(rest)] = hal_pmu_read((u32)__builtin_ctz(rest));
}

/* What has passed since the last time goes where it belongs; from now on it goes to mode and thread. */
static void turn(struct counting *counting, enum counting_time mode, struct thread *thread)
{
    u64 now = hal_time_now(), since = atomic_load_explicit(&counting->since, memory_order_relaxed);
    u32 before = atomic_load_explicit(&counting->mode, memory_order_relaxed);
    u64 passed = now > since ? now - since : 0;
    add(&counting->times[before], passed);
    struct thread_counters *counters = counting->thread != nullptr ? counting->thread->counters : nullptr;
    if (counters != nullptr && before != COUNTING_IDLE)
        add(&counters->times[before], passed);
    for (u32 kind = 0; kind < KOS_KSM_KIND_COUNT; kind++) {
        u64 spent = atomic_load_explicit(&counting->ksm[kind], memory_order_relaxed);
        if (spent != counting->ksm_charged[kind] && counters != nullptr)
            add(&counters->ksm[kind], spent - counting->ksm_charged[kind]);
        counting->ksm_charged[kind] = spent;
    }
    if (unlikely(counting->pmu_events != 0))
        turn_pmu(counting, counters);
    counting->thread = thread;
    atomic_store_explicit(&counting->mode, mode, memory_order_relaxed);
    atomic_store_explicit(&counting->since, now, memory_order_release); /* pairs with counting_time */
}

void counting_enter(struct cpu *cpu)
{
    struct counting *counting = counting_of(cpu);
    turn(counting, COUNTING_KERNEL, counting->thread);
}

void counting_leave(struct cpu *cpu, struct thread *thread)
{
    struct counting *counting = counting_of(cpu);
    turn(counting, thread != nullptr ? COUNTING_USER : COUNTING_IDLE, thread);
    if (thread == nullptr) {
        cpu_count_event(cpu, KOS_COUNT_IDLE);
    } else if (thread != counting->ran) {
        counting->ran = thread;
        cpu_count_event(cpu, KOS_COUNT_SWITCH);
    }
    pmu_switch(counting, thread);
    if (thread != nullptr && thread->counters == nullptr) /* if there is no memory: perhaps next time */
        __atomic_store_n(&thread->counters, object_cache_allocate(&counters_cache, nullptr), __ATOMIC_RELEASE);
    if (thread != nullptr && thread->counters == nullptr)
        counting->thread = nullptr; /* who has no counters is not missed when he ends: counting_keep */
}

/* thread, of pmu_events, is at home here no longer. */
static void leaves(struct cpu *cpu, const struct thread *thread);

void counting_stop(struct cpu *cpu, struct thread *thread)
{
    turn(counting_of(cpu), COUNTING_KERNEL, nullptr);
    leaves(cpu, thread);
}

void counting_decided(struct cpu *cpu, enum kos_ksm_kind kind, u64 begin)
{
    add(&counting_of(cpu)->ksm[kind], hal_time_now() - begin);
}

static void count_service(struct thread_counters *counters, u32 handle)
{
    for (u32 i = 0; i < COUNTING_SERVICES; i++) {
        u32 found = atomic_load_explicit(&counters->services[i].handle, memory_order_relaxed);
        if (found == 0)
            atomic_store_explicit(&counters->services[i].handle, handle, memory_order_relaxed);
        else if (found != handle)
            continue;
        add(&counters->services[i].calls, 1);
        return;
    }
}

void counting_call(struct cpu *cpu, struct thread *thread, word selector, word info)
{
    (void)cpu;
    struct thread_counters *counters = thread->counters;
    if (counters == nullptr || selector >> KOS_OPERATION_SHIFT != KOS_OPERATION_CALL)
        return;
    u64 riid = (info >> KOS_INFO_RIID_SHIFT) & 0xffffU;
    if ((u32)selector != KOS_CORE_HANDLE) {
        add(&counters->channel_calls, 1);
        count_service(counters, (u32)selector);
    } else if (riid < KOS_CORE_RIIDS) {
        add(&counters->core_calls[riid], 1);
    }
}

/* On if it was asked for, or a thread here needs it. */
static void update(struct cpu *cpu)
{
    struct counting *counting = counting_of(cpu);
    bool on = counting->asked || counting->pmu_threads != 0;
    if (on == counting_on(cpu))
        return;
    if (on) {
        cpu->hal.pending |= CPU_PENDING_COUNTING;
        counting->thread = nullptr;
        atomic_store_explicit(&counting->mode, COUNTING_KERNEL, memory_order_relaxed);
        atomic_store_explicit(&counting->since, hal_time_now(), memory_order_release);
    } else {
        turn(counting, COUNTING_KERNEL, nullptr);
        pmu_switch(counting, nullptr);
        atomic_store_explicit(&counting->since, 0, memory_order_release);
        cpu->hal.pending &= ~CPU_PENDING_COUNTING;
    }
    cpu_divert(cpu);
}

void counting_set_self(bool on)
{
    struct cpu *cpu = cpu_self();
    if (!on)
        (void)counting_set_pmu_self(0);
    counting_of(cpu)->asked = on;
    update(cpu);
}

/* ---- events of the processor ---- */

/* All events that are counted anywhere. Those of threads stay until no thread has any. */
static struct {
    struct spinlock lock;
    u32 machine, threads, count;
} claims;

retcode counting_claim_machine(u32 events)
{
    spinlock_lock(&claims.lock);
    bool fits = hal_pmu_fits(events | claims.threads);
    if (fits)
        claims.machine = events;
    spinlock_unlock(&claims.lock);
    return fits ? rcOk : rcInvalidArgument;
}

static bool claim_thread(u32 before, u32 events)
{
    spinlock_lock(&claims.lock);
    bool fits = events == 0 || hal_pmu_fits(events | claims.threads | claims.machine);
    if (fits) {
        claims.count += (events != 0 ? 1U : 0U) - (before != 0 ? 1U : 0U);
        claims.threads = claims.count != 0 ? claims.threads | events : 0;
    }
    spinlock_unlock(&claims.lock);
    return fits;
}

retcode counting_set_pmu_self(u32 events)
{
    struct counting *counting = counting_of(cpu_self());
    if (!counting->asked)
        return events == 0 ? rcOk : rcInvalidOperation;
    turn(counting, COUNTING_KERNEL, counting->thread);
    counting->pmu_machine = events;
    pmu_switch(counting, counting->thread);
    return rcOk;
}

retcode counting_set_pmu_thread(struct thread *thread, u32 events)
{
    struct cpu *cpu = cpu_self();
    struct counting *counting = counting_of(cpu);
    if (thread->state == THREAD_DEAD)
        return rcInvalidThreadState;
    if (thread->counters == nullptr) {
        struct thread_counters *fresh = events != 0 ? object_cache_allocate(&counters_cache, nullptr) : nullptr;
        if (fresh == nullptr)
            return events != 0 ? rcOutOfMemory : rcOk;
        __atomic_store_n(&thread->counters, fresh, __ATOMIC_RELEASE);
    }
    u32 before = thread->counters->pmu_events;
    if (!claim_thread(before, events))
        return rcInvalidArgument;
    thread->counters->pmu_events = events;
    if (thread->state == THREAD_MOVING) /* it has not arrived here yet, and will be counted then */
        return rcOk;
    counting->pmu_threads += (events != 0 ? 1U : 0U) - (before != 0 ? 1U : 0U);
    update(cpu);
    return rcOk;
}

static void leaves(struct cpu *cpu, const struct thread *thread)
{
    struct counting *counting = counting_of(cpu);
    if (thread->counters == nullptr || thread->counters->pmu_events == 0)
        return;
    pmu_switch(counting, nullptr);
    counting->pmu_threads--;
    update(cpu);
}

void counting_arrived_some(struct thread *thread)
{
    (void)thread;
    struct cpu *cpu = cpu_self();
    counting_of(cpu)->pmu_threads++;
    update(cpu);
}

void thread_counters_add(struct thread_counters *to, const struct thread_counters *from)
{
    for (u32 i = 0; i < array_length(to->times); i++)
        add(&to->times[i], atomic_load_explicit(&from->times[i], memory_order_relaxed));
    for (u32 i = 0; i < array_length(to->ksm); i++)
        add(&to->ksm[i], atomic_load_explicit(&from->ksm[i], memory_order_relaxed));
    for (u32 i = 0; i < array_length(to->pmu); i++)
        add(&to->pmu[i], atomic_load_explicit(&from->pmu[i], memory_order_relaxed));
    for (u32 i = 0; i < array_length(to->core_calls); i++)
        add(&to->core_calls[i], atomic_load_explicit(&from->core_calls[i], memory_order_relaxed));
    add(&to->channel_calls, atomic_load_explicit(&from->channel_calls, memory_order_relaxed));
    for (u32 i = 0; i < COUNTING_SERVICES; i++) {
        u32 handle = atomic_load_explicit(&from->services[i].handle, memory_order_relaxed);
        u64 calls = atomic_load_explicit(&from->services[i].calls, memory_order_relaxed);
        for (u32 j = 0; handle != 0 && j < COUNTING_SERVICES; j++) {
            u32 there = atomic_load_explicit(&to->services[j].handle, memory_order_relaxed);
            if (there != 0 && there != handle)
                continue;
            atomic_store_explicit(&to->services[j].handle, handle, memory_order_relaxed);
            add(&to->services[j].calls, calls);
            break;
        }
    }
}

void counting_keep_some(struct thread *thread, struct thread_counters **kept)
{
    struct cpu *cpu = cpu_self();
    if (counting_on(cpu))
        counting_stop(cpu, thread);
    if (thread->counters->pmu_events != 0)
        (void)claim_thread(thread->counters->pmu_events, 0);
    thread->counters->pmu_events = 0;
    if (*kept == nullptr) {
        *kept = thread->counters;
    } else {
        thread_counters_add(*kept, thread->counters);
        thread_counters_free(thread->counters);
    }
    thread->counters = nullptr;
}

void thread_counters_free(struct thread_counters *counters)
{
    if (counters != nullptr)
        object_cache_free(&counters_cache, counters, nullptr);
}

u64 counting_time(u32 cpu, enum counting_time kind)
{
    const struct counting *counting = &countings[cpu];
    u64 since, time, passed;
    do {
        since = atomic_load_explicit(&counting->since, memory_order_acquire);
        time = atomic_load_explicit(&counting->times[kind], memory_order_relaxed);
        u64 now = hal_time_now();
        bool running = since != 0 && atomic_load_explicit(&counting->mode, memory_order_relaxed) == (u32)kind;
        passed = running && now > since ? now - since : 0;
        atomic_thread_fence(memory_order_acquire);
    } while (atomic_load_explicit(&counting->since, memory_order_relaxed) != since);
    return time + passed;
}
