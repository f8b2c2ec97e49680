/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <obs/Telescope.edl.h>

class Camera {
public:
    explicit Camera(nk_uint32_t noise);
    virtual ~Camera() = default;
    obs_ICamera *iface() { return &base.iface; }
    virtual nk_uint32_t light(nk_uint32_t ms, int at) const;

private:
    struct Base { obs_ICamera iface; Camera *self; } base;
    nk_uint32_t noise_;
    static nk_err_t Expose(obs_ICamera *self, const obs_ICamera_Expose_req *req, const nk_arena *reqArena, obs_ICamera_Expose_res *res, nk_arena *resArena);
    static const obs_ICamera_ops ops;
};
