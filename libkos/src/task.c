/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/task/task_api.h>
#include <kos/alloc.h>
#include <string.h>

/* Strings for one Call, packed behind each other. */
struct strings {
    char *bytes;
    rtl_size_t size, used;
};

static nk_uint64_t add(struct strings *strings, const char *text)
{
    rtl_size_t size = strlen(text) + 1;
    if (size > strings->size - strings->used)
        return ~0ULL; /* no such chunk: the kernel refuses the message */
    nk_uint64_t chunk = strings->used | (nk_uint64_t)size << 32;
    memcpy(strings->bytes + strings->used, text, size);
    strings->used += size;
    return chunk;
}

Retcode KnTaskCreate(const char *name, const char *eiid, const char *path, rtl_uint32_t schedulingClass,
                     rtl_uint32_t priority, Handle *task)
{
    return KnTaskCreateEx(name, eiid, path, 0, schedulingClass, priority, task);
}

Retcode KnTaskCreateEx(const char *name, const char *eiid, const char *path, rtl_size_t stackSize,
                       rtl_uint32_t schedulingClass, rtl_uint32_t priority, Handle *task)
{
    char bytes[3 * KOS_NAME_SIZE];
    struct strings s = {bytes, sizeof(bytes), 0};
    nk_uint64_t words[8] = {add(&s, name), add(&s, eiid), add(&s, path), stackSize, schedulingClass << 8 | priority};
    Retcode rc = KOS_CORE_ARENA(TASK, Create, 6, words, s.bytes, s.used, 2, NK_NULL, 0);
    *task = rc == rcOk ? (Handle)words[1] : INVALID_HANDLE;
    return rc;
}

static rtl_size_t list_size(const char *const list[])
{
    rtl_size_t size = 0;
    for (rtl_size_t i = 0; list != (const char *const *)RTL_NULL && list[i] != RTL_NULL; i++)
        size += strlen(list[i]) + 1;
    return size;
}

static nk_uint64_t add_list(struct strings *s, const char *const list[])
{
    rtl_size_t from = s->used;
    for (rtl_size_t i = 0; list != (const char *const *)RTL_NULL && list[i] != RTL_NULL; i++)
        (void)add(s, list[i]);
    return from | (nk_uint64_t)(s->used - from) << 32;
}

Retcode KnTaskSetEnv(Handle task, const char *const args[], const char *const envs[])
{
    struct strings s = {.size = list_size(args) + list_size(envs)};
    s.bytes = KosMemAlloc(s.size);
    if (s.bytes == RTL_NULL)
        return rcOutOfMemory;
    nk_uint64_t words[8] = {task};
    words[1] = add_list(&s, args);
    words[2] = add_list(&s, envs);
    Retcode rc = KOS_CORE_ARENA(TASK, SetEnv, 3, words, s.bytes, s.used, 1, NK_NULL, 0);
    KosMemFree(s.bytes);
    return rc;
}

Retcode KnTaskConnect(Handle client, Handle server, const char *channel)
{
    return KnTaskConnectWithArena(client, server, channel, KOS_ARENA_AUTO);
}

Retcode KnTaskConnectWithArena(Handle client, Handle server, const char *channel, rtl_uint32_t arena)
{
    rtl_size_t size = strlen(channel) + 1;
    nk_uint64_t words[8] = {client, server, (nk_uint64_t)size << 32, arena};
    return KOS_CORE_ARENA(TASK, Connect, 4, words, channel, size, 1, NK_NULL, 0);
}

Retcode KnTaskAddResource(Handle task, Handle handle, rtl_uint32_t rights, const char *name)
{
    rtl_size_t size = strlen(name) + 1;
    nk_uint64_t words[8] = {task, handle, rights, (nk_uint64_t)size << 32};
    return KOS_CORE_ARENA(TASK, AddResource, 4, words, name, size, 1, NK_NULL, 0);
}

Retcode KnTaskLookupResource(rtl_uint32_t kind, const char *name, Handle *handle)
{
    rtl_size_t size = strlen(name) + 1;
    nk_uint64_t words[8] = {kind, (nk_uint64_t)size << 32};
    Retcode rc = KOS_CORE_ARENA(TASK, LookupResource, 2, words, name, size, 2, NK_NULL, 0);
    *handle = rc == rcOk ? (Handle)words[1] : INVALID_HANDLE;
    return rc;
}

Retcode KnTaskGetName(Handle task, char *name, rtl_size_t size)
{
    char text[KOS_NAME_SIZE];
    nk_uint64_t words[8] = {task};
    Retcode rc = KOS_CORE_ARENA(TASK, GetName, 1, words, NK_NULL, 0, 2, text, sizeof(text));
    if (rc != rcOk)
        return rc;
    rtl_size_t needed = strlen(text) + 1;
    if (needed > size)
        return rcBufferTooSmall;
    memcpy(name, text, needed);
    return rcOk;
}
