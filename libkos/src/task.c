/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/task/task_api.h>
#include <kos/alloc.h>
#include <string.h>

/* Strings for one Call, packed behind each other. */
struct strings {
    char *bytes;
    rtl_size_t size, used;
};

static struct kos_chunk add(struct strings *strings, const char *text)
{
    rtl_size_t size = strlen(text) + 1;
    if (size > strings->size - strings->used)
        return (struct kos_chunk){~0U, ~0U}; /* no such chunk: the kernel refuses the message */
    struct kos_chunk chunk = {(unsigned)strings->used, (unsigned)size};
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
    KOS_CORE_PARTS(TASK, Create) parts = {.in = {.stackSize = stackSize, .priority = schedulingClass << 8 | priority}};
    parts.in.name = add(&s, name);
    parts.in.eiid = add(&s, eiid);
    parts.in.path = add(&s, path);
    Retcode rc = KOS_CORE_ARENA(TASK, Create, parts.words, s.bytes, s.used, NK_NULL, 0);
    *task = rc == rcOk ? (Handle)parts.out.child : INVALID_HANDLE;
    return rc;
}

static rtl_size_t list_size(const char *const list[])
{
    rtl_size_t size = 0;
    for (rtl_size_t i = 0; list != (const char *const *)RTL_NULL && list[i] != RTL_NULL; i++)
        size += strlen(list[i]) + 1;
    return size;
}

static struct kos_chunk add_list(struct strings *s, const char *const list[])
{
    rtl_size_t from = s->used;
    for (rtl_size_t i = 0; list != (const char *const *)RTL_NULL && list[i] != RTL_NULL; i++)
        (void)add(s, list[i]);
    return (struct kos_chunk){(unsigned)from, (unsigned)(s->used - from)};
}

Retcode KnTaskSetEnv(Handle task, const char *const args[], const char *const envs[])
{
    struct strings s = {.size = list_size(args) + list_size(envs)};
    s.bytes = KosMemAlloc(s.size);
    if (s.bytes == RTL_NULL)
        return rcOutOfMemory;
    KOS_CORE_PARTS(TASK, SetEnv) parts = {.in = {.task = task}};
    parts.in.args = add_list(&s, args);
    parts.in.envs = add_list(&s, envs);
    Retcode rc = KOS_CORE_ARENA(TASK, SetEnv, parts.words, s.bytes, s.used, NK_NULL, 0);
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
    KOS_CORE_PARTS(TASK, Connect)
    parts = {.in = {.client = client, .server = server, .channel = {0, (unsigned)size}, .arena = arena}};
    return KOS_CORE_ARENA(TASK, Connect, parts.words, channel, size, NK_NULL, 0);
}

Retcode KnTaskAddResource(Handle task, Handle handle, rtl_uint32_t rights, const char *name)
{
    rtl_size_t size = strlen(name) + 1;
    KOS_CORE_PARTS(TASK, AddResource)
    parts = {.in = {.task = task, .handle = handle, .rights = rights, .name = {0, (unsigned)size}}};
    return KOS_CORE_ARENA(TASK, AddResource, parts.words, name, size, NK_NULL, 0);
}

Retcode KnTaskLookupResource(rtl_uint32_t kind, const char *name, Handle *handle)
{
    rtl_size_t size = strlen(name) + 1;
    KOS_CORE_PARTS(TASK, LookupResource) parts = {.in = {.kind = kind, .name = {0, (unsigned)size}}};
    Retcode rc = KOS_CORE_ARENA(TASK, LookupResource, parts.words, name, size, NK_NULL, 0);
    *handle = rc == rcOk ? (Handle)parts.out.handle : INVALID_HANDLE;
    return rc;
}

Retcode KnTaskGetName(Handle task, char *name, rtl_size_t size)
{
    char text[KOS_NAME_SIZE];
    KOS_CORE_PARTS(TASK, GetName) parts = {.in = {.task = task}};
    Retcode rc = KOS_CORE_ARENA(TASK, GetName, parts.words, NK_NULL, 0, text, sizeof(text));
    if (rc != rcOk)
        return rc;
    rtl_size_t needed = strlen(text) + 1;
    if (needed > size)
        return rcBufferTooSmall;
    memcpy(name, text, needed);
    return rcOk;
}
