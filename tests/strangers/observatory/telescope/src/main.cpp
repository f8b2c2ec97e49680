/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <coresrv/handle/handle_api.h>
#include <vmm/flags.h>
#include <kos/thread.h>

#include <obs/Telescope.edl.h>
#include <telescope/config.hpp>
#include <telescope/channels.h>
#include "camera.hpp"

namespace {

constexpr struct { const char *name; nk_sint32_t right, declination; nk_uint16_t m[2]; } catalogue[] = {
    {"Vega", 279, 38, {0, 3}}, {"Deneb", 310, 45, {125, 1}}, {"Altair", 297, 8, {77, 22}}, {"Sirius", 101, -16, {1, 1}}, {"Rigel", 78, -8, {13, 2}},
};

template <typename T, nk_size_t N> constexpr nk_size_t countof(T (&)[N]) { return N; }

struct Telescope : public obs_ITelescope {
    obs_Sky_Angle position{};
    explicit Telescope(const obs_ITelescope_ops &o) : obs_ITelescope{&o} {}
};

nk_err_t Point(obs_ITelescope *self, const obs_ITelescope_Point_req *req, const nk_arena *reqArena, obs_ITelescope_Point_res *res, nk_arena *resArena)
{
    auto telescope = static_cast<Telescope *>(self);
    auto fail = [&](nk_sint32_t rc, const char *why) {
        nk_err_reset(res);
        res->err_.rc = rc;
        nk_size_t size = strlen(why) + 1;
        char *to = nk_arena_alloc(nk_char_t, resArena, &res->err_.why, size);
        if (to == NK_NULL) return NK_ENOMEM;
        memcpy(to, why, size);
        return NK_EOK;
    };
    switch (req->target.tag) {
    case obs_Sky_Target_star_tag: {
        nk_uint32_t n = 0;
        const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &req->target.v.star.name, &n);
        telescope->position = req->target.v.star.right;
        nk_uint32_t count = 0;
        auto *m = nk_arena_get(nk_uint16_t, reqArena, &req->target.v.star.magnitudes, &count);
        fprintf(stderr, "at %s, %u magnitudes, last %u\n", name, count, count ? m[count - 1] : 0u);
        break;
    }
    case obs_Sky_Target_angle_tag:
        telescope->position = req->target.v.angle;
        break;
    case obs_Sky_Target_catalogue_tag:
        if (req->target.v.catalogue >= countof(catalogue))
            return fail(rcResourceNotFound, "no such star");
        telescope->position = {catalogue[req->target.v.catalogue].right, 0};
        break;
    default:
        return NK_EBADMSG;
    }
    if (telescope->position.degrees > 300)
        return fail(-1, "below horizon");
    res->position = telescope->position;
    return NK_EOK;
}

nk_err_t Stars(obs_ITelescope *, const obs_ITelescope_Stars_req *req, const nk_arena *, obs_ITelescope_Stars_res *res, nk_arena *arena)
{
    nk_size_t n = countof(catalogue) - req->from;
    if (n > obs_ITelescope_Stars_res_stars_size) n = obs_ITelescope_Stars_res_stars_size;
    obs_Sky_Star *stars = nk_arena_alloc(obs_Sky_Star, arena, &res->stars, n);
    if (!stars) return NK_ENOMEM;
    for (nk_size_t i = 0; i < n; i++) {
        auto &c = catalogue[req->from + i];
        stars[i].right = {c.right, 0};
        stars[i].declination = {c.declination, 59};
        nk_arena_store(nk_char_t, arena, &stars[i].name, c.name, strlen(c.name) + 1);
        nk_arena_store(nk_uint16_t, arena, &stars[i].magnitudes, c.m, 2);
    }
    res->total = countof(catalogue);
    return NK_EOK;
}

nk_err_t Share(obs_ITelescope *, const obs_ITelescope_Share_req *req, const nk_arena *, obs_ITelescope_Share_res *res, nk_arena *)
{
    void *plate = nullptr;
    Handle mdl = nk_get_handle(&req->plate);
    if (nk_is_handle_dereferenced(&req->plate)) return NK_EINVAL;
    if (KnPmmMdlMap(mdl, 0, req->size, nullptr, VMM_FLAG_READ, &plate) != rcOk) return NK_ENOMEM;
    res->sum = 0;
    for (nk_uint64_t i = 0; i < req->size; i++) res->sum += static_cast<unsigned char *>(plate)[i];
    KnVmUnmap(plate, req->size);
    KnHandleClose(mdl);
    return NK_EOK;
}

nk_err_t Park(obs_ITelescope *self, const obs_ITelescope_Park_req *, const nk_arena *, obs_ITelescope_Park_res *, nk_arena *)
{
    static_cast<Telescope *>(self)->position = {};
    return NK_EOK;
}

const obs_ITelescope_ops ops = { Point, Stars, Share, Park };

/* One thread per channel, each with all its own buffers. */
struct Server {
    Handle listener;
    obs_Telescope_entity *entity;
    static int run(void *context)
    {
        auto *me = static_cast<Server *>(context);
        NkKosTransport transport;
        NkKosTransport_Init(&transport, me->listener, NK_NULL, 0);
        obs_Telescope_entity_req req;
        obs_Telescope_entity_res res;
        char in[obs_Telescope_entity_req_arena_size], out[obs_Telescope_entity_res_arena_size];
        nk_arena reqArena = NK_ARENA_INITIALIZER(in, in + sizeof(in)), resArena = NK_ARENA_INITIALIZER(out, out + sizeof(out));
        while (true) {
            nk_req_reset(&req);
            nk_arena_reset(&reqArena);
            nk_arena_reset(&resArena);
            if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK) break;
            (void)obs_Telescope_entity_dispatch(me->entity, &req.base_, &reqArena, &res.base_, &resArena);
            if (nk_transport_reply(&transport.base, &res.base_, &resArena) != NK_EOK) fprintf(stderr, "no reply\n");
        }
        return 0;
    }
};

struct Log {
    char *buffer;
    Log() : buffer(new char[32]) { strcpy(buffer, "log begins"); }
    ~Log() { delete[] buffer; }
} log_;

struct Noisy final : public Camera {
    using Camera::Camera;
    nk_uint32_t light(nk_uint32_t ms, int at) const override { return Camera::light(ms, at) + 1000; }
};

}  // namespace

int main(int argc, char *argv[])
{
    static Telescope big(ops), finder(ops);
    static Camera quiet(1);
    Camera *loud = new Noisy(2);
    fprintf(stderr, "%s\n", log_.buffer);

    static obs_Dome_component dome;
    obs_Dome_component_init(&dome, &big, &finder);
    static obs_Instruments_component left, right;
    obs_Instruments_component_init(&left, quiet.iface());
    obs_Instruments_component_init(&right, loud->iface());
    static obs_Telescope_entity entity;
    obs_Telescope_entity_init(&entity, &dome, &left, &right);

    fprintf(stderr, "%s, %d endpoints\n", config::version, obs_Telescope_iidMax);
    ServiceId id = 0;
    Server servers[] = {{ServiceLocatorRegister(config::channel, nullptr, 0, &id), &entity}, {ServiceLocatorRegister(SECOND_CHANNEL, nullptr, 0, &id), &entity}};
    Tid tid;
    KosThreadCreate(&tid, ThreadPriorityHighest, ThreadStackSizeDefault, Server::run, &servers[1], 0);
    return Server::run(&servers[0]);
}
