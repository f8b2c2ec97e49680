/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/cm/cm_api.h>
#include <coresrv/time/time_api.h>
#include <kos/core.h>
#include <string.h>

/* Two names in a row, and their chunks. */
struct names {
    nk_uint64_t words[8];
    rtl_size_t used;
    char bytes[2 * KOS_NAME_SIZE];
};

static int name_add(struct names *names, unsigned word, const char *name)
{
    rtl_size_t size = name != RTL_NULL ? strnlen(name, KOS_NAME_SIZE) + 1 : 0;
    if (size < 2 || size > KOS_NAME_SIZE)
        return 0;
    memcpy(names->bytes + names->used, name, size);
    names->words[word] = names->used | (nk_uint64_t)size << 32;
    names->used += size;
    return 1;
}

static int names_make(struct names *names, const char *first, const char *second)
{
    names->used = 0;
    return name_add(names, 0, first) && name_add(names, 1, second);
}

Retcode KnCmConnect(const char *server, const char *service, rtl_uint32_t msecs, Handle *handle, rtl_uint32_t *rsid)
{
    struct names names;
    *handle = INVALID_HANDLE;
    if (!names_make(&names, server, service))
        return rcInvalidArgument;
    names.words[2] = msecs;
    Retcode rc = KOS_CORE_ARENA(CM, Connect, 3, names.words, names.bytes, names.used, 3, RTL_NULL, 0);
    if (rc == rcOk) {
        *handle = (Handle)names.words[1];
        *rsid = (rtl_uint32_t)names.words[2];
    }
    return rc;
}

static rtl_uint64_t now_ms(void)
{
    RtlTimeSpec time = {0, 0};
    return KnGetUpTime(&time) == rcOk ? (rtl_uint64_t)(time.sec * 1000 + time.nsec / 1000000) : 0;
}

/* Copies the name that a chunk of the answer says; 0: there is none. */
static int name_take(nk_uint64_t chunk, const char *arena, rtl_size_t size, char *to)
{
    rtl_size_t offset = (rtl_uint32_t)chunk, length = chunk >> 32;
    if (length == 0 || offset + length > size)
        return 0;
    memcpy(to, arena + offset, length);
    return 1;
}

Retcode KnCmListen(const char *filter, rtl_uint32_t msecs, char *client, char *service)
{
    rtl_uint64_t start = msecs != 0 && msecs != INFINITE_TIMEOUT ? now_ms() : 0;
    rtl_uint32_t left = msecs;
    (void)filter;
    for (;;) {
        char arena[2 * KOS_NAME_SIZE];
        nk_uint64_t words[8] = {0, left};
        Retcode rc = KOS_CORE_ARENA(CM, Listen, 2, words, RTL_NULL, 0, 3, arena, sizeof(arena));
        if (rc != rcOk)
            return rc;
        if (name_take(words[1], arena, sizeof(arena), client) && name_take(words[2], arena, sizeof(arena), service))
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
    *handle = INVALID_HANDLE;
    if (!names_make(&names, client, service))
        return rcInvalidArgument;
    names.words[2] = rsid;
    names.words[3] = listener;
    Retcode rc = KOS_CORE_ARENA(CM, Accept, 4, names.words, names.bytes, names.used, 2, RTL_NULL, 0);
    if (rc == rcOk)
        *handle = (Handle)names.words[1];
    return rc;
}

Retcode KnCmDrop(const char *client, const char *service)
{
    struct names names;
    if (!names_make(&names, client, service))
        return rcInvalidArgument;
    return KOS_CORE_ARENA(CM, Drop, 2, names.words, names.bytes, names.used, 1, RTL_NULL, 0);
}
