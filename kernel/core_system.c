/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints time.Time, hal.HAL, pm.PM, ipc.IPC. */
#include <ipc/arena.h>
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <kernel/random.h>
#include <memory/page.h>
#include <sched/local.h>
#include <sched/order.h>
#include <traces/trace.h>

/* Wall clock = time since boot + offset; a gradual adjustment runs at a given slew from a given moment on. */
static struct {
    struct spinlock lock;
    s64 offset;     /* ns; all guarded by lock */
    s64 adjustment; /* ns that were to be applied at slew_start */
    u64 slew_start; /* hal_time_now */
    u64 slew;       /* microseconds per second */
} wall;

/* What of the adjustment has taken effect by now: a function of the time alone, however often it is asked. */
static s64 applied(u64 now)
{
    u64 elapsed = now > wall.slew_start ? now - wall.slew_start : 0; /* CPUs' clocks may differ a little */
    s64 most = (s64)(elapsed / 1000000U * wall.slew + elapsed % 1000000U * wall.slew / 1000000U);
    if (wall.adjustment >= 0)
        return most < wall.adjustment ? most : wall.adjustment;
    return -most > wall.adjustment ? -most : wall.adjustment;
}

#define SECOND 1000000000LL

retcode core_TIME_SetSystemTime(struct core_call *call)
{
    CORE_METHOD(TIME, SetSystemTime);
    if (IN(nsecs) >= SECOND || IN(secs) > 0xffffffffffULL >> 8)
        return rcInvalidArgument;
    spinlock_lock(&wall.lock);
    wall.offset = (s64)IN(secs) * SECOND + (s64)IN(nsecs) - (s64)hal_time_now();
    wall.adjustment = 0;
    spinlock_unlock(&wall.lock);
    return rcOk;
}

retcode core_TIME_SetSystemTimeAdj(struct core_call *call)
{
    CORE_METHOD(TIME, SetSystemTimeAdj);
    s64 seconds = (s64)IN(adj_sec), nanoseconds = (s64)IN(adj_nsec);
    if (seconds > 1000000 || seconds < -1000000 || nanoseconds >= SECOND || nanoseconds <= -SECOND || IN(slew) == 0 ||
        IN(slew) > 1000000)
        return rcInvalidArgument;
    spinlock_lock(&wall.lock);
    u64 now = hal_time_now();
    s64 part = applied(now), previous = wall.adjustment - part;
    wall.offset += part;
    wall.adjustment = seconds * SECOND + nanoseconds;
    wall.slew_start = now;
    wall.slew = IN(slew);
    spinlock_unlock(&wall.lock);
    OUT(prev_sec) = (word)(previous / SECOND);
    OUT(prev_nsec) = (word)(previous % SECOND);
    return rcOk;
}

retcode core_TIME_GetSystemTimeAdj(struct core_call *call)
{
    CORE_METHOD(TIME, GetSystemTimeAdj);
    spinlock_lock(&wall.lock);
    s64 left = wall.adjustment - applied(hal_time_now());
    spinlock_unlock(&wall.lock);
    OUT(adj_sec) = (word)(left / SECOND);
    OUT(adj_nsec) = (word)(left % SECOND);
    return rcOk;
}

retcode core_TIME_GetSystemTime(struct core_call *call)
{
    CORE_METHOD(TIME, GetSystemTime);
    spinlock_lock(&wall.lock);
    u64 now = hal_time_now();
    s64 time = (s64)now + wall.offset + applied(now);
    spinlock_unlock(&wall.lock);
    OUT(secs) = (word)(time / SECOND);
    OUT(nsecs) = (word)(time % SECOND);
    return rcOk;
}

retcode core_TIME_GetUpTime(struct core_call *call)
{
    CORE_METHOD(TIME, GetUpTime);
    u64 now = hal_time_now();
    OUT(secs) = now / (u64)SECOND;
    OUT(nsecs) = now % (u64)SECOND;
    return rcOk;
}

retcode core_TIME_GetResolution(struct core_call *call)
{
    CORE_METHOD(TIME, GetResolution);
    OUT(nsecs) = hal_time_resolution();
    return rcOk;
}

/* Platform parameters: "name=value" words of the kernel's command line. */
retcode core_HAL_GetEnv(struct core_call *call)
{
    CORE_METHOD(HAL, GetEnv);
    const char *name = core_string(call, IN(name));
    if (name == nullptr)
        return rcInvalidArgument;
    size_t length = core_chunk_size(IN(name)) - 1;
    for (const char *at = kernel_command_line; *at != '\0';) {
        size_t span = 0;
        while (at[span] != '\0' && at[span] != ' ')
            span++;
        if (span > length && memcmp(at, name, length) == 0 && at[length] == '=') {
            char value[HAL_COMMAND_LINE_SIZE];
            memcpy(value, at + length + 1, span - length - 1);
            value[span - length - 1] = '\0';
            return core_return_bytes(call, &OUT(value), value, span - length);
        }
        at += span;
        while (*at == ' ')
            at++;
        checkpoint();
    }
    return rcResourceNotFound;
}

retcode core_HAL_DebugWrite(struct core_call *call)
{
    CORE_METHOD(HAL, DebugWrite);
    const u8 *bytes;
    u32 size;
    if (!core_bytes(call, IN(data), &bytes, &size))
        return rcInvalidArgument;
    hal_console_write((const char *)bytes, size);
    return rcOk;
}

retcode core_HAL_GetCpuCount(struct core_call *call)
{
    CORE_METHOD(HAL, GetCpuCount);
    OUT(count) = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    return rcOk;
}

retcode core_HAL_TraceEvent(struct core_call *call)
{
    CORE_METHOD(HAL, TraceEvent);
    trace_user(cpu_self(), 0, 0, (u32)IN(id), IN(first), IN(second));
    return rcOk;
}

retcode core_HAL_GetEntropy(struct core_call *call)
{
    CORE_METHOD(HAL, GetEntropy);
    u64 size = IN(size);
    u64 bytes[KOS_NAME_SIZE / 8];
    if (size > sizeof(bytes))
        return rcInvalidArgument;
    for (u64 i = 0; i < (size + 7) / 8; i++) {
        bytes[i] = kernel_random();
        if (i % 4 == 3)
            checkpoint();
    }
    return core_return_bytes(call, &OUT(data), bytes, size);
}

retcode core_PM_Request(struct core_call *call)
{
    CORE_METHOD(PM, Request);
    if (IN(request) == KOS_POWER_OFF)
        hal_power_off();
    if (IN(request) == KOS_POWER_RESET)
        hal_reset();
    return rcInvalidArgument;
}

static u64 all_cpus(void)
{
    u32 count = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    return count == KOS_CPUS_MAX ? ~0ULL : (1ULL << count) - 1;
}

static u64 online_cpus(void)
{
    return all_cpus() & ~atomic_load_explicit(&cpus_offline, memory_order_relaxed);
}

retcode core_PM_GetCpusOnline(struct core_call *call)
{
    CORE_METHOD(PM, GetCpusOnline);
    OUT(online) = online_cpus();
    return rcOk;
}

static void order_done(struct thread *asker, retcode code)
{
    core_respond(asker, code, 0, 0);
}

static retcode apply_online(struct thread *none, struct order *order)
{
    (void)none;
    return sched_set_online(order, order->arguments[0] != 0);
}

retcode core_PM_SetCpuOnline(struct core_call *call)
{
    CORE_METHOD(PM, SetCpuOnline);
    u64 cpu = IN(cpu), online = IN(online);
    if (cpu >= atomic_load_explicit(&cpu_count, memory_order_relaxed) || online > 1)
        return rcInvalidArgument;
    struct order *order = &call->self->order;
    order->apply = apply_online;
    order->done = order_done;
    order->arguments[0] = online;
    retcode code = rcOk;
    return order_give_cpus(call->self, order, 1ULL << cpu, &code) ? code : CORE_BLOCKED;
}

static retcode apply_set(struct thread *none, struct order *order)
{
    (void)none;
    return sched_set_online(order, (order->arguments[0] >> cpu_self()->hal.index & 1U) != 0);
}

static retcode set_result(u64 wanted)
{
    return online_cpus() == wanted ? rcOk : rcBusy;
}

static void set_done(struct thread *asker, retcode code)
{
    (void)code; /* the last CPU's */
    core_respond(asker, set_result(asker->order.arguments[0]), 0, 0);
}

retcode core_PM_SetCpusOnline(struct core_call *call)
{
    CORE_METHOD(PM, SetCpusOnline);
    u64 wanted = IN(request), changed = wanted ^ online_cpus();
    if ((wanted & ~all_cpus()) != 0 || (wanted & 1U) == 0 || IN(timeout) > KOS_INFINITE_TIMEOUT)
        return rcInvalidArgument;
    if (changed == 0)
        return rcOk;
    struct order *order = &call->self->order;
    order->apply = apply_set;
    order->done = set_done;
    order->arguments[0] = wanted;
    retcode code = rcOk;
    return order_give_cpus(call->self, order, changed, &code) ? set_result(wanted) : CORE_BLOCKED;
}

static retcode apply_isolation(struct thread *none, struct order *order)
{
    (void)none, (void)order;
    sched_isolate_self();
    return rcOk;
}

retcode core_PM_SetIsolatedCpus(struct core_call *call)
{
    CORE_METHOD(PM, SetIsolatedCpus);
    u64 changed = 0;
    retcode code = sched_isolate(IN(cpus), &changed);
    if (code != rcOk || changed == 0)
        return code;
    struct order *order = &call->self->order;
    order->apply = apply_isolation;
    order->done = order_done;
    return order_give_cpus(call->self, order, changed, &code) ? code : CORE_BLOCKED;
}

retcode core_PM_GetCpuInterrupts(struct core_call *call)
{
    CORE_METHOD(PM, GetCpuInterrupts);
    if (IN(cpu) >= atomic_load_explicit(&cpu_count, memory_order_acquire))
        return rcInvalidArgument;
    OUT(interrupts) = atomic_load_explicit(&cpu_table[IN(cpu)]->events[KOS_COUNT_INTERRUPT], memory_order_relaxed);
    return rcOk;
}

retcode core_IPC_CreateSyncObject(struct core_call *call)
{
    CORE_METHOD(IPC, CreateSyncObject);
    struct sync_object *sync;
    u32 handle = KOS_INVALID_HANDLE;
    if (IN(autoclear) > 1)
        return rcInvalidArgument;
    retcode code = sync_object_create(&call->task->domain.quota, IN(autoclear) != 0, &sync);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &sync->object, 0, &handle); /* not transferable */
        object_release(&sync->object);
    }
    OUT(syncHandle) = handle;
    return code;
}

static retcode set_interrupt(struct core_call *call, word handle, bool interrupting)
{
    struct object *object;
    retcode code = handle_lookup(&call->task->domain.handles, (u32)handle, OBJECT_SYNC, 0, &object);
    if (code != rcOk)
        return code;
    sync_object_set(container_of(object, struct sync_object, object), interrupting);
    if (interrupting)
        call->self->work.object = object;
    else
        object_release(object);
    return rcOk;
}

/* Not to be given up half way: who has been taken out of those that wait must be told. The reference in work.object is
 * dropped in the last step. */
retcode core_IPC_SetInterrupt(struct core_call *call)
{
    CORE_METHOD(IPC, SetInterrupt);
    struct work *work = &call->self->work;
    retcode code = work->object != nullptr ? rcOk : set_interrupt(call, IN(syncHandle), true);
    if (code != rcOk)
        return code;
    struct object *object = work->object;
    code = sync_object_interrupt(container_of(object, struct sync_object, object));
    if (code != PREEMPTED) {
        work->object = nullptr;
        object_release(object);
    }
    return code;
}
retcode core_IPC_ClearInterrupt(struct core_call *call)
{
    CORE_METHOD(IPC, ClearInterrupt);
    return set_interrupt(call, IN(syncHandle), false);
}

retcode core_IPC_AttachArena(struct core_call *call)
{
    CORE_METHOD(IPC, AttachArena);
    struct object *channel, *arena;
    struct handle_table *handles = &call->task->domain.handles;
    retcode code = handle_lookup(handles, (u32)IN(channel), OBJECT_CHANNEL, KOS_RIGHT_IPC_CALL, &channel);
    if (code != rcOk)
        return code;
    code = handle_lookup(handles, (u32)IN(arena), OBJECT_ARENA, 0, &arena);
    if (code == rcOk) {
        struct channel *to = container_of(channel, struct channel, object);
        struct arena *what = container_of(arena, struct arena, object);
        bool fits = IN(discipline) <= KOS_ARENA_SHARED && what->client == &call->task->domain;
        code = fits ? arena_attach(to, what, (u32)IN(discipline)) : rcInvalidArgument;
        OUT(serverVa) = code == rcOk ? to->arena_server : 0;
        object_release(arena);
    }
    object_release(channel);
    return code;
}
