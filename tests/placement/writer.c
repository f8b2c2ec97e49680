/* SPDX-License-Identifier: Apache-2.0 */
/* Sends bytes that another thread keeps changing; asks the kernel to hand them over as the argument says. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/thread.h>
#include <placement/Keep.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_on(void *bytes)
{
    for (;;) {
        ++*(volatile nk_uint8_t *)bytes;
        (void)KnSleep(1);
    }
    return 0;
}

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    struct placement_Keep_proxy proxy;
    struct placement_Keep_Look_req req;
    struct placement_Keep_Look_res res;
    Tid tid;
    Handle channel = ServiceLocatorConnect("keep");
    if (argc != 2 || channel == INVALID_HANDLE)
        return EXIT_FAILURE;
    struct kos_core_result made = KOS_CORE(VMM, CreateArena, placement_Keep_Size);
    nk_uint8_t *bytes = (nk_uint8_t *)(rtl_uintptr_t)made.w[0];
    if (made.rc != rcOk || KOS_CORE(IPC, AttachArena, channel, made.w[1],
                                    strcmp(argv[1], "shared") == 0 ? KOS_ARENA_SHARED : KOS_ARENA_COPIED)
                                   .rc != rcOk)
        return EXIT_FAILURE;
    struct nk_arena arena = NK_ARENA_INITIALIZER(bytes, bytes + placement_Keep_Size);
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    placement_Keep_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(channel, "keep"));
    if (nk_arena_alloc(nk_uint8_t, &arena, &req.data, placement_Keep_Size) == NK_NULL ||
        KosThreadCreate(&tid, ThreadPriorityNormal, 0, write_on, bytes, 0) != rcOk)
        return EXIT_FAILURE;
    nk_err_t error = placement_Keep_Look(&proxy.base, &req, &arena, &res, NK_NULL);
    if (error != NK_EOK)
        printf("%s: the call fails: %d\n", argv[0], (int)error);
    else
        printf("%s: %s, %s\n", argv[0], res.inPlace ? "in place" : "a copy",
               res.changed ? "it changed" : "it stayed as it was");
    return EXIT_SUCCESS;
}
