#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <elevator/IDoor.idl.h>
#include <elevator/IMotion.idl.h>
#include <elevator/ISign.idl.h>

static struct elevator_IMotion_proxy motion;
static struct elevator_IDoor_proxy front, back;
static struct elevator_ISign_proxy inner, outer;

static void go(int floor)
{
    elevator_IMotion_Go_req req;
    elevator_IMotion_Go_res res;
    char buffer[elevator_IMotion_Go_res_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));

    req.to = floor;
    nk_err_t err = elevator_IMotion_Go(&motion.base, &req, NULL, &res, &arena);
    if (err != NK_EOK)
    {
        printf("[Dispatcher] floor %d: refused\n", floor);
    }
    else if (nk_msg_check_err(&res))
    {
        nk_size_t size;
        printf("[Dispatcher] floor %d: error %d, %s\n", floor, res.err_.code,
               nk_arena_get(nk_char_t, &arena, &res.err_.reason, &size));
    }
    else
    {
        printf("[Dispatcher] floor %d: from %d, %u m\n", floor, res.from, (unsigned)res.metres);
    }
}

static void stop(struct nk_arena *arena, elevator_Units_Stop *stop, int floor, const char *name)
{
    stop->floor = floor;
    nk_char_t *to = nk_arena_alloc(nk_char_t, arena, &stop->passenger, strlen(name) + 1);
    assert(to != NULL);
    strncpy(to, name, strlen(name) + 1);
}

static void plan(void)
{
    elevator_IMotion_Plan_req req;
    elevator_IMotion_Plan_res res;
    char reqBuffer[elevator_IMotion_Plan_req_arena_size], resBuffer[elevator_IMotion_Plan_res_arena_size];
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    struct nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));

    elevator_Units_Stop *stops = nk_arena_alloc(elevator_Units_Stop, &reqArena, &req.stops, 3);
    stop(&reqArena, &stops[0], 1, "Anna");
    stop(&reqArena, &stops[1], -2, "J\xc3\xbcrgen");
    stop(&reqArena, &stops[2], 5, "");
    if (elevator_IMotion_Plan(&motion.base, &req, &reqArena, &res, &resArena) != NK_EOK)
    {
        printf("[Dispatcher] no plan\n");
        return;
    }
    nk_uint32_t count, size;
    const elevator_Units_Stop *left = nk_arena_get(elevator_Units_Stop, &resArena, &res.left, &count);
    for (nk_uint32_t i = 0; i < count; i++)
        printf("[Dispatcher] taken %u, left '%s' for %d\n", (unsigned)res.taken,
               nk_arena_get(nk_char_t, &resArena, &left[i].passenger, &size), left[i].floor);
}

static void show(struct elevator_ISign_proxy *panel)
{
    elevator_ISign_Show_req req;
    elevator_ISign_Show_res res;
    char reqBuffer[elevator_ISign_Show_req_arena_size], resBuffer[elevator_ISign_Show_res_arena_size];
    struct nk_arena reqArena, resArena;
    nk_uint32_t size;

    nk_arena_init(&reqArena, reqBuffer, reqBuffer + sizeof(reqBuffer));
    nk_arena_init(&resArena, resBuffer, resBuffer + sizeof(resBuffer));
    req.sign.tag = elevator_Units_Sign_text_tag;
    nk_arena_store(nk_char_t, &reqArena, &req.sign.v.text, "lobby", sizeof("lobby"));
    req.small[0].tag = elevator_Units_Sign_floor_tag;
    req.small[0].v.floor = 7;
    req.small[1].tag = elevator_Units_Sign_colour_tag;
    req.small[1].v.colour[0] = 255;
    req.small[1].v.colour[1] = req.small[1].v.colour[2] = 0x10;
    if (elevator_ISign_Show(&panel->base, &req, &reqArena, &res, &resArena) == rcOk)
        printf("[Dispatcher] %s\n", nk_arena_get(nk_char_t, &resArena, &res.shown, &size));
    else
        printf("[Dispatcher] no sign\n");
}

static void door(struct elevator_IDoor_proxy *door, int wide)
{
    elevator_IDoor_Open_req req = {.wide = wide};
    elevator_IDoor_Open_res res;
    nk_err_t err = elevator_IDoor_Open(&door->base, &req, NULL, &res, NULL);
    printf("[Dispatcher] open %d: %s\n", wide, err == NK_EOK && res.success ? "yes" : err == NK_EPERM ? "not allowed" : "?");
}

int main(int argc, const char *argv[])
{
    NkKosTransport cabin, doors;
    Handle handle = ServiceLocatorConnect("cabin_connection");
    assert(handle != INVALID_HANDLE);
    NkKosTransport_Init(&cabin, handle, NK_NULL, 0);
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "box.motor.motion");
    assert(riid != INVALID_RIID);
    elevator_IMotion_proxy_init(&motion, &cabin.base, riid);
    elevator_ISign_proxy_init(&inner, &cabin.base, ServiceLocatorGetRiid(handle, "box.panel.inner"));
    elevator_ISign_proxy_init(&outer, &cabin.base, ServiceLocatorGetRiid(handle, "elevator.CPanel.outer"));

    handle = ServiceLocatorConnect("doors_connection");
    NkKosTransport_Init(&doors, handle, NK_NULL, 0);
    elevator_IDoor_proxy_init(&front, &doors.base, ServiceLocatorGetRiid(handle, "elevator.Doors.front"));
    elevator_IDoor_proxy_init(&back, &doors.base, ServiceLocatorGetRiid(handle, "back"));

    go(atoi(argv[1]));
    door(&front, 101);
    door(&front, 80);
    door(&back, 10); // they are open already
    go(0);
    go(8);

    elevator_IDoor_Close_req req;
    elevator_IDoor_Close_res res;
    printf("[Dispatcher] close: %d\n", elevator_IDoor_Close(&front.base, &req, NULL, &res, NULL) == NK_EOK);
    go(3);
    plan();
    show(&inner);
    show(&outer);
    return EXIT_SUCCESS;
}
