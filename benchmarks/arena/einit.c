/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests with an arena, by every discipline and size, to a server in another task: one connection, one arena and one
 * server per discipline. The client writes a byte between two requests, as one that fills its arena anew does: with
 * `sealed` that is where it would wait if the server still had it.
 */
#include <benchmarks/arena/protocol.h>
#include <benchmarks/measure.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct nk_message base_;
    nk_ptr_t bytes;
    nk_uint8_t others[ARENA_REQUEST - sizeof(nk_ptr_t)];
} request;
static struct {
    struct nk_message base_;
    nk_uint64_t sum;
} response;

static Handle server_start(const char *channel)
{
    const char *const args[] = {"server", channel, RTL_NULL};
    Handle task = INVALID_HANDLE;
    check(KnTaskCreate(channel, "benchmark.Taker", "Server", KOS_CLASS_STANDARD, 15, &task), "server");
    check(KnTaskSetEnv(task, args, RTL_NULL), "arguments");
    check(KnTaskConnect(INVALID_HANDLE, task, channel), "connect");
    check(KnTaskResume(task), "resume");
    return ServiceLocatorConnect(channel);
}

static void sizes(const char *discipline, Handle handle, nk_uint8_t *base)
{
    static const struct {
        const char *name;
        nk_uint32_t size;
        unsigned rounds;
    } cases[] = {{"0B", 0, 2000},          {"256B", 256, 2000},      {"1KiB", 1 << 10, 2000},
                 {"2KiB", 2 << 10, 2000},  {"4KiB", 4 << 10, 2000},  {"8KiB", 8 << 10, 2000},
                 {"16KiB", 16 << 10, 500}, {"64KiB", 64 << 10, 200}, {"1MiB", 1 << 20, 20}};
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[64];
        struct nk_arena arena = NK_ARENA_INITIALIZER(base, base + ARENA_SIZE);
        nk_uint32_t size = cases[i].size;
        Retcode rc = rcOk;
        arena.unused = arena.start + size;
        request.bytes = (nk_ptr_t){0, size};
        memset(base, 3, size);
        (void)snprintf(name, sizeof(name), "ipc/arena/%s/%s", discipline, cases[i].name);
        MEASURE(name, cases[i].rounds, base[0]++;
                *(nk_uint64_t *)&request = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + ARENA_REQUEST, 0);
                nk_message_set_size(&response.base_, sizeof(response));
                rc |= nk_transport_call(&transport.base, &request.base_, &arena, &response.base_, NK_NULL));
        if (rc == rcOk && response.sum != (size == 0 ? 0 : (nk_uint64_t)base[0] + base[size - 1]))
            rc = rcFail;
        check(rc, name);
    }
}

int main(void)
{
    static const struct {
        const char *name;
        unsigned discipline;
    } disciplines[] = {{"copied", KOS_ARENA_COPIED},
                       {"sealed", KOS_ARENA_SEALED},
                       {"shared", KOS_ARENA_SHARED},
                       {"auto", KOS_ARENA_AUTO}};
    measure_begin();
    for (unsigned i = 0; i < sizeof(disciplines) / sizeof(disciplines[0]); i++) {
        Handle handle = server_start(disciplines[i].name);
        struct kos_core_result made = KOS_CORE(VMM, CreateArena, ARENA_SIZE);
        check(made.rc, "arena");
        check(KOS_CORE(IPC, AttachArena, handle, KOS_CORE_OUT(made, VMM, CreateArena, arena), disciplines[i].discipline)
                  .rc,
              "attach");
        sizes(disciplines[i].name, handle, (nk_uint8_t *)(rtl_uintptr_t)KOS_CORE_OUT(made, VMM, CreateArena, va));
    }
    printf("BENCH done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
