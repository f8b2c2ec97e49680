/* SPDX-License-Identifier: Apache-2.0 */
/* Three workers that take requests of one listener, each with a transport and buffers of its own. */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/alloc.h>
#include <kos/condvar.h>
#include <kos/mutex.h>
#include <kos/semaphore.h>
#include <kos/thread.h>
#include <mill/Wheel.edl.h>
#include <rtl/compiler.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Handle listener;
static KosMutex lock = KosInitializedMutex;
static KosCondvar changed = KosInitializedCondvar;
static KosSemaphore ready;
static unsigned ground;

static nk_err_t Grind(__rtl_unused struct mill_Grind *self, const struct mill_Grind_Grind_req *req, const struct nk_arena *reqArena,
                      struct mill_Grind_Grind_res *res, struct nk_arena *resArena)
{
    nk_size_t size = 0, i;
    const nk_uint8_t *sack = nk_arena_get(nk_uint8_t, reqArena, &req->sack, &size);
    nk_uint8_t *bran = nk_arena_alloc(nk_uint8_t, resArena, &res->bran, size);
    if (sack == RTL_NULL || bran == RTL_NULL)
        return NK_ENOMEM;
    for (i = 0; i < size; i++)
        bran[i] = (nk_uint8_t)~sack[i];
    res->flour = req->grain / 2;
    KosMutexLock(&lock);
    ground++;
    KosCondvarBroadcast(&changed);
    KosMutexUnlock(&lock);
    return NK_EOK;
}

static nk_err_t Stop(struct mill_Grind *self, const struct mill_Grind_Stop_req *req, const struct nk_arena *reqArena,
                     struct mill_Grind_Stop_res *res, struct nk_arena *resArena)
{
    return NK_EOK;
}

static int worker(void *context)
{
    static const struct mill_Grind_ops ops = {.Grind = Grind, .Stop = Stop};
    struct mill_Grind impl = {.ops = &ops};
    mill_Wheel_entity entity;
    mill_Wheel_entity_req *req = KosMemZalloc(sizeof(*req));
    mill_Wheel_entity_res *res = KosMemZalloc(sizeof(*res));
    char *buffer = KosMemAllocEx(mill_Wheel_entity_req_arena_size + mill_Wheel_entity_res_arena_size, 16, 1);
    struct nk_arena reqArena, resArena;
    NkKosTransport transport;
    nk_arena_init(&reqArena, buffer, buffer + mill_Wheel_entity_req_arena_size);
    nk_arena_init(&resArena, buffer + mill_Wheel_entity_req_arena_size, buffer + mill_Wheel_entity_req_arena_size + mill_Wheel_entity_res_arena_size);
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    mill_Wheel_entity_init(&entity, &impl);
    KosSemaphoreSignal(&ready);
    for (;;) {
        nk_req_reset(req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req->base_, &reqArena) != NK_EOK)
            return (int)(rtl_uintptr_t)context;
        mill_Wheel_entity_dispatch(&entity, &req->base_, &reqArena, &res->base_, &resArena);
        nk_transport_reply(&transport.base, &res->base_, &resArena);
    }
}

int main(int argc, const char *argv[])
{
    ServiceId iid;
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    if (KosSemaphoreInit(&ready, 0) != rcOk)
        return EXIT_FAILURE;
    listener = ServiceLocatorRegister("road", NULL, 0, &iid);
    for (long i = 0; i < count; i++) {
        Tid tid;
        if (KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, worker, (void *)i, 0) != rcOk)
            fprintf(stderr, "no worker\n");
        KosSemaphoreWait(&ready);
    }
    KosMutexLock(&lock);
    while (ground < 2 * 5 + 2)
        KosCondvarWait(&changed, &lock);
    KosMutexUnlock(&lock);
    printf("%ld workers ground %u sacks\n", count, ground);
    for (;;)
        KosThreadSleep(1000);
}
