/* SPDX-License-Identifier: Apache-2.0 */
/* Answers every request with what came in, cut to the method's response: where it came in, without a dispatcher. */
#include <benchmark/Echo.idl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE(name) [benchmark_Echo_##name##_mid] = sizeof(struct benchmark_Echo_##name##_res)
static const unsigned short response_size[] = {
    SIZE(Echo0),  SIZE(Echo8), SIZE(Echo64), SIZE(Echo256),   SIZE(Echo1024), SIZE(In64),        SIZE(In256),
    SIZE(In1024), SIZE(Arena), SIZE(Denied), SIZE(Evaluated), SIZE(Pass),     SIZE(SetPriority), SIZE(Share),
};

static struct request {
    struct nk_message base_;
    nk_uint64_t words[128];
} message;

/* The other side of sync/futex_handover: 0 is the client's turn, 1 ours, 2 the end. */
static void futex_partner(void *address, void *context)
{
    Handle memory = (Handle)(rtl_uintptr_t)context;
    volatile rtl_uint32_t *turn = address;
    rtl_uint32_t woken;
    for (;;) {
        while (*turn == 0)
            (void)KnSyncWaitShared(memory, 0, 0, INFINITE_TIMEOUT);
        if (*turn == 2)
            KnThreadExit(0);
        *turn = 0;
        (void)KnSyncWakeShared(memory, 0, 1, &woken);
    }
}

static void share(Handle memory)
{
    void *address;
    Handle thread;
    Tid tid;
    if (KnPmmMdlMap(memory, 0, 4096, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &address) != rcOk ||
        KnThreadCreateByHandle(&thread, &tid, 15, 16 << 10, futex_partner, address, (void *)(rtl_uintptr_t)memory, 0) !=
            rcOk)
        printf("BENCH error share\n");
}

/* Rare methods, out of the loop's way. */
__attribute__((noinline)) static void special(struct request *request)
{
    if (request->base_.mid == benchmark_Echo_Pass_mid)
        (void)KnHandleClose((Handle)request->words[0]);
    if (request->base_.mid == benchmark_Echo_SetPriority_mid) {
        Handle self;
        if (KnThreadOpenCurrent(&self) == rcOk)
            (void)KnThreadSetPriorityByHandle(self, (rtl_uint32_t)request->words[0] >> 8,
                                              (rtl_uint32_t)request->words[0] & 0xff);
    }
    if (request->base_.mid == benchmark_Echo_Share_mid)
        share((Handle)request->words[0]);
}

int main(void)
{
    NkKosTransport transport;
    ServiceId id;
    NkKosTransport_Init(&transport, ServiceLocatorRegister("echo", RTL_NULL, 0, &id), NK_NULL, 0);
    void *buffer = KnVmAllocate(RTL_NULL, 1 << 20, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, (char *)buffer + (1 << 20));
    if (buffer == RTL_NULL)
        return EXIT_FAILURE;
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        struct request *request = &message;
        unsigned mid = request->base_.mid;
        if (__builtin_expect(mid >= benchmark_Echo_Pass_mid, 0))
            special(request);
        request->base_.tag = response_size[mid]; /* same method, the response's size, no handles */
        rc = nk_transport_reply_recv(&transport.base, &request->base_, sizeof(message), NK_NULL, &request->base_,
                                     sizeof(message), &arena);
    }
    printf("BENCH error server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
