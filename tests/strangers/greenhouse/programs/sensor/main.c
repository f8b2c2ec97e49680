/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <greenhouse/Heat.idl.h>
#include <greenhouse/Measure.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct greenhouse_Measure_proxy measure;
static struct greenhouse_Heat_proxy heat, whole;
static const char *half;

static void report(const char *place, int tenths, int humidity, int note)
{
    greenhouse_Measure_Report_req req = {.row.samples = {{.humidity = (nk_uint8_t)humidity, .when = 1ULL << 40},
                                                         {.tenths = (nk_sint16_t)tenths}}};
    greenhouse_Measure_Report_res res;
    nk_uint8_t buffer[greenhouse_Measure_Report_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    static const nk_uint8_t raw[] = {1, 2, 15};
    nk_uint64_t value = (nk_uint64_t)note;

    if (note >= 0)
        nk_arena_store(nk_uint64_t, &arena, &req.note, &value, 1);
    nk_arena_store(nk_uint8_t, &arena, &req.row.raw, raw, 3);
    nk_arena_store(nk_char_t, &arena, &req.row.place, place, strlen(place) + 1);
    nk_err_t err = greenhouse_Measure_Report(&measure.base, &req, &arena, &res, NK_NULL);
    if (err != NK_EOK)
        printf("%s: %d denied\n", half, tenths);
    else if (nk_msg_check_err(&res.base_))
        printf("%s: %d out of %d to %d, status %d\n", half, tenths, res.err_.range[0], res.err_.range[1],
               res.err_.status);
    else
        printf("%s: %d is number %llu\n", half, tenths, (unsigned long long)res.count);
}

static void set(struct greenhouse_Heat_proxy *proxy, const char *name, int percent)
{
    greenhouse_Heat_Set_req req = {.percent = (nk_uint8_t)percent};
    greenhouse_Heat_Set_res res;
    if (greenhouse_Heat_Set(&proxy->base, &req, NK_NULL, &res, NK_NULL) == NK_EOK)
        printf("%s: %s from %d to %d\n", half, name, res.before, percent);
    else
        printf("%s: %s not to %d\n", half, name, percent);
}

static void history(void)
{
    greenhouse_Measure_History_req req = {.last = 4};
    greenhouse_Measure_History_res res;
    nk_uint8_t buffer[greenhouse_Measure_History_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof buffer);
    nk_uint32_t count = 0, length, raw = 1;

    if (greenhouse_Measure_History(&measure.base, &req, NK_NULL, &res, &arena) != NK_EOK)
        return;
    const greenhouse_Measure_Row *rows = nk_arena_get(greenhouse_Measure_Row, &arena, &res.rows, &count);
    for (nk_uint32_t i = 0; i < count; i++) {
        nk_arena_get(nk_uint8_t, &arena, &rows[i].raw, &raw);
        printf("%s: history %d at %s, %u bytes\n", half, rows[i].samples[1].tenths,
               nk_arena_get(nk_char_t, &arena, &rows[i].place, &length), (unsigned)raw);
    }
}

int main(int argc, char *argv[], char *envp[])
{
    char name[64];
    NkKosTransport transport;
    Handle handle = ServiceLocatorConnect("heater");
    half = getenv("HALF");
    if (handle == INVALID_HANDLE || half == NULL)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    snprintf(name, sizeof name, "%s.measure", half);
    greenhouse_Measure_proxy_init(&measure, &transport.base, ServiceLocatorGetRiid(handle, name));
    snprintf(name, sizeof name, "%s.heat", half);
    greenhouse_Heat_proxy_init(&heat, &transport.base, ServiceLocatorGetRiid(handle, name));
    greenhouse_Heat_proxy_init(&whole, &transport.base, ServiceLocatorGetRiid(handle, "greenhouse.Heater.main"));

    if (strcmp(half, "north") == 0) {
        report("north", 215, 60, -1);
        report("north", 216, 101, -1);
        report("elsewhere", -41, 101, -1);
        history();
        set(&heat, "heat", 20);
        set(&heat, "heat", 101);
    } else {
        KnSleep(1000);
        set(&whole, "whole", 5);
        report("south", 10, 1, 47);
        report("south", 301, 1, 46);
        set(&heat, "heat", 1);
        set(&whole, "whole", 6);
    }
    return EXIT_SUCCESS;
}
