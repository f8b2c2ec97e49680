/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <kos/alloc.h>
#include <kos/thread.h>

/* Constant parts are read and written by whole register messages, whatever their size. */
static nk_size_t room(nk_size_t size)
{
    nk_size_t least = size > KOS_REGISTER_MESSAGE_SIZE ? size : KOS_REGISTER_MESSAGE_SIZE;
    return (least + 15U) & ~(nk_size_t)15U;
}

struct buffers {
    struct nk_message *req, *res;
    struct nk_arena req_arena, res_arena;
};

static void *buffers_make(struct buffers *b, const NkKosDispatchInfo *info)
{
    nk_size_t req = room(info->req_size), res = room(info->res_size),
              arena = (info->req_arena_size + 15U) & ~(nk_size_t)15U;
    nk_uint8_t *memory = KosMemZalloc(req + res + arena + info->res_arena_size);
    if (memory == NK_NULL)
        return NK_NULL;
    b->req = (struct nk_message *)(void *)memory;
    b->res = (struct nk_message *)(void *)(memory + req);
    nk_arena_init(&b->req_arena, memory + req + res, memory + req + res + info->req_arena_size);
    nk_arena_init(&b->res_arena, memory + req + res + arena, memory + req + res + arena + info->res_arena_size);
    return memory;
}

/* As nk_transport_reply_recv(), into and out of buffers with room for all words of a message in registers. */
static nk_err_t answer_and_receive(Handle handle, const NkKosDispatchInfo *info, struct buffers *b)
{
    nk_size_t used;
    struct kos_exchange_parts parts =
        nk_transport_parts(b->res, room(info->res_size), &b->res_arena, b->req, info->req_size, &b->req_arena);
    parts.in_writable = KOS_REGISTER_MESSAGE_SIZE;
    nk_err_t rc = kos_exchange(KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_THEN_RECV | handle, parts, &used);
    if (rc == rcOk)
        b->req_arena.unused = b->req_arena.start + used;
    return rc;
}

static nk_err_t serve(Handle listener, const NkKosDispatchInfo *info, Handle sync, struct buffers *b)
{
    NkKosTransport transport;
    struct nk_transport *t = &transport.base;
    NkKosDispatchFn *dispatch = (NkKosDispatchFn *)(rtl_uintptr_t)info->dispatch;
    int answered = 0; /* there is an answer to deliver */
    if (sync == INVALID_HANDLE)
        NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    else
        NkKosTransportSync_Init(&transport, listener, INVALID_HANDLE, sync);
    for (;;) {
        nk_err_t rc = NK_EINVAL, told;
        if (answered && sync == INVALID_HANDLE)
            rc = answer_and_receive(listener, info, b);
        else if (answered)
            (void)nk_transport_reply(t, b->res, &b->res_arena);
        told = rc;
        if (rc != NK_EOK) { /* nothing came in with it: the answer failed, or the receive */
            nk_message_set_size(b->req, info->req_size);
            rc = nk_transport_recv(t, b->req, &b->req_arena);
        }
        if (rc != NK_EOK)
            return rc == rcInvalidHandle && told == rcHandleRevoked ? told : rc; /* it was closed while we waited */
        nk_arena_reset(&b->res_arena);
        answered = dispatch(info->self, b->req, &b->req_arena, b->res, &b->res_arena) == NK_EOK;
    }
}

nk_err_t NkKosDoDispatchEx(Handle listener, NkKosDispatchInfo *info, Handle recvSync)
{
    struct buffers b;
    void *memory = buffers_make(&b, info);
    if (memory == NK_NULL)
        return NK_ENOMEM;
    nk_err_t rc = serve(listener, info, recvSync, &b);
    KosMemFree(memory);
    return rc;
}

nk_err_t NkKosDoDispatch(Handle listener, NkKosDispatchInfo *info)
{
    return NkKosDoDispatchEx(listener, info, INVALID_HANDLE);
}

/* ---- a loop per CPU ---- */

struct loop {
    Handle listener;
    NkKosDispatchInfo *info;
    Tid tid;
};

static int loop_main(void *context)
{
    const struct loop *loop = context;
    return (int)NkKosDoDispatch(loop->listener, loop->info);
}

static Retcode loop_start(struct loop *loop, Handle listener, NkKosDispatchInfo *info, rtl_uint32_t cpu)
{
    loop->listener = listener;
    loop->info = info;
    Retcode rc = KosThreadCreate(&loop->tid, ThreadPriorityNormal, ThreadStackSizeDefault, loop_main, loop, 1);
    if (rc != rcOk)
        return rc;
    rc = KnThreadSetAffinityByHandle(KosThreadGetHandle(loop->tid), 1ULL << cpu);
    if (rc != rcOk) {
        (void)KosThreadTerminate(loop->tid, 0);
        (void)KosThreadWait(loop->tid, INFINITE_TIMEOUT);
    }
    return rc;
}

nk_err_t NkKosDoDispatchPerCpu(Handle listener, NkKosDispatchInfo *info)
{
    rtl_uint32_t cpus = KnHalGetCpuCount(), made = 1;
    struct loop *loops = KosMemZalloc(cpus * sizeof(*loops));
    if (loops == NK_NULL)
        return NK_ENOMEM;
    struct kos_core_result self = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE);
    nk_err_t rc = self.rc != rcOk ? self.rc : KnThreadSetAffinityByHandle(INVALID_HANDLE, 1);
    while (rc == NK_EOK && made < cpus && (rc = loop_start(&loops[made], listener, info, made)) == rcOk)
        made++;
    for (rtl_uint32_t i = 1; i < made; i++)
        (void)(rc == NK_EOK ? KosThreadResume(loops[i].tid) : KosThreadTerminate(loops[i].tid, 0));
    nk_err_t first = rc;
    if (rc == NK_EOK)
        first = NkKosDoDispatch(listener, info);
    for (rtl_uint32_t i = 1; i < made; i++)
        (void)KosThreadWait(loops[i].tid, INFINITE_TIMEOUT);
    if (self.rc == rcOk)
        (void)KnThreadSetAffinityByHandle(INVALID_HANDLE, KOS_CORE_OUT(self, THREAD, GetInfo, affinity));
    KosMemFree(loops);
    return first;
}
