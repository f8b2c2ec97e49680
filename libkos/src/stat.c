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

static nk_uint64_t chunk(rtl_size_t offset, rtl_size_t size)
{
    return offset | (nk_uint64_t)size << 32;
}

/* Returns its chunk; 0: too long. */
static nk_uint64_t arena_string(struct arena *arena, const char *text)
{
    rtl_size_t size = strlen(text) + 1, at = arena->used;
    if (size > KOS_COUNTER_NAME_SIZE)
        return 0;
    memcpy(arena->bytes + at, text, size);
    memset(arena->bytes + at + size, 0, (8 - size % 8) % 8);
    arena->used += (size + 7) & ~(rtl_size_t)7;
    return chunk(at, size);
}

static bool arena_names(struct arena *arena, const char *const *names, rtl_size_t count, nk_uint64_t *word)
{
    rtl_size_t table = arena->used;
    *word = chunk(table, 8 * count);
    arena->used += 8 * count;
    for (rtl_size_t i = 0; i < count; i++) {
        nk_uint64_t name = arena_string(arena, names[i]);
        if (name == 0)
            return false;
        memcpy(arena->bytes + table + 8 * i, &name, sizeof(name));
    }
    return true;
}

static Retcode values_of(nk_uint64_t first, bool first_is_prefix, const char *prefix, const char *const *names,
                         rtl_size_t count, rtl_uint64_t *values)
{
    struct arena arena;
    rtl_uint64_t out[KOS_COUNTERS_MAX];
    nk_uint64_t words[8] = {first};
    arena.used = 0;
    if (count == 0 || count > KOS_COUNTERS_MAX)
        return rcInvalidArgument;
    if (first_is_prefix && (words[0] = arena_string(&arena, prefix)) == 0)
        return rcInvalidArgument;
    if (!arena_names(&arena, names, count, &words[1]))
        return rcInvalidArgument;
    Retcode rc = first_is_prefix
                     ? KOS_CORE_ARENA(PROFILER, GetCounters, 2, words, arena.bytes, arena.used, 2, out, sizeof(out))
                     : KOS_CORE_ARENA(PROFILER, ObjectGetStat, 2, words, arena.bytes, arena.used, 2, out, sizeof(out));
    if (rc == rcOk)
        memcpy(values, out, 8 * count);
    return rc;
}

Retcode KnStatGetValues(const char *prefix, const char *const *names, rtl_size_t count, rtl_uint64_t *values)
{
    return values_of(0, true, prefix, names, count, values);
}

Retcode KnStatGetObjectValues(Handle object, const char *const *names, rtl_size_t count, rtl_uint64_t *values)
{
    return values_of(object, false, "", names, count, values);
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
static Retcode list(unsigned mid, const rtl_uint32_t *pid, rtl_uint32_t *ids, rtl_uint32_t capacity,
                    rtl_uint32_t *count)
{
    rtl_uint32_t last = 0;
    *count = 0;
    for (;;) {
        rtl_uint64_t part[KOS_COUNTERS_MAX];
        nk_uint64_t words[8] = {pid != NULL ? *pid : last, last};
        Retcode rc =
            KosCoreCallArena(KOS_RIID_PROFILER, mid, pid != NULL ? 2 : 1, words, NULL, 0, 2, part, sizeof(part));
        rtl_uint32_t got = (rtl_uint32_t)(words[1] >> 32) / 8;
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
    return list(KOS_CORE_MID(PROFILER, GetTasks), NULL, pids, capacity, count);
}

Retcode KnTaskStatGetThreadList(rtl_uint32_t pid, rtl_uint32_t *tids, rtl_uint32_t capacity, rtl_uint32_t *count)
{
    return list(KOS_CORE_MID(PROFILER, GetThreads), &pid, tids, capacity, count);
}

Retcode KnTaskStatGetName(rtl_uint32_t pid, char *name, rtl_size_t size)
{
    nk_uint64_t words[8] = {pid};
    return KOS_CORE_ARENA(PROFILER, GetTaskName, 1, words, NULL, 0, 2, name, size);
}
