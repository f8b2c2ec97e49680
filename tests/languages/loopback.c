/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tests/languages/loopback.h>

#define BUFFER_SIZE 8192U

/* What was used of an arena, at another address. */
static struct nk_arena copy_arena(const struct nk_arena *from, nk_uint8_t *to)
{
    struct nk_arena arena = {to, to, to + BUFFER_SIZE};
    if (from != NK_NULL) {
        nk_size_t used = (nk_size_t)(from->unused - from->start);
        memcpy(to, from->start, used);
        arena.unused = to + used;
    }
    return arena;
}

static nk_err_t call(struct nk_transport *t, struct nk_message *req, const struct nk_arena *reqArena,
                     struct nk_message *res, struct nk_arena *resArena)
{
    struct loopback *self = (struct loopback *)t;
    alignas(8) nk_uint8_t request[BUFFER_SIZE], response[BUFFER_SIZE];
    alignas(8) nk_uint8_t request_arena[BUFFER_SIZE], response_arena[BUFFER_SIZE];
    struct nk_arena in = copy_arena(reqArena, request_arena);
    struct nk_arena out = {response_arena, response_arena, response_arena + BUFFER_SIZE};
    nk_size_t capacity = nk_message_size(res);
    memcpy(request, req, nk_message_size(req));
    memset(response, 0xaa, sizeof(response));
    self->last_request = *req;
    nk_err_t rc =
        self->dispatch(self->server, (const struct nk_message *)request, &in, (struct nk_message *)response, &out);
    if (rc != NK_EOK)
        return rc;
    const struct nk_message *answer = (const struct nk_message *)response;
    self->last_response = *answer;
    nk_size_t used = (nk_size_t)(out.unused - out.start);
    if (nk_message_size(answer) > capacity ||
        (used != 0 && (resArena == NK_NULL || used > (nk_size_t)(resArena->end - resArena->start))))
        return rcBufferTooSmall;
    memcpy(res, answer, nk_message_size(answer));
    if (used != 0) {
        memcpy(resArena->start, out.start, used);
        resArena->unused = resArena->start + used;
    }
    return NK_EOK;
}

void loopback_init(struct loopback *loopback, loopback_dispatch *dispatch, void *server)
{
    static const struct nk_transport_ops ops = {.call = call};
    *loopback = (struct loopback){.base.ops = &ops, .dispatch = dispatch, .server = server};
}
