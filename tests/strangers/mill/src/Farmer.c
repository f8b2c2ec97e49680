/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks to the kernel without a proxy once, and from three threads. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <ctype.h>
#include <inttypes.h>
#include <ipc/if_rend.h>
#include <kos/event.h>
#include <kos/queue.h>
#include <kos/random/random_api.h>
#include <kos/rwlock.h>
#include <kos/thread.h>
#include <mill/Grind.idl.h>
#include <mill/Wheel.edl.h>
#include <nk/arena.h>
#include <rtl/retcode_hr.h>
#include <services/rtl/nk_msg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Handle road;
static KosQueueHandle sums;
static KosEvent go;
static const char *who;

static bool raw_call(void)
{
    union { struct mill_Grind_Grind_req grind; struct nk_message message; } req;
    struct mill_Grind_Grind_res res;
    SMsgHdr out, in;
    nk_uint8_t request[64], response[256];
    struct nk_arena outArena = NK_ARENA_INITIALIZER(request, request + sizeof request), inArena;
    nk_size_t size;
    memset(&req, 0, sizeof req);
    nk_arena_init(&inArena, response, response + sizeof response);
    req.grind.grain = 8;
    if (nk_arena_store(nk_uint8_t, &outArena, &req.grind.sack, (const nk_uint8_t *)"grain", 5))
        return false;
    nk_req_reset(&req.grind);
    nk_msg_set_method_id(&req.grind, mill_Wheel_grind_iid, mill_Grind_Grind_mid);
    nk_msg_set_ncaps(&req.grind, mill_Grind_Grind_req_handles);
    nk_req_reset(&res);
    PackOutMsg(&out, &req.message, &outArena);
    PackInMsg(&in, &res.base_, &inArena);
    Retcode rc = Call(road, &out, &in);
    if (rc != rcOk) {
        fprintf(stderr, RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
        return false;
    }
    if (nk_msg_check_err(&res) || res.base_.mid != mill_Grind_Grind_mid)
        return false;
    return res.flour == 4 && nk_arena_get(nk_uint8_t, &inArena, &res.bran, &size) != NULL;
}

static int carry(void *context)
{
    NkKosTransport transport;
    struct mill_Grind_proxy proxy;
    NkKosTransport_Init(&transport, road, NK_NULL, 0);
    mill_Grind_proxy_init(&proxy, &transport.base, mill_Wheel_grind_iid);
    KosEventWait(&go, rtl_false);
    for (rtl_uint32_t i = 0; i < (context ? 2u : 1u); i++) {
        mill_Grind_Grind_req req;
        mill_Grind_Grind_res res;
        char buffer[mill_Grind_Grind_req_arena_size], back[mill_Grind_Grind_res_arena_size];
        struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer)), backArena = NK_ARENA_INITIALIZER(back, back + sizeof(back));
        nk_uint8_t *sack = nk_arena_alloc(nk_uint8_t, &arena, &req.sack, 100);
        KosRandomGenerate(100, sack);
        req.grain = 100;
        if (mill_Grind_Grind(&proxy.base, &req, &arena, &res, &backArena) != NK_EOK)
            return 1;
        nk_size_t n, wrong = 0;
        nk_uint8_t *bran = nk_arena_get(nk_uint8_t, &backArena, &res.bran, &n);
        for (nk_size_t k = 0; k < n; k++)
            wrong += (nk_uint8_t)~bran[k] != sack[k];
        rtl_uint64_t *sum = KosQueueAlloc(sums);
        *sum = res.flour + 1000 * wrong;
        KosQueuePush(sums, sum);
    }
    return 0;
}

int main(int argc, const char *argv[], const char *envs[])
{
    Tid tids[3];
    rtl_uint64_t total = 0;
    char name[32];
    RtlTimeSpec before, after;
    who = argv[0];
    snprintf(name, sizeof name, "%s", who);
    for (char *c = name; *c; c++) *c = (char)toupper((unsigned char)*c);
    road = ServiceLocatorConnect("road");
    KosEventInit(&go);
    sums = KosQueueCreate(8, sizeof(rtl_uint64_t), 8, NULL);
    if (road == INVALID_HANDLE || !sums || !raw_call())
        return EXIT_FAILURE;
    for (rtl_uintptr_t i = 0; i < 3; i++)
        if (KosThreadCreate(&tids[i], 3, 0, carry, (void *)i, 0) != rcOk)
            return EXIT_FAILURE;
    KnGetUpTime(&before);
    usleep(2000);
    KnGetUpTime(&after);
    KosEventSet(&go);
    for (int i = 0; i < 5; i++) {
        rtl_uint64_t *sum = KosQueuePop(sums, INFINITE_TIMEOUT);
        total += *sum;
        KosQueueFree(sums, sum);
    }
    for (int i = 0; i < 3; i++)
        if (KosThreadWait(tids[i], INFINITE_TIMEOUT) != 0)
            printf("thread %d failed\n", i);
    void *page = KnVmAllocate(NULL, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    memset(page, 1, 4096);
    KnVmUnmap(page, 4096);
    printf("%s: %" PRIu64 " of flour, %s\n", name, total, after.sec * 1000000000 + after.nsec - before.sec * 1000000000 - before.nsec >= 2000000 ? "slept" : "did not sleep");
    KnHandleClose(road);
    return EXIT_SUCCESS;
}
