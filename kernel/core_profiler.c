/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint profiler.Profiler: counters by name. A name is resolved from left to right, segment by segment; each
 * function here takes what is left of it. docs/observing.md lists the names.
 */
#include <kernel/core_call.h>
#include <memory/page.h>
#include <sched/counting.h>

/* True, and *name behind it, if the name's first segments are `segments`: the whole name, or up to a dot. */
static bool take(const char **name, const char *segments)
{
    const char *at = *name;
    for (; *segments != '\0'; segments++, at++)
        if (*at != *segments)
            return false;
    if (*at != '.' && *at != '\0')
        return false;
    *name = at + (*at == '.');
    return true;
}

/* A number as a segment. Names have room behind them: KOS_COUNTER_NAME_SIZE, filled with zeros. */
static bool take_number(const char **name, u32 *number)
{
    const char *at = *name;
    u64 value = 0;
    while (*at >= '0' && *at <= '9' && value <= ~0U)
        value = value * 10 + (u64)(*at++ - '0');
    if (at == *name || value > ~0U || (*at != '.' && *at != '\0'))
        return false;
    *number = (u32)value;
    *name = at + (*at == '.');
    return true;
}

static bool take_last(const char **name, const char *segments)
{
    return take(name, segments) && **name == '\0';
}

#define KIND_NAME(enumerator, name) name,
static const char *const ksm_names[] = {KOS_KSM_KINDS(KIND_NAME)};
#undef KIND_NAME
#define EVENT_NAME(enumerator, name, what) name,
static const char *const event_names[] = {KOS_EVENTS(EVENT_NAME)};
#undef EVENT_NAME
#define PMU_NAME(enumerator, name) name,
static const char *const pmu_names[] = {KOS_PMU_EVENTS(PMU_NAME)};
#undef PMU_NAME
static const char *const time_names[] = {"user", "kernel", "idle"};

static bool take_of(const char **name, const char *const *names, u32 count, u32 *which)
{
    for (*which = 0; *which < count; (*which)++)
        if (take_last(name, names[*which]))
            return true;
    return false;
}

/* ---- of CPUs ---- */

enum kind { KIND_EVENT, KIND_TIME, KIND_KSM, KIND_PMU };

/* time.<which>, time.ksm.<which>, pmu.<which>, events.<which>: what a name means, and which of that. */
static bool take_kind(const char *name, enum kind *kind, u32 *which)
{
    if (take(&name, "events")) {
        *kind = KIND_EVENT;
        return take_of(&name, event_names, array_length(event_names), which);
    }
    if (take(&name, "pmu")) {
        *kind = KIND_PMU;
        return take_of(&name, pmu_names, array_length(pmu_names), which);
    }
    if (!take(&name, "time"))
        return false;
    *kind = KIND_TIME;
    if (!take(&name, "ksm"))
        return take_of(&name, time_names, array_length(time_names), which);
    *kind = KIND_KSM;
    return take_of(&name, ksm_names, array_length(ksm_names), which);
}

static u64 event_value(u32 cpu, u32 event)
{
    const _Atomic u64 *events = cpu_table[cpu]->events;
    if (event == KOS_COUNT_IPI) {
        /* timers first: each was counted as an interrupt before */
        u64 timers = atomic_load_explicit(&events[KOS_COUNT_TIMER], memory_order_acquire);
        return atomic_load_explicit(&events[KOS_COUNT_INTERRUPT], memory_order_relaxed) - timers;
    }
    u64 value = atomic_load_explicit(&events[event], memory_order_relaxed);
    if (event == KOS_COUNT_EXCEPTION)
        value += atomic_load_explicit(&events[KOS_COUNT_FAULT], memory_order_relaxed);
    return value;
}

static u64 cpu_value(u32 cpu, enum kind kind, u32 which)
{
    switch (kind) {
    case KIND_EVENT:
        return event_value(cpu, which);
    case KIND_TIME:
        return counting_time(cpu, (enum counting_time)which);
    case KIND_KSM:
        return atomic_load_explicit(&countings[cpu].ksm[which], memory_order_relaxed);
    case KIND_PMU:
        break;
    }
    return atomic_load_explicit(&countings[cpu].pmu[which], memory_order_relaxed);
}

/* Summed over the CPUs from first to last. */
static bool cpu_counter(const char *name, u32 first, u32 last, u64 *value)
{
    enum kind kind;
    u32 which;
    if (!take_kind(name, &kind, &which))
        return false;
    *value = 0;
    for (u32 cpu = first; cpu <= last; cpu++) {
        *value += cpu_value(cpu, kind, which);
        checkpoint();
    }
    return true;
}

static bool memory_counter(const char *name, u64 *value)
{
    (void)take(&name, "high"); /* all memory is of one kind here */
    bool total = take_last(&name, "total");
    if (!total && !take_last(&name, "free"))
        return false;
    *value = total ? page_count_total() : page_count_free();
    return true;
}

/* ---- of threads and tasks ---- */

static bool core_service(const char **name, u32 *riid)
{
#define ENDPOINT(name_, endpoint_, interface_) endpoint_,
    static const char *const endpoints[] = {KOS_CORE_ENDPOINTS(ENDPOINT)};
#undef ENDPOINT
    for (*riid = 0; *riid < KOS_CORE_RIIDS; (*riid)++)
        if (take(name, endpoints[*riid]))
            return true;
    return false;
}

/* services.<kernel's endpoint>.calls, or services.<name of the process's channel>.calls */
static bool service_counter(struct task *task, const char *name, const struct thread_counters *counters, u64 *value)
{
    u32 riid, handle;
    char channel[KOS_SHORT_NAME_SIZE] = {};
    *value = 0;
    if (core_service(&name, &riid)) {
        *value = atomic_load_explicit(&counters->core_calls[riid], memory_order_relaxed);
        return take_last(&name, "calls");
    }
    const char *end = name + strlen(name), *calls = end - (sizeof(".calls") - 1);
    if (calls <= name || calls - name >= KOS_SHORT_NAME_SIZE || strcmp(calls, ".calls") != 0)
        return false;
    memcpy(channel, name, (size_t)(calls - name));
    checkpoint(); /* it was compared with many a name */
    if (task_find_resource(task, KOS_RESOURCE_CHANNEL, channel, &handle) != rcOk)
        return false;
    for (u32 i = 0; i < COUNTING_SERVICES; i++)
        if (atomic_load_explicit(&counters->services[i].handle, memory_order_relaxed) == handle)
            *value = atomic_load_explicit(&counters->services[i].calls, memory_order_relaxed);
    return true;
}

/* What tasks and threads have in common. */
static bool counted(struct task *task, const char *name, const struct thread_counters *counters, u64 *value)
{
    if (take(&name, "services"))
        return service_counter(task, name, counters, value);
    if (take_last(&name, "calls")) {
        *value = atomic_load_explicit(&counters->channel_calls, memory_order_relaxed);
        return true;
    }
    if (take_last(&name, "time.total")) {
        *value = atomic_load_explicit(&counters->times[COUNTING_USER], memory_order_relaxed) +
                 atomic_load_explicit(&counters->times[COUNTING_KERNEL], memory_order_relaxed);
        return true;
    }
    enum kind kind;
    u32 which;
    if (!take_kind(name, &kind, &which) || kind == KIND_EVENT || (kind == KIND_TIME && which == COUNTING_IDLE))
        return false;
    const _Atomic u64 *counter = kind == KIND_TIME  ? &counters->times[which]
                                 : kind == KIND_KSM ? &counters->ksm[which]
                                                    : &counters->pmu[which];
    *value = atomic_load_explicit(counter, memory_order_relaxed);
    return true;
}

/* thread null: nothing. Its task's lock is held, so that what it has stays. acquire: they were zeroed before. */
static void add_counters(struct thread_counters *sum, struct thread *thread)
{
    const struct thread_counters *counters =
        thread != nullptr ? __atomic_load_n(&thread->counters, __ATOMIC_ACQUIRE) : nullptr;
    if (counters != nullptr)
        thread_counters_add(sum, counters);
}

/* One value of a thread that lives at the moment. */
static bool thread_counter(struct task *task, const char *name, u32 tid, u64 *value)
{
    struct thread_counters counters = {};
    spinlock_lock(&task->lock);
    struct thread *thread = task_thread_from(task, tid);
    bool found = thread != nullptr && thread->tid == tid;
    add_counters(&counters, found ? thread : nullptr);
    u64 state = found ? thread->state : 0, cpu = found ? thread->home : 0, level = found ? thread->level : 0;
    spinlock_unlock(&task->lock);
    checkpoint();
    if (!found)
        return false;
    *value = take_last(&name, "state") ? state : take_last(&name, "cpu") ? cpu : level;
    return strcmp(name, "") == 0 || take_last(&name, "level") || counted(task, name, &counters, value);
}

/* Those of all its threads, the ended ones too. */
static void task_sum(struct task *task, struct thread_counters *sum)
{
    spinlock_lock(&task->lock);
    if (task->counters != nullptr)
        thread_counters_add(sum, task->counters);
    spinlock_unlock(&task->lock);
    struct thread *thread;
    u32 tid = 0;
    do {
        checkpoint();
        spinlock_lock(&task->lock);
        thread = task_thread_from(task, tid);
        if (thread != nullptr) {
            tid = thread->tid + 1;
            add_counters(sum, thread);
        }
        spinlock_unlock(&task->lock);
    } while (thread != nullptr);
}

static bool task_counter(struct task *task, const char *name, u64 *value)
{
    u32 tid;
    if (take(&name, "thread"))
        return take_number(&name, &tid) && thread_counter(task, name, tid, value);
    const struct quota *quota = &task->domain.quota;
    if (take_last(&name, "threads"))
        *value = __atomic_load_n(&task->thread_count, __ATOMIC_RELAXED);
    else if (take_last(&name, "mem.phy"))
        *value = atomic_load_explicit(&quota->pages, memory_order_relaxed);
    else if (take_last(&name, "objects"))
        *value = atomic_load_explicit(&quota->objects, memory_order_relaxed);
    else {
        struct thread_counters sum = {};
        task_sum(task, &sum);
        checkpoint();
        return counted(task, name, &sum, value);
    }
    return true;
}

/* Calls back for every task, in the order of their names, while that returns true. */
static void tasks_visit(bool (*visit)(struct task *task, void *context), void *context)
{
    struct task *task = task_from_name("", true);
    while (task != nullptr && visit(task, context)) {
        checkpoint();
        struct task *next = task_from_name(task->name, true);
        object_release(&task->domain.object);
        task = next;
    }
    if (task != nullptr)
        object_release(&task->domain.object);
}

struct search {
    u32 id;
    struct task *found;
};

static bool is_it(struct task *task, void *context)
{
    struct search *search = context;
    if (task->id == search->id) {
        object_reference(&task->domain.object);
        search->found = task;
    }
    return search->found == nullptr;
}

/* With a reference, or null. */
static struct task *task_by_id(u32 id)
{
    struct search search = {.id = id};
    tasks_visit(is_it, &search);
    return search.found;
}

static bool counter(const char *name, u64 *value)
{
    u32 last = atomic_load_explicit(&cpu_count, memory_order_acquire) - 1, id;
    if (take(&name, "mem"))
        return memory_counter(name, value);
    if (take(&name, "cpu")) {
        if (take_last(&name, "count")) {
            *value = last + 1ULL;
            return true;
        }
        return take_number(&name, &id) && id <= last && cpu_counter(name, id, id, value);
    }
    if (!take(&name, "task"))
        return cpu_counter(name, 0, last, value);
    struct task *task = take_number(&name, &id) ? task_by_id(id) : nullptr;
    if (task == nullptr)
        return false;
    bool known = task_counter(task, name, value);
    object_release(&task->domain.object);
    return known;
}

/* ---- methods ---- */

/* prefix and the name of a chunk, into a buffer filled with zeros. */
static bool name_join(const struct core_call *call, const char *prefix, word chunk, char *name)
{
    const u8 *bytes;
    u32 size;
    size_t before = strlen(prefix);
    memset(name, 0, 2UL * KOS_COUNTER_NAME_SIZE);
    if (!core_bytes(call, chunk, &bytes, &size) || size == 0) /* the request has been verified */
        return false;
    memcpy(name, prefix, before + 1);
    memcpy(name + before, bytes, size);
    return true;
}

/* task null: names are whole. Else they are a task's, or one of its threads'. */
static retcode counters_return(struct core_call *call, const char *prefix, struct task *task, word names, word *answer)
{
    const u8 *chunks;
    u32 size;
    u64 values[KOS_COUNTERS_MAX];
    if (!core_bytes(call, names, &chunks, &size))
        return rcInvalidArgument;
    for (u32 i = 0; i < size / sizeof(struct kos_chunk); i++) {
        char name[2 * KOS_COUNTER_NAME_SIZE];
        word chunk;
        memcpy(&chunk, chunks + sizeof(chunk) * i, sizeof(chunk));
        if (!name_join(call, prefix, chunk, name))
            return rcInvalidArgument;
        checkpoint();
        if (task != nullptr ? !task_counter(task, name, &values[i]) : !counter(name, &values[i]))
            return rcResourceNotFound;
        checkpoint();
    }
    return core_return_bytes(call, answer, values, size);
}

retcode core_PROFILER_GetCounters(struct core_call *call)
{
    CORE_METHOD(PROFILER, GetCounters);
    const u8 *bytes;
    u32 size;
    char prefix[KOS_COUNTER_NAME_SIZE] = {};
    if (!core_bytes(call, IN(prefix), &bytes, &size) || size == 0)
        return rcInvalidArgument;
    memcpy(prefix, bytes, size);
    return counters_return(call, prefix, nullptr, IN(names), &OUT(values));
}

retcode core_PROFILER_ObjectGetStat(struct core_call *call)
{
    CORE_METHOD(PROFILER, ObjectGetStat);
    struct task *task;
    struct thread *thread;
    u32 handle = (u32)IN(object);
    retcode code = core_task(call, handle, 0, &task);
    if (code == rcOk) {
        code = counters_return(call, "", task, IN(names), &OUT(values));
        object_release(&task->domain.object);
        return code;
    }
    code = core_thread(call, handle, KOS_RIGHT_THREAD_INFO, &thread);
    if (code != rcOk)
        return code;
    char prefix[32] = "thread.", digits[12];
    u32 at = sizeof("thread.") - 1, count = 0;
    for (u32 rest = thread->tid; rest != 0; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count != 0)
        prefix[at++] = digits[--count];
    prefix[at] = '.';
    code = counters_return(call, prefix, task_of(thread->domain), IN(names), &OUT(values));
    object_release(&thread->object);
    return code;
}

/* The lowest ids above `after`, ascending. */
struct lowest {
    u64 after;
    u32 count;
    u64 ids[KOS_COUNTERS_MAX];
};

static bool keep_low(struct task *task, void *context)
{
    struct lowest *lowest = context;
    if (task->id <= lowest->after)
        return true;
    u32 at = lowest->count < KOS_COUNTERS_MAX ? lowest->count++ : KOS_COUNTERS_MAX;
    for (; at > 0 && lowest->ids[at - 1] > task->id; at--)
        if (at < KOS_COUNTERS_MAX)
            lowest->ids[at] = lowest->ids[at - 1];
    if (at < KOS_COUNTERS_MAX)
        lowest->ids[at] = task->id;
    return true;
}

retcode core_PROFILER_GetTasks(struct core_call *call)
{
    CORE_METHOD(PROFILER, GetTasks);
    struct lowest lowest = {.after = IN(after)};
    tasks_visit(keep_low, &lowest);
    return core_return_bytes(call, &OUT(ids), lowest.ids, 8UL * lowest.count);
}

#define THREADS_AT_ONCE 4U /* looked up */

retcode core_PROFILER_GetThreads(struct core_call *call)
{
    CORE_METHOD(PROFILER, GetThreads);
    u64 ids[KOS_COUNTERS_MAX];
    u32 count = 0;
    struct task *task = task_by_id((u32)IN(task));
    if (task == nullptr)
        return rcResourceNotFound;
    u32 tid = (u32)IN(after) + 1;
    for (bool more = tid != 0; more && count < KOS_COUNTERS_MAX;) {
        spinlock_lock(&task->lock);
        const struct thread *thread = task_thread_from(task, tid);
        more = thread != nullptr;
        if (more) {
            ids[count++] = thread->tid;
            tid = thread->tid + 1;
        }
        spinlock_unlock(&task->lock);
        if (count % THREADS_AT_ONCE == 0)
            checkpoint();
    }
    object_release(&task->domain.object);
    return core_return_bytes(call, &OUT(ids), ids, 8UL * count);
}

retcode core_PROFILER_GetTaskName(struct core_call *call)
{
    CORE_METHOD(PROFILER, GetTaskName);
    struct task *task = task_by_id((u32)IN(task));
    if (task == nullptr)
        return rcResourceNotFound;
    retcode code = core_return_bytes(call, &OUT(name), task->name, strlen(task->name) + 1);
    object_release(&task->domain.object);
    return code;
}
