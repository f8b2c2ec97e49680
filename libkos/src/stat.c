/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/ipc.h>
#include <coresrv/stat/stat_api.h>
#include <kos/core.h>
#include <stdio.h>
#include <string.h>

/* ---- value_api.h ---- */

/* Strings and the table of their places, as the definition of kl.core.Profiler wants them. */
struct arena {
    rtl_size_t used;
    _Alignas(8) unsigned char bytes[KOS_COUNTERS_ARENA];
};

static struct kos_chunk chunk(rtl_size_t offset, rtl_size_t size)
{
    return (struct kos_chunk){(unsigned)offset, (unsigned)size};
}

/* Returns its chunk; an empty one: too long. */
static struct kos_chunk arena_string(struct arena *arena, const char *text)
{
    rtl_size_t size = strlen(text) + 1, at = arena->used;
    if (size > KOS_COUNTER_NAME_SIZE)
        return chunk(0, 0);
    memcpy(arena->bytes + at, text, size);
    memset(arena->bytes + at + size, 0, (8 - size % 8) % 8);
    arena->used += (size + 7) & ~(rtl_size_t)7;
    return chunk(at, size);
}

static bool arena_names(struct arena *arena, const char *const *names, rtl_size_t count, struct kos_chunk *all)
{
    rtl_size_t table = arena->used;
    *all = chunk(table, sizeof(struct kos_chunk) * count);
    arena->used += all->size;
    for (rtl_size_t i = 0; i < count; i++) {
        struct kos_chunk name = arena_string(arena, names[i]);
        if (name.size == 0)
            return false;
        memcpy(arena->bytes + table + sizeof(name) * i, &name, sizeof(name));
    }
    return true;
}

/* Of an object; with a prefix of all counters. */
static Retcode values_of(nk_uint64_t object, const char *prefix, const char *const *names, rtl_size_t count,
                         rtl_uint64_t *values)
{
    struct arena arena;
    rtl_uint64_t out[KOS_COUNTERS_MAX];
    KOS_CORE_PARTS(PROFILER, GetCounters) all = {.words = {0}};
    KOS_CORE_PARTS(PROFILER, ObjectGetStat) of = {.in = {.object = object}};
    struct kos_chunk *table = prefix != NULL ? &all.in.names : &of.in.names;
    arena.used = 0;
    if (count == 0 || count > KOS_COUNTERS_MAX)
        return rcInvalidArgument;
    if (prefix != NULL && (all.in.prefix = arena_string(&arena, prefix)).size == 0)
        return rcInvalidArgument;
    if (!arena_names(&arena, names, count, table))
        return rcInvalidArgument;
    Retcode rc = prefix != NULL
                     ? KOS_CORE_ARENA(PROFILER, GetCounters, all.words, arena.bytes, arena.used, out, sizeof(out))
                     : KOS_CORE_ARENA(PROFILER, ObjectGetStat, of.words, arena.bytes, arena.used, out, sizeof(out));
    if (rc == rcOk)
        memcpy(values, out, 8 * count);
    return rc;
}

Retcode KnStatGetValues(const char *prefix, const char *const *names, rtl_size_t count, rtl_uint64_t *values)
{
    return values_of(0, prefix, names, count, values);
}

Retcode KnStatGetObjectValues(Handle object, const char *const *names, rtl_size_t count, rtl_uint64_t *values)
{
    return values_of(object, NULL, names, count, values);
}

Retcode KnStatGetValueAsUInt64(const char *name, rtl_uint64_t *value)
{
    return KnStatGetValues("", &name, 1, value);
}

Retcode KnStatGetValueAsInt64(const char *name, rtl_int64_t *value)
{
    rtl_uint64_t found = 0;
    Retcode rc = KnStatGetValues("", &name, 1, &found);
    if (rc == rcOk && found > INT64_MAX)
        return rcInvalidArgument;
    *value = (rtl_int64_t)found;
    return rc;
}

Retcode KnStatSetCounting(int on)
{
    return KOS_CORE(PROFILER, SetCounting, on != 0).rc;
}

/* ---- stat_api.h ---- */

static Retcode parameter(const char *prefix, const char *const *names, rtl_size_t count, unsigned which,
                         rtl_uint64_t *value)
{
    if (which >= count)
        return rcInvalidArgument;
    return KnStatGetValues(prefix, &names[which], 1, value);
}
#define PARAMETER(prefix, names, which, value)                                                                         \
    parameter(prefix, names, sizeof(names) / sizeof((names)[0]), (unsigned)(which), value)

Retcode KnGroupStatGetParam(GroupStatParam param, rtl_uint64_t *value)
{
    static const char *const names[] = {"time.kernel", "time.user", "time.idle", "mem.total", "mem.free"};
    return PARAMETER("", names, param, value);
}

Retcode KnCpuStatGetParam(rtl_uint32_t cpu, CpuStatParam param, rtl_uint64_t *value)
{
    static const char *const names[] = {"time.idle", "time.user", "time.kernel"};
    char prefix[32];
    snprintf(prefix, sizeof(prefix), "cpu.%u.", cpu);
    return PARAMETER(prefix, names, param, value);
}

Retcode KnTaskStatGetParam(rtl_uint32_t pid, TaskStatParam param, rtl_uint64_t *value)
{
    static const char *const names[] = {"time.total", "time.user", "time.kernel", "mem.phy", "threads"};
    char prefix[32];
    snprintf(prefix, sizeof(prefix), "task.%u.", pid);
    return PARAMETER(prefix, names, param, value);
}

Retcode KnThreadStatGetParam(rtl_uint32_t pid, rtl_uint32_t tid, ThreadStatParam param, rtl_uint64_t *value)
{
    static const char *const names[] = {"time.total", "time.user", "time.kernel", "state", "cpu"};
    char prefix[48];
    snprintf(prefix, sizeof(prefix), "task.%u.thread.%u.", pid, tid);
    return PARAMETER(prefix, names, param, value);
}

/* Asks for one part of the list after the other. */
static Retcode list(const rtl_uint32_t *pid, rtl_uint32_t *ids, rtl_uint32_t capacity, rtl_uint32_t *count)
{
    rtl_uint32_t last = 0;
    *count = 0;
    for (;;) {
        rtl_uint64_t part[KOS_COUNTERS_MAX];
        KOS_CORE_PARTS(PROFILER, GetTasks) tasks = {.in = {.after = last}};
        KOS_CORE_PARTS(PROFILER, GetThreads) threads = {.in = {.task = pid != NULL ? *pid : 0, .after = last}};
        Retcode rc = pid == NULL ? KOS_CORE_ARENA(PROFILER, GetTasks, tasks.words, NULL, 0, part, sizeof(part))
                                 : KOS_CORE_ARENA(PROFILER, GetThreads, threads.words, NULL, 0, part, sizeof(part));
        rtl_uint32_t got = (pid == NULL ? tasks.out.ids.size : threads.out.ids.size) / (rtl_uint32_t)sizeof(part[0]);
        if (rc != rcOk || got == 0)
            return rc;
        for (rtl_uint32_t i = 0; i < got; i++) {
            if (*count == capacity)
                return rcBufferTooSmall;
            ids[(*count)++] = last = (rtl_uint32_t)part[i];
        }
    }
}

Retcode KnGroupStatGetTaskList(rtl_uint32_t *pids, rtl_uint32_t capacity, rtl_uint32_t *count)
{
    return list(NULL, pids, capacity, count);
}

Retcode KnTaskStatGetThreadList(rtl_uint32_t pid, rtl_uint32_t *tids, rtl_uint32_t capacity, rtl_uint32_t *count)
{
    return list(&pid, tids, capacity, count);
}

Retcode KnTaskStatGetName(rtl_uint32_t pid, char *name, rtl_size_t size)
{
    KOS_CORE_PARTS(PROFILER, GetTaskName) parts = {.in = {.task = pid}};
    return KOS_CORE_ARENA(PROFILER, GetTaskName, parts.words, NULL, 0, name, size);
}
