/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <nk/transport.h>
#include <nk/arena.h>
#include <handle/handletype.h>
typedef nk_err_t dispatch_fn(void *entity, const struct nk_message *req, const struct nk_arena *reqArena, struct nk_message *res, struct nk_arena *resArena);
int serve(const char *channel, void *entity, dispatch_fn *dispatch, struct nk_message *req, nk_size_t reqSize, nk_size_t reqArena, struct nk_message *res, nk_size_t resSize, nk_size_t resArena);
Handle channel_of(const char *name);
