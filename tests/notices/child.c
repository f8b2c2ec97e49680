/* SPDX-License-Identifier: Apache-2.0 */
/* The other side: does what argv[1] says with what it finds under the name "given"; exits with 0, or what went wrong.
 */
#include <coresrv/sync/sync_api.h>
#include <kos/task.h>
#include <stdlib.h>
#include <string.h>
#include <tests/notices/notices.h>
#include <tests/patience.h>

#define ROUNDS 100U

static Handle given;

static volatile rtl_uint32_t *words(int flags)
{
    void *at = RTL_NULL;
    return KnPmmMdlMap(given, 0, PAGE, RTL_NULL, flags, &at) == rcOk ? at : RTL_NULL;
}

/* Turn of the other when word 0 is odd. */
static int ping_pong(void)
{
    volatile rtl_uint32_t *at = words(VMM_FLAG_READ | VMM_FLAG_WRITE);
    rtl_uint32_t woken;
    if (at == RTL_NULL)
        return 1;
    for (rtl_uint32_t i = 0; i < 2 * ROUNDS; i += 2) {
        for (rtl_uint32_t seen; (seen = __atomic_load_n(&at[0], __ATOMIC_ACQUIRE)) != i;) {
            Retcode rc = KnSyncWaitShared(given, 0, seen, PATIENCE_MS);
            if (rc != rcOk && rc != rcFutexWouldBlock)
                return 2;
        }
        at[1] += i;
        __atomic_store_n(&at[0], i + 1, __ATOMIC_RELEASE);
        if (KnSyncWakeShared(given, 0, 1, &woken) != rcOk)
            return 3;
    }
    return 0;
}

static int read_only(void)
{
    void *at;
    if (KnPmmMdlMap(given, 0, PAGE, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &at) != rcNoCapability)
        return 1;
    volatile rtl_uint32_t *seen = words(VMM_FLAG_READ);
    return seen == RTL_NULL || seen[0] != 77 || seen[PAGE / 4 - 1] != 78 ? 2 : 0;
}

static int write_to_read_only(void)
{
    volatile rtl_uint32_t *at = words(VMM_FLAG_READ);
    at[0] = 1;
    return 1;
}

/* Until the memory is taken away: the fault ends the process. The handle is closed first, which does not help. */
static int count_up(void)
{
    volatile rtl_uint32_t *at = words(VMM_FLAG_READ | VMM_FLAG_WRITE);
    if (at == RTL_NULL || KnHandleClose(given) != rcOk)
        return 1;
    for (;;)
        at[0] = at[0] + 1;
}

/* What is revoked before it is touched. */
static int map_and_wait(void)
{
    volatile rtl_uint32_t *at = words(VMM_FLAG_READ | VMM_FLAG_WRITE);
    void *start, *again;
    rtl_size_t size;
    int flags;
    at[0] = 1;
    while (KnPmmMdlGetSize(given, &size) == rcOk)
        (void)KnSleep(1);
    if (KnPmmMdlGetSize(given, &size) != rcHandleRevoked ||
        KnPmmMdlMap(given, 0, PAGE, RTL_NULL, VMM_FLAG_READ, &again) != rcHandleRevoked)
        return 1;
    (void)KnSleep(50); /* the handle is revoked first, the pages go then */
    if (KnVmQuery((const void *)(rtl_uintptr_t)at, &start, &size, &flags) != rcOk ||
        ((unsigned)flags & VMM_FLAG_COMMIT) != 0)
        return 2;
    return KnVmUnmap(start, PAGE) == rcOk && KnHandleClose(given) == rcOk ? 0 : 3;
}

static int sleep_for_ever(void)
{
    for (;;)
        (void)KnSleep(1000);
}

static int fault(void)
{
    volatile rtl_uint32_t *nowhere = RTL_NULL;
    return (int)*nowhere;
}

int main(int argc, const char *argv[])
{
    static const struct {
        const char *name;
        int (*run)(void);
    } roles[] = {{"ping_pong", ping_pong},      {"read_only", read_only},  {"write_to_read_only", write_to_read_only},
                 {"count_up", count_up},        {"sleep", sleep_for_ever}, {"fault", fault},
                 {"map_and_wait", map_and_wait}};
    if (KosTaskLookupResource("given", &given) != rcOk)
        given = INVALID_HANDLE;
    for (unsigned i = 0; argc > 1 && i < sizeof(roles) / sizeof(roles[0]); i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].run();
    return 99;
}
