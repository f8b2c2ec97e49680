/* SPDX-License-Identifier: Apache-2.0 */
/* Answers every request with what came in, cut to the method's response: request and answer share their memory. */
#include <benchmark/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <stdlib.h>

#define ECHO(name)                                                                                                     \
    static nk_err_t name(struct benchmark_Echo *self, const struct benchmark_Echo_##name##_req *req,                   \
                         const struct nk_arena *req_arena, struct benchmark_Echo_##name##_res *res,                    \
                         struct nk_arena *res_arena)                                                                   \
    {                                                                                                                  \
        (void)self, (void)req, (void)req_arena, (void)res, (void)res_arena;                                            \
        return NK_EOK;                                                                                                 \
    }
ECHO(Echo0)
ECHO(Echo8)
ECHO(Echo64)
ECHO(Echo256)
ECHO(Echo1024)
ECHO(In64)
ECHO(In256)
ECHO(In1024)
ECHO(Arena)
ECHO(Denied)
ECHO(Evaluated)

/* Rare methods, out of the loop's way. */
__attribute__((noinline)) static nk_err_t Pass(struct benchmark_Echo *self, const struct benchmark_Echo_Pass_req *req,
                                               const struct nk_arena *req_arena, struct benchmark_Echo_Pass_res *res,
                                               struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res, (void)res_arena;
    (void)KnHandleClose(nk_get_handle(&req->handle));
    return NK_EOK;
}

__attribute__((noinline)) static nk_err_t
SetPriority(struct benchmark_Echo *self, const struct benchmark_Echo_SetPriority_req *req,
            const struct nk_arena *req_arena, struct benchmark_Echo_SetPriority_res *res, struct nk_arena *res_arena)
{
    Handle thread;
    (void)self, (void)req_arena, (void)res, (void)res_arena;
    if (KnThreadOpenCurrent(&thread) == rcOk)
        (void)KnThreadSetPriorityByHandle(thread, (rtl_uint32_t)req->level >> 8, (rtl_uint32_t)req->level & 0xff);
    return NK_EOK;
}

static union {
    struct nk_message base_;
    benchmark_Server_entity_req req;
    benchmark_Server_entity_res res;
} message;

int main(void)
{
    static const struct benchmark_Echo_ops ops = {
        .Echo0 = Echo0,
        .Echo8 = Echo8,
        .Echo64 = Echo64,
        .Echo256 = Echo256,
        .Echo1024 = Echo1024,
        .In64 = In64,
        .In256 = In256,
        .In1024 = In1024,
        .Arena = Arena,
        .Denied = Denied,
        .Evaluated = Evaluated,
        .Pass = Pass,
        .SetPriority = SetPriority,
    };
    /* constant, so that the compiler sees through its table; the interface type is for those that have state */
    static const struct benchmark_Echo echo = {&ops};
    const union {
        const struct benchmark_Echo *constant;
        struct benchmark_Echo *given;
    } implementation = {&echo};
    benchmark_Server_entity entity;
    NkKosTransport transport;
    ServiceId id;
    NkKosTransport_Init(&transport, ServiceLocatorRegister("echo", RTL_NULL, 0, &id), NK_NULL, 0);
    void *buffer = KnVmAllocate(RTL_NULL, 1 << 20, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, (char *)buffer + (1 << 20));
    if (buffer == RTL_NULL)
        return EXIT_FAILURE;
    benchmark_Server_entity_init(&entity, implementation.given);
    nk_message_set_size(&message.base_, sizeof(message));
    nk_err_t rc = nk_transport_recv(&transport.base, &message.base_, &arena);
    while (rc == NK_EOK) {
        (void)benchmark_Server_entity_dispatch(&entity, &message.base_, &arena, &message.base_, NK_NULL);
        rc = nk_transport_reply_recv(&transport.base, &message.base_, sizeof(message), NK_NULL, &message.base_,
                                     sizeof(message), &arena);
    }
    printf("BENCH error server %x\n", (unsigned)rc);
    return EXIT_FAILURE;
}
