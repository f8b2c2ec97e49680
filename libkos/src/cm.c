/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/cm/cm_api.h>
#include <coresrv/time/time_api.h>
#include <kos/core.h>
#include <string.h>

/* Two names in a row. */
struct names {
    rtl_size_t used;
    char bytes[2 * KOS_NAME_SIZE];
};

static int name_add(struct names *names, struct kos_chunk *chunk, const char *name)
{
    rtl_size_t size = name != RTL_NULL ? strnlen(name, KOS_NAME_SIZE) + 1 : 0;
    if (size < 2 || size > KOS_NAME_SIZE)
        return 0;
    memcpy(names->bytes + names->used, name, size);
    *chunk = (struct kos_chunk){(unsigned)names->used, (unsigned)size};
    names->used += size;
    return 1;
}

static int names_make(struct names *names, struct kos_chunk chunks[2], const char *first, const char *second)
{
    names->used = 0;
    return name_add(names, &chunks[0], first) && name_add(names, &chunks[1], second);
}

Retcode KnCmConnect(const char *server, const char *service, rtl_uint32_t msecs, Handle *handle, rtl_uint32_t *rsid)
{
    struct names names;
    struct kos_chunk chunks[2];
    *handle = INVALID_HANDLE;
    if (!names_make(&names, chunks, server, service))
        return rcInvalidArgument;
    KOS_CORE_PARTS(CM, Connect) parts = {.in = {.server = chunks[0], .service = chunks[1], .msecs = msecs}};
    Retcode rc = KOS_CORE_ARENA(CM, Connect, parts.words, names.bytes, names.used, RTL_NULL, 0);
    if (rc == rcOk) {
        *handle = (Handle)parts.out.handle;
        *rsid = (rtl_uint32_t)parts.out.id;
    }
    return rc;
}

static rtl_uint64_t now_ms(void)
{
    RtlTimeSpec time = {0, 0};
    return KnGetUpTime(&time) == rcOk ? (rtl_uint64_t)(time.sec * 1000 + time.nsec / 1000000) : 0;
}

/* Copies the name that a chunk of the answer says; 0: there is none. */
static int name_take(struct kos_chunk chunk, const char *arena, rtl_size_t size, char *to)
{
    if (chunk.size == 0 || (rtl_size_t)chunk.offset + chunk.size > size)
        return 0;
    memcpy(to, arena + chunk.offset, chunk.size);
    return 1;
}

Retcode KnCmListen(const char *filter, rtl_uint32_t msecs, char *client, char *service)
{
    rtl_uint64_t start = msecs != 0 && msecs != INFINITE_TIMEOUT ? now_ms() : 0;
    rtl_uint32_t left = msecs;
    (void)filter;
    for (;;) {
        char arena[2 * KOS_NAME_SIZE];
        KOS_CORE_PARTS(CM, Listen) parts = {.in = {.msecs = left}};
        Retcode rc = KOS_CORE_ARENA(CM, Listen, parts.words, RTL_NULL, 0, arena, sizeof(arena));
        if (rc != rcOk)
            return rc;
        if (name_take(parts.out.client, arena, sizeof(arena), client) &&
            name_take(parts.out.service, arena, sizeof(arena), service))
            return rcOk;
        if (msecs == INFINITE_TIMEOUT)
            continue;
        rtl_uint64_t passed = now_ms() - start; /* it was woken for a request that has gone: what is left of the time */
        left = passed < msecs ? msecs - (rtl_uint32_t)passed : 0;
    }
}

Retcode KnCmAccept(const char *client, const char *service, rtl_uint32_t rsid, Handle listener, Handle *handle)
{
    struct names names;
    struct kos_chunk chunks[2];
    *handle = INVALID_HANDLE;
    if (!names_make(&names, chunks, client, service))
        return rcInvalidArgument;
    KOS_CORE_PARTS(CM, Accept)
    parts = {.in = {.client = chunks[0], .service = chunks[1], .id = rsid, .listener = listener}};
    Retcode rc = KOS_CORE_ARENA(CM, Accept, parts.words, names.bytes, names.used, RTL_NULL, 0);
    if (rc == rcOk)
        *handle = (Handle)parts.out.handle;
    return rc;
}

Retcode KnCmDrop(const char *client, const char *service)
{
    struct names names;
    struct kos_chunk chunks[2];
    if (!names_make(&names, chunks, client, service))
        return rcInvalidArgument;
    KOS_CORE_PARTS(CM, Drop) parts = {.in = {.client = chunks[0], .service = chunks[1]}};
    return KOS_CORE_ARENA(CM, Drop, parts.words, names.bytes, names.used, RTL_NULL, 0);
}
