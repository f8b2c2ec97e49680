/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas by every discipline, to a server in another task: contents, where they are, what the client may do meanwhile;
 * a sealed arena under attack by another thread, on another CPU if there is one; errors of making and attaching.
 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/core.h>
#include <stdio.h>
#include <string.h>
#include <tests/arenas/arenas.h>
#include <tests/patience.h>

static void expect(const char *name, const char *part, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s/%s\n", name, part);
    else
        printf("FAIL %s/%s: expected %lld, got %lld\n", name, part, expected, got);
}

struct request {
    struct nk_message base_;
    nk_ptr_t bytes;
    nk_uint64_t pause;
};
struct response {
    struct nk_message base_;
    nk_uint64_t in_place, first, second;
};

struct memory {
    Handle handle;
    nk_uint8_t *base;
    nk_uint64_t size;
};

static struct memory memory_make(nk_uint64_t size)
{
    struct kos_core_result made = KOS_CORE(VMM, CreateArena, size);
    if (made.rc != rcOk)
        expect("create", "rc", made.rc, rcOk);
    return (struct memory){(Handle)made.w[1], (nk_uint8_t *)(rtl_uintptr_t)made.w[0], made.w[2]};
}

static nk_uint64_t sum(const nk_uint8_t *bytes, nk_size_t count)
{
    nk_uint64_t total = 0;
    for (nk_size_t i = 0; i < count; i++)
        total = total * 3 + bytes[i];
    return total;
}

/* connection: the channel's discipline, KOS_ARENA_AUTO: as the client attaches its arena */
static Handle server_start(const char *channel, const char *manner, unsigned connection)
{
    const char *const args[] = {"server", channel, manner, RTL_NULL};
    Handle task = INVALID_HANDLE;
    Retcode rc = KnTaskCreate(channel, "test.Server", "Server", KOS_CLASS_STANDARD, 15, &task);
    if (rc == rcOk)
        rc = KnTaskSetEnv(task, args, RTL_NULL);
    if (rc == rcOk)
        rc = KnTaskConnectWithArena(INVALID_HANDLE, task, channel, connection);
    if (rc == rcOk)
        rc = KnTaskResume(task);
    expect(channel, "server", rc, rcOk);
    return ServiceLocatorConnect(channel);
}

static Retcode request_sum(Handle handle, nk_uint8_t *start, nk_size_t count, nk_uint64_t pause,
                           struct response *response)
{
    struct request request = {.bytes = {0, (nk_uint32_t)count}, .pause = pause};
    struct nk_arena arena = NK_ARENA_INITIALIZER(start, start + count);
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    *(nk_uint64_t *)&request = SUM_INFO;
    arena.unused = arena.end;
    nk_message_set_size(&response->base_, sizeof(*response));
    return nk_transport_call(&transport.base, &request.base_, &arena, &response->base_, NK_NULL);
}

static void contents(const char *name, Handle handle, const struct memory *memory, nk_size_t offset, nk_size_t count,
                     int in_place)
{
    struct response response = {.in_place = 7};
    for (nk_size_t i = 0; i < memory->size; i++)
        memory->base[i] = (nk_uint8_t)(i * 7 + i / 4096);
    expect(name, "call", request_sum(handle, memory->base + offset, count, 0, &response), rcOk);
    expect(name, "in_place", (long long)response.in_place, in_place);
    expect(name, "contents", (long long)response.first, (long long)sum(memory->base + offset, count));
}

/* ---- another thread writes, or has the kernel write, while the server looks ---- */

static volatile unsigned stop, writes, refused;
static nk_uint8_t *volatile target;

static void attack(void *context, void *context2)
{
    (void)context, (void)context2;
    while (!stop) {
        target[5]++;
        writes++;
    }
    KnThreadExit(0);
}

/* Calls a server, on whatever CPU, that answers into the arena. */
static void attack_by_kernel(void *filler, void *context2)
{
    (void)context2;
    while (!stop) {
        struct kos_message_buffer buffer = {.constant_part = (rtl_uintptr_t)target,
                                            .constant_size = KOS_MESSAGE_HEADER_SIZE + FILL_RESPONSE};
        struct kos_message_words words = {
            .info = FILL_INFO, .selector = (Handle)(rtl_uintptr_t)filler, .receive = (rtl_uintptr_t)&buffer};
        kos_system_call(&words);
        if ((rtl_uint32_t)words.selector == rcOk)
            writes++;
        else
            refused++;
    }
    KnThreadExit(0);
}

static void attacked(const char *name, Handle handle, Handle filler, const struct memory *memory, int stable)
{
    struct response response = {.in_place = 7};
    Handle thread;
    Tid tid;
    rtl_int32_t code;
    stop = writes = refused = 0;
    target = memory->base;
    expect(name, "attacker",
           KnThreadCreateByHandle(&thread, &tid, 15, 16384, filler == INVALID_HANDLE ? attack : attack_by_kernel,
                                  (void *)(rtl_uintptr_t)filler, RTL_NULL, 0),
           rcOk);
    for (unsigned i = 0; i < PATIENCE_MS && writes == 0; i++)
        (void)KnSleep(1);
    int changed = 0;
    for (unsigned round = 0; round < 10 || (round < 1000 && !stable && !changed); round++) {
        expect(name, "call", request_sum(handle, memory->base, 65536, 5, &response), rcOk);
        changed |= response.first != response.second;
        unsigned before = writes; /* the attacker goes on after each */
        for (unsigned i = 0; i < PATIENCE_MS && writes == before; i++)
            (void)KnSleep(1);
        if (writes == before)
            expect(name, "attacker_goes_on", 0, 1);
    }
    if (stable)
        expect(name, "server_saw_no_change", changed, 0);
    else
        expect(name, "server_saw_changes", changed, 1);
    stop = 1;
    expect(name, "attacker_ends", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    (void)KnHandleClose(thread);
}

static void errors(Handle handle)
{
    expect("create", "nothing", KOS_CORE(VMM, CreateArena, 0).rc, rcInvalidArgument);
    expect("create", "too_large", KOS_CORE(VMM, CreateArena, KOS_ARENA_SIZE_MAX + 1).rc, rcInvalidArgument);
    expect("create", "huge", KOS_CORE(VMM, CreateArena, ~0ULL).rc, rcInvalidArgument);
    struct memory memory = memory_make(5000);
    expect("create", "rounded", (long long)memory.size, 8192);
    expect("create", "zeroed", (long long)sum(memory.base, memory.size), 0);
    expect("attach", "discipline", KOS_CORE(IPC, AttachArena, handle, memory.handle, 4).rc, rcInvalidArgument);
    expect("attach", "no_channel", KOS_CORE(IPC, AttachArena, memory.handle, memory.handle, 1).rc, rcInvalidArgument);
    expect("attach", "no_arena", KOS_CORE(IPC, AttachArena, handle, handle, 1).rc, rcInvalidArgument);
    expect("attach", "twice", KOS_CORE(IPC, AttachArena, handle, memory.handle, 1).rc, rcAlreadyExists);
    expect("protect", "not_by_hand", KOS_CORE(VMM, Protect, (rtl_uintptr_t)memory.base, 4096, KOS_VMM_READ).rc != rcOk,
           1);
    expect("free", "mapping", KOS_CORE(VMM, Free, (rtl_uintptr_t)memory.base, memory.size).rc, rcOk);
    expect("free", "handle", KnHandleClose(memory.handle), rcOk);
}

/* Pages in use by this task return when all that names an arena has gone. */
static void accounts(void)
{
    nk_uint64_t before = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[2];
    for (unsigned i = 0; i < 50; i++) {
        struct memory memory = memory_make(1 << 20);
        (void)KOS_CORE(VMM, Free, (rtl_uintptr_t)memory.base, memory.size);
        (void)KnHandleClose(memory.handle);
    }
    (void)KnSleep(50);
    nk_uint64_t after = KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[2];
    expect("accounts", "pages_return", after <= before + 8, 1); /* page tables may stay */
}

int main(void)
{
    static const struct {
        const char *name;
        unsigned discipline;
        const char *manner;
        int small_in_place, large_in_place;
        unsigned connection;
    } cases[] = {{"copied", KOS_ARENA_COPIED, "in_place", 0, 0, KOS_ARENA_AUTO},
                 {"sealed", KOS_ARENA_SEALED, "in_place", 1, 1, KOS_ARENA_AUTO},
                 {"shared", KOS_ARENA_SHARED, "in_place", 1, 1, KOS_ARENA_AUTO},
                 {"auto", KOS_ARENA_AUTO, "in_place", 0, 1, KOS_ARENA_AUTO},
                 {"connected_copied", KOS_ARENA_SHARED, "in_place", 0, 0, KOS_ARENA_COPIED},
                 {"connected_sealed", KOS_ARENA_SHARED, "in_place", 1, 1, KOS_ARENA_SEALED},
                 {"connected_shared", KOS_ARENA_COPIED, "in_place", 1, 1, KOS_ARENA_SHARED},
                 {"unwilling", KOS_ARENA_SHARED, "plain", 0, 0, KOS_ARENA_AUTO}};
    Handle filler = server_start("filler", "plain", KOS_ARENA_AUTO);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name = cases[i].name;
        Handle handle = server_start(name, cases[i].manner, cases[i].connection);
        struct memory memory = memory_make(SUM_ARENA), other = memory_make(SUM_ARENA);
        expect(name, "attach", KOS_CORE(IPC, AttachArena, handle, memory.handle, cases[i].discipline).rc, rcOk);
        contents(name, handle, &memory, 0, 100, cases[i].small_in_place);
        contents(name, handle, &memory, 4000, 65536, cases[i].large_in_place);
        contents(name, handle, &memory, 0, SUM_ARENA, cases[i].large_in_place);
        contents(name, handle, &other, 0, 65536, 0); /* not attached: copied */
        contents(name, handle, &memory, SUM_ARENA - 1, 1, cases[i].small_in_place);
        unsigned discipline = cases[i].connection != KOS_ARENA_AUTO ? cases[i].connection : cases[i].discipline;
        int stable = discipline != KOS_ARENA_SHARED || !cases[i].large_in_place;
        attacked(name, handle, INVALID_HANDLE, &memory, stable);
        attacked(name, handle, filler, &memory, stable);
        expect(name, "kernel_refused", refused != 0, stable && cases[i].large_in_place);
        errors(handle);
    }
    accounts();
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
