/* SPDX-License-Identifier: Apache-2.0 */
/* The peer breaks out, or tries: it ends with 1 if it is not stopped. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <string.h>
#include <tests/endpoints/peer.h>

#define RW (KOS_VMM_READ | KOS_VMM_WRITE)

extern void (*const privileged[])(void);

static nk_uint64_t number(const char *text)
{
    nk_uint64_t value = 0;
    for (; *text != '\0'; text++)
        value = value << 4 | (nk_uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return value;
}

static int access(const char *how, nk_uint64_t address)
{
    if (strcmp(how, "read") == 0)
        (void)*(volatile unsigned char *)(rtl_uintptr_t)address;
    else if (strcmp(how, "write") == 0)
        *(volatile unsigned char *)(rtl_uintptr_t)address = 1;
    else
        ((void (*)(void))(rtl_uintptr_t)address)();
    return 1;
}

static nk_uint64_t pages(unsigned flags)
{
    return KOS_CORE(VMM, Allocate, 0, 2ULL * KOS_PAGE_SIZE, KOS_VMM_RESERVE | flags).w[0];
}

/* A place of this process, by name. on_stack: strings of main are at the top of the stack. */
static nk_uint64_t place(const char *name, const char *on_stack)
{
    static volatile int data;
    static const volatile int constant = 1;
    nk_uint64_t at;
    if (strcmp(name, "text") == 0)
        return (rtl_uintptr_t)peer_break;
    if (strcmp(name, "constant") == 0)
        return (rtl_uintptr_t)&constant;
    if (strcmp(name, "data") == 0)
        return (rtl_uintptr_t)&data;
    if (strcmp(name, "stack") == 0)
        return (rtl_uintptr_t)on_stack;
    if (strcmp(name, "reserved") == 0)
        return pages(RW);
    if (strcmp(name, "no_access") == 0)
        return pages(KOS_VMM_COMMIT);
    if (strcmp(name, "guard") == 0)
        return pages(KOS_VMM_COMMIT | RW | KOS_VMM_LOW_GUARD) - 1;
    if (strcmp(name, "high_guard") == 0)
        return pages(KOS_VMM_COMMIT | RW | KOS_VMM_HIGH_GUARD) + 2ULL * KOS_PAGE_SIZE;
    at = pages(KOS_VMM_COMMIT | RW);
    *(volatile int *)(rtl_uintptr_t)at = 1;
    if (strcmp(name, "freed") == 0)
        (void)KOS_CORE(VMM, Free, at, KOS_PAGE_SIZE);
    if (strcmp(name, "decommitted") == 0)
        (void)KOS_CORE(VMM, Decommit, at, KOS_PAGE_SIZE);
    if (strcmp(name, "read_only") == 0)
        (void)KOS_CORE(VMM, Protect, at, KOS_PAGE_SIZE, KOS_VMM_READ);
    if (strcmp(name, "execute_only") == 0)
        (void)KOS_CORE(VMM, Protect, at, KOS_PAGE_SIZE, KOS_VMM_READ | KOS_VMM_EXECUTE);
    if (strcmp(name, "nothing") == 0)
        (void)KOS_CORE(VMM, Protect, at, KOS_PAGE_SIZE, 0);
    return at;
}

/* A handle of the parent's, by its number: nothing here. */
static int foreign(Handle handle)
{
    rtl_uint32_t sid;
    Handle copy;
    if (KnHandleGetSidByHandle(handle, &sid) != rcInvalidHandle ||
        KnHandleCopy(handle, ~0U, INVALID_HANDLE, &copy) != rcInvalidHandle || KnHandleClose(handle) != rcInvalidHandle)
        return 1;
    struct kos_message_words m = {.selector = handle, .info = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE, 0)};
    kos_system_call(&m);
    return (Retcode)(rtl_uint32_t)m.selector == rcInvalidHandle ? 47 : 2;
}

static int recurse(int depth)
{
    volatile char space[1024];
    space[0] = (char)depth;
    return depth == 1 << 20 ? space[0] : recurse(depth + 1) + space[0];
}

static void with_stack_pointer(void *unused, void *unused2)
{
    (void)unused, (void)unused2;
    KnThreadExit(recurse(0));
}

int peer_break(int argc, const char *argv[])
{
    const char *what = argv[2], *where = argc > 3 ? argv[3] : "";
    if (strcmp(what, "instruction") == 0)
        privileged[number(where)]();
    else if (strcmp(what, "selector") == 0) {
        struct kos_message_words m = {.selector = number(where)};
        kos_system_call(&m);
    } else if (strcmp(what, "handle") == 0)
        return foreign((Handle)number(where));
    else if (strcmp(what, "stack") == 0)
        return recurse(0);
    else if (strcmp(what, "thread_stack") == 0) {
        Handle thread;
        Tid tid;
        (void)KnThreadCreateByHandle(&thread, &tid, 15, 16384, with_stack_pointer, RTL_NULL, RTL_NULL, 0);
        (void)KnSleep(INFINITE_TIMEOUT);
    } else if (where[0] >= '0' && where[0] <= '9')
        return access(what, number(where));
    else
        return access(what, place(where, argv[0]));
    return 1;
}
