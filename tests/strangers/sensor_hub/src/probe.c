/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/pm/pm_api.h>
#include <sensor_hub/Registry.idl.h>
#include <sensor_hub/Sampler.idl.h>
#include <sensor_hub/Log.idl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static NkKosTransport transport;
static Handle hub;
static char out_buffer[4096] __attribute__((aligned(8))), in_buffer[16384] __attribute__((aligned(8)));
static struct nk_arena out = NK_ARENA_INITIALIZER(out_buffer, out_buffer + sizeof out_buffer);
static struct nk_arena in = NK_ARENA_INITIALIZER(in_buffer, in_buffer + sizeof in_buffer);

static nk_iid_t find(const char *name)
{
    nk_iid_t riid = ServiceLocatorGetRiid(hub, name);
    printf("%s is %d\n", name, riid == INVALID_RIID ? -1 : (int)riid);
    return riid;
}

static void store_text(nk_ptr_t *ptr, const char *s)
{
    nk_char_t *p = nk_arena_alloc(nk_char_t, &out, ptr, strlen(s) + 1);
    if (!p) abort();
    strcpy(p, s);
}

static nk_err_t add(struct sensor_hub_Registry_proxy *proxy, const char *name, int low, int high)
{
    sensor_hub_Registry_Add_req req;
    sensor_hub_Registry_Add_res res;
    nk_uint32_t n;
    memset(&req, 0, sizeof req);
    nk_arena_reset(&out);
    nk_arena_reset(&in);
    req.sensor.kind = 3;
    req.sensor.range.low = low;
    req.sensor.range.high = high;
    memcpy(req.sensor.address, "\1\2\3\4\5\6", 6);
    store_text(&req.sensor.name, name);
    nk_ptr_t *aliases = nk_arena_alloc(nk_ptr_t, &out, &req.sensor.aliases, 2);
    store_text(&aliases[0], "t");
    store_text(&aliases[1], "temp");
    nk_err_t rc = sensor_hub_Registry_Add(&proxy->base, &req, &out, &res, &in);
    if (rc != rcOk)
        printf("%s: %s\n", name, rc == NK_EPERM ? "not permitted" : "failed");
    else if (nk_msg_check_err(&res))
        printf("%s: error %d, %s\n", name, res.err_.code, nk_arena_get(nk_char_t, &in, &res.err_.why, &n));
    else
        printf("%s: id %u\n", name, res.id);
    return rc;
}

int main(int argc, const char *argv[], const char *envs[])
{
    struct sensor_hub_Registry_proxy registry;
    struct sensor_hub_Sampler_proxy sampler;
    struct sensor_hub_Log_proxy log;
    nk_size_t n, i;

    printf("%s with %d arguments, %s=%s\n", argv[0], argc, argv[1], argv[2]);
    for (i = 0; envs[i]; i++) printf("%s\n", envs[i]);

    hub = ServiceLocatorConnect("hub_connection");
    if (hub == INVALID_HANDLE) return EXIT_FAILURE;
    NkKosTransport_Init(&transport, hub, NK_NULL, 0);
    sensor_hub_Log_proxy_init(&log, &transport.base, find("log"));
    sensor_hub_Sampler_proxy_init(&sampler, &transport.base, find("sensor_hub.Hub.direct"));
    find("backend.log");
    find("sensor_hub.Backend.log");
    find("backend.second.sampler");
    find("nonsense");
    sensor_hub_Registry_proxy_init(&registry, &transport.base, find("backend.first.registry"));

    {
        struct sensor_hub_Log_Write_req req; struct sensor_hub_Log_Write_res res;
        req.level = 7;
        store_text(&req.text, "ready");
        if (sensor_hub_Log_Write(&log.base, &req, &out, &res, NULL) != NK_EOK) puts("no log");
    }
    add(&registry, getenv("SENSOR_NAME"), -5, atoi(getenv("LIMIT")));
    add(&registry, "Thermometer", -5, 70);
    add(&registry, "clock 12", 0, 1);
    add(&registry, "third", 0, 1);
    add(&registry, "wrong", 1, 1);

    {
        struct sensor_hub_Registry_List_req req = {.from = 0, .count = 8};
        struct sensor_hub_Registry_List_res res;
        nk_arena_reset(&in);
        if (sensor_hub_Registry_List(&registry.base, &req, NULL, &res, &in) == rcOk) {
            sensor_hub_types_Common_Sensor *list = nk_arena_get(sensor_hub_types_Common_Sensor, &in, &res.sensors, &n);
            for (i = 0; i < n; i++) {
                nk_size_t len;
                printf("%u %s [%d, %d] %02x:%02x\n", list[i].kind, nk_arena_get(nk_char_t, &in, &list[i].name, &len), list[i].range.low, list[i].range.high, list[i].address[0], list[i].address[5]);
            }
        }
    }
    {
        struct sensor_hub_Registry_Configure_req req;
        struct sensor_hub_Registry_Configure_res res;
        nk_arena_reset(&out); nk_arena_reset(&in);
        req.id = 1;
        req.setting.tag = sensor_hub_types_Common_Setting_label_tag;
        store_text(&req.setting.v.label, "roof");
        printf("label: %d\n", (int)sensor_hub_Registry_Configure(&registry.base, &req, &out, &res, &in));
        printf("old %u: %d\n", res.old.tag, res.old.v.range.low);
        nk_arena_reset(&out); nk_arena_reset(&in);
        req.setting.tag = sensor_hub_types_Common_Setting_table_tag;
        nk_uint16_t *t = nk_arena_alloc(nk_uint16_t, &out, &req.setting.v.table, 3);
        t[0] = 1; t[1] = 2; t[2] = 333;
        printf("table: %d\n", (int)sensor_hub_Registry_Configure(&registry.base, &req, &out, &res, &in));
        req.id = 9;
        printf("another: %s\n", sensor_hub_Registry_Configure(&registry.base, &req, &out, &res, &in) == NK_EPERM ? "not permitted" : "?");
    }
    {
        struct sensor_hub_Registry_Sum_req req = {.weights = {1, 10, 100}};
        struct sensor_hub_Registry_Sum_res res;
        nk_arena_reset(&out); nk_arena_reset(&in);
        nk_ptr_t *rows = nk_arena_alloc(nk_ptr_t, &out, &req.matrix, 2);
        nk_sint32_t *a = nk_arena_alloc(nk_sint32_t, &out, &rows[0], 3), *b;
        a[0] = 1; a[1] = 2; a[2] = 3;
        b = nk_arena_alloc(nk_sint32_t, &out, &rows[1], 1);
        b[0] = -1000;
        if (sensor_hub_Registry_Sum(&registry.base, &req, &out, &res, &in) == NK_EOK) {
            nk_uint8_t *digest = nk_arena_get(nk_uint8_t, &in, &res.digest, &n);
            printf("sum %lld, digest of %zu ends with %d\n", (long long)res.sum, n, digest[n - 1]);
        }
    }
    {
        struct sensor_hub_Sampler_Push_req req; struct sensor_hub_Sampler_Push_res res;
        struct sensor_hub_Sampler_Last_req lreq; struct sensor_hub_Sampler_Last_res lres;
        struct sensor_hub_Sampler_Mixed_req mreq; struct sensor_hub_Sampler_Mixed_res mres;
        nk_arena_reset(&out); nk_arena_reset(&in);
        nk_sint32_t *s = nk_arena_alloc(nk_sint32_t, &out, &req.samples, 5);
        for (i = 0; i < 5; i++) s[i] = (nk_sint32_t)(i * i);
        sensor_hub_Sampler_Push(&sampler.base, &req, &out, &res, NULL);
        lreq.id = 1; lreq.count = 4;
        sensor_hub_Sampler_Last(&sampler.base, &lreq, NULL, &lres, &in);
        s = nk_arena_get(nk_sint32_t, &in, &lres.samples, &n);
        printf("last of %d: %d\n", (int)n, s[n - 1]);
        nk_arena_reset(&out);
        mreq.a = 21;
        store_text(&mreq.c, "four");
        sensor_hub_Sampler_Mixed(&sampler.base, &mreq, &out, &mres, NULL);
        printf("mixed %u %u\n", mres.rc, mres.b);
    }
    fflush(stdout);
    KnPmRequest(KOS_POWER_OFF);
    return 0;
}
