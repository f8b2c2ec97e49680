/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/alloc.h>
#include <weather/Air.idl.h>
#include <weather/Status.idl.h>
#include <weather/Wind.idl.h>
#include <stdio.h>
#include <stdlib.h>

static Handle station;
static NkKosTransport transport;

static void wind(const char *name)
{
    struct weather_Wind_proxy proxy;
    struct weather_Wind_now_req req = {.average = 2};
    struct weather_Wind_now_res res;
    struct weather_Wind_gusts_req gustsReq = {.most = 9};
    struct weather_Wind_gusts_res gustsRes;
    char buffer[weather_Wind_gusts_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    nk_uint32_t count = 0, rows = 0, cells = 0;

    weather_Wind_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(station, name));
    if (weather_Wind_now(&proxy.base, &req, NULL, &res, NULL) == NK_EOK)
        printf("%s: from %u, %d\n", name, res.from, res.rose[2][1]);
    else
        printf("%s: nothing\n", name);
    if (weather_Wind_gusts(&proxy.base, &gustsReq, NULL, &gustsRes, &arena) != NK_EOK) {
        printf("%s: no gusts\n", name);
        return;
    }
    const weather_Wind_Gust *gusts = nk_arena_get(weather_Wind_Gust, &arena, &gustsRes.list, &count);
    const nk_ptr_t *grid = nk_arena_get(nk_ptr_t, &arena, &gusts[3].grid, &rows);
    const nk_uint8_t *row = nk_arena_get(nk_uint8_t, &arena, &grid[0], &cells);
    printf("%s: %u gusts, at %llu, %u rows, %u cells, last %u\n", name, (unsigned)count,
           (unsigned long long)gusts[3].at, (unsigned)rows, (unsigned)cells, row[2]);
}

static void air(const char *name)
{
    struct weather_Air_proxy proxy;
    struct weather_Air_read_req req = {.ignored = nk_handle_desc(INVALID_HANDLE)};
    struct weather_Air_read_res res;
    struct weather_Air_upload_req big;
    struct weather_Air_upload_res crc;
    nk_size_t size = weather_Air_upload_req_arena_size;
    nk_uint8_t *memory = KosMemAlloc(size);
    struct nk_arena arena;

    nk_arena_init(&arena, memory, memory + size);
    nk_uint8_t *data = nk_arena_alloc(nk_uint8_t, &arena, &big.data, weather_Units_Big);
    weather_Air_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(station, name));
    if (data == NULL)
        return;
    for (nk_uint32_t i = 0; i < weather_Units_Big; i++)
        data[i] = (nk_uint8_t)(i >> 7);
    nk_err_t err = weather_Air_upload(&proxy.base, &big, &arena, &crc, NULL);
    printf("%s: upload %d, crc %s\n", name, err == NK_EOK,
           err != NK_EOK ? "-" : crc.crc != 0 ? "there" : "0");
    KosMemFree(memory);
    err = weather_Air_read(&proxy.base, &req, NULL, &res, NULL);
    printf("%s: read %d\n", name, err == NK_EOK ? res.value : 0);
}

int main(void)
{
    struct weather_Status_proxy status;
    struct weather_Status_version_req req;
    struct weather_Status_version_res res;
    char buffer[weather_Status_version_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    nk_size_t size;

    station = ServiceLocatorConnect("station");
    if (station == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, station, NK_NULL, 0);
    weather_Status_proxy_init(&status, &transport.base, ServiceLocatorGetRiid(station, "weather.Station.status"));
    if (weather_Status_version(&status.base, &req, NULL, &res, &arena) == NK_EOK)
        printf("version '%s'\n", nk_arena_get(nk_char_t, &arena, &res.text, &size));
    wind("mast.low.wind");
    wind("spare.high.wind");
    air("mast.low.air");
    air("mast.high.air");
    air("spare.high.air");
    printf("no such endpoint: %d\n", ServiceLocatorGetRiid(station, "mast.wind") == INVALID_RIID);
    return EXIT_SUCCESS;
}
