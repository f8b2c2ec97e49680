/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <coresrv/handle/handle_api.h>
#include <vmm/flags.h>
#include <obs/ITelescope.idl.h>
#include <obs/ICamera.idl.h>
#include "telescope/channels.h"

template <nk_size_t Size> class Arena {
public:
    Arena() { nk_arena_init(&arena_, buffer_, buffer_ + Size); }
    nk_arena *operator&() { nk_arena_reset(&arena_); return &arena_; }
    nk_arena *get() { return &arena_; }
private:
    alignas(8) unsigned char buffer_[Size];
    nk_arena arena_;
};

template <typename Proxy, void (*Init)(Proxy *, nk_transport *, nk_iid_t)> class Endpoint {
public:
    Endpoint(const char *channel, const char *endpoint)
    {
        Handle handle = ServiceLocatorConnect(channel);
        if (handle == INVALID_HANDLE) { fprintf(stderr, "no channel %s\n", channel); exit(EXIT_FAILURE); }
        NkKosTransport_Init(&transport_, handle, NK_NULL, 0);
        nk_iid_t riid = ServiceLocatorGetRiid(handle, endpoint);
        if (riid == INVALID_RIID) { fprintf(stderr, "no endpoint %s\n", endpoint); exit(EXIT_FAILURE); }
        Init(&proxy_, &transport_.base, riid);
    }
    auto operator->() { return &proxy_; }
private:
    NkKosTransport transport_;
    Proxy proxy_;
};

using Telescope = Endpoint<obs_ITelescope_proxy, obs_ITelescope_proxy_init>;
using Camera = Endpoint<obs_ICamera_proxy, obs_ICamera_proxy_init>;

static void point(Telescope &telescope, obs_ITelescope_Point_req &req, nk_arena *arena, const char *what)
{
    Arena<obs_ITelescope_Point_res_arena_size> answer;
    obs_ITelescope_Point_res res;
    nk_err_t rc = obs_ITelescope_Point(&telescope->base, &req, arena, &res, answer.get());
    nk_size_t n = 0;
    if (rc != NK_EOK)
        fprintf(stderr, "%s: %s\n", what, rc == NK_EPERM ? "forbidden" : "failed");
    else if (nk_msg_check_err(&res))
        fprintf(stderr, "%s: %s\n", what, nk_arena_get(nk_char_t, answer.get(), &res.err_.why, &n));
    else
        fprintf(stderr, "%s: %d degrees\n", what, res.position.degrees);
}

int main(int argc, const char *argv[], const char *envs[])
{
    fprintf(stderr, "%s %s %s, %s\n", argv[0], argv[1], argv[2], envs[0]);
    Telescope main("observatory", "dome.main"), finder("observatory", "obs.Dome.finder");
    Camera left(SECOND_CHANNEL, "left.camera"), right(SECOND_CHANNEL, "right.camera");

    Arena<obs_ITelescope_Point_req_arena_size> arena;
    obs_ITelescope_Point_req req{};
    nk_uint16_t magnitudes[] = {5, 6, 7};
    req.target.tag = obs_Sky_Target_star_tag;
    nk_arena_store(nk_char_t, arena.get(), &req.target.v.star.name, "Nova", 5);
    nk_arena_store(nk_uint16_t, arena.get(), &req.target.v.star.magnitudes, magnitudes, 3);
    req.target.v.star.right = {77, 5};
    point(main, req, arena.get(), "nova");
    point(finder, req, arena.get(), "finder");
    req.target.tag = obs_Sky_Target_catalogue_tag;
    req.target.v.catalogue = 9;
    point(main, req, nullptr, "nine");
    req.target.v.catalogue = 1;
    point(main, req, nullptr, "one");
    req.target.tag = obs_Sky_Target_angle_tag;
    req.target.v.angle = {-30, 1};
    point(main, req, nullptr, "angle");

    Arena<obs_ITelescope_Stars_res_arena_size> answer;
    obs_ITelescope_Stars_req sreq;
    obs_ITelescope_Stars_res sres;
    for (nk_uint32_t from = 0; from < 5; from += 4) {
        sreq.from = from;
        if (obs_ITelescope_Stars(&main->base, &sreq, nullptr, &sres, &answer) != NK_EOK) return EXIT_FAILURE;
        nk_size_t count = 0, n = 0;
        auto stars = nk_arena_get(obs_Sky_Star, answer.get(), &sres.stars, &count);
        for (nk_size_t i = 0; i < count; i++) {
            auto m = nk_arena_get(nk_uint16_t, answer.get(), &stars[i].magnitudes, &n);
            fprintf(stderr, "star %s %d %u %u\n", nk_arena_get(nk_char_t, answer.get(), &stars[i].name, &n), stars[i].declination.degrees, stars[i].declination.seconds, m[1]);
        }
    }

    Handle mdl = INVALID_HANDLE;
    void *plate = nullptr;
    KnPmmMdlCreate(0x1000, VMM_FLAG_READ | VMM_FLAG_WRITE, &mdl);
    KnPmmMdlMap(mdl, 0, 0x1000, nullptr, VMM_FLAG_READ | VMM_FLAG_WRITE, &plate);
    memset(plate, 2, 0x1000);
    for (int i = 0; i < 5; i++) {
        obs_ITelescope_Share_req share;
        obs_ITelescope_Share_res shared;
        share.plate = nk_handle_desc(mdl);
        share.size = i == 0 ? 0x1001 : 0x1000;
        nk_err_t rc = obs_ITelescope_Share(&finder->base, &share, NK_NULL, &shared, NK_NULL);
        fprintf(stderr, "plate %d: %llu\n", i, rc == NK_EOK ? (unsigned long long)shared.sum : 0ULL);
        if (i == 3) {
            obs_ITelescope_Park_req preq;
            obs_ITelescope_Park_res pres;
            fprintf(stderr, "park %d\n", obs_ITelescope_Park(&finder->base, &preq, nullptr, &pres, nullptr));
        }
    }
    constexpr nk_uint32_t exposures[] = {500, 1500, 2500};
    for (nk_uint32_t ms : exposures) {
        obs_ICamera_Expose_req ereq;
        obs_ICamera_Expose_res eres;
        ereq.milliseconds = ms;
        Camera *cameras[] = {&left, &right};
        for (auto camera : cameras) {
            nk_err_t rc = obs_ICamera_Expose(&(*camera)->base, &ereq, nullptr, &eres, nullptr);
            if (rc == NK_EOK) fprintf(stderr, "light %u %u\n", eres.light[0], eres.light[3]);
            else fprintf(stderr, "too long %u\n", ms);
        }
    }
    return EXIT_SUCCESS;
}
