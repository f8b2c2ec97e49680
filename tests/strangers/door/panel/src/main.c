/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/time/time_api.h>
#include <door/Lock.idl.h>
#include "door_names.h"
#include <stdio.h>
#include <string.h>

struct door { NkKosTransport transport; struct door_Lock_proxy proxy; };

static int connect_door(struct door *door, const char *name)
{
    Handle handle = ServiceLocatorConnect(name);
    if (handle == INVALID_HANDLE) return -1;
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "lock");
    NkKosTransport_Init(&door->transport, handle, NK_NULL, 0);
    door_Lock_proxy_init(&door->proxy, &door->transport.base, riid);
    return riid == INVALID_RIID ? -1 : 0;
}

static void open_door(struct door *door, const char *name, nk_uint32_t user, const char *code)
{
    struct door_Lock_Open_req req = { .attempt = { .user = user, .tries = 1 } };
    struct door_Lock_Open_res res;
    memcpy(req.attempt.code, code, 4);
    nk_err_t rc = door_Lock_Open(&door->proxy.base, &req, NULL, &res, NULL);
    if (rc == rcSecurityDisallow) printf("%s: refused by policy\n", name);
    else if (rc != rcOk) printf("%s: failed\n", name);
    else if (nk_msg_check_err(&res)) printf("%s: refused by the lock%s\n", name, res.err_.status == rcSecurityDisallow ? ", user unknown" : "");
    else printf("%s: open for %u s\n", name, res.seconds);
}

static void close_door(struct door *door)
{
    struct door_Lock_Close_req req;
    struct door_Lock_Close_res res;
    door_Lock_Close(&door->proxy.base, &req, NULL, &res, NULL);
}

static void report(struct door *door, const char *why)
{
    char buffer[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    struct door_Lock_Report_req req = { .force = 0 };
    struct door_Lock_Report_res res;
    strcpy(nk_arena_alloc(nk_char_t, &arena, &req.why, strlen(why) + 1), why);
    nk_err_t rc = door_Lock_Report(&door->proxy.base, &req, &arena, &res, NULL);
    if (rc == rcOk) printf("%s: %d degrees\n", why, res.temperature);
    else printf("%s: not passed on\n", why);
}

int main(int argc, char **argv)
{
    struct door front, back;
    printf("Panel of %s\n", argv[1]);
    if (connect_door(&front, "front_door") != 0 || connect_door(&back, BACK_DOOR) != 0) {
        fprintf(stderr, "no doors\n");
        return 1;
    }
    open_door(&front, "front, 7", 7, "1234");
    open_door(&front, "front again", 7, "1234");
    close_door(&front);
    open_door(&front, "front, 8", 8, "1234");
    close_door(&front);
    open_door(&front, "front, nobody", 0, "1234");
    open_door(&back, "back", 7, "1234");
    report(&front, "weekly check");
    report(&front, "Alarm!");
    report(&back, "weekly visit");
    return 0;
}
