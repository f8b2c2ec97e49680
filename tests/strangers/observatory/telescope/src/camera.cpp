/* SPDX-License-Identifier: Apache-2.0 */
#include "camera.hpp"
#include "optics.hpp"

const obs_ICamera_ops Camera::ops = { &Camera::Expose };

Camera::Camera(nk_uint32_t noise) : base{{&ops}, this}, noise_(noise) {}

nk_uint32_t Camera::light(nk_uint32_t ms, int at) const { return optics::scale(ms) + noise_ * at; }

nk_err_t Camera::Expose(obs_ICamera *self, const obs_ICamera_Expose_req *req, const nk_arena *, obs_ICamera_Expose_res *res, nk_arena *)
{
    auto *camera = reinterpret_cast<Base *>(self)->self;
    for (int i = 0; i < 4; i++)
        res->light[i] = camera->light(req->milliseconds, i);
    return NK_EOK;
}
