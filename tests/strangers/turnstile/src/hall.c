/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <rtl/compiler.h>

#include <turnstile/Hall.edl.h>

#include <assert.h>

struct GateImpl {
    struct turnstile_Gate base;     /* must be first */
    nk_uint64_t people;
    nk_uint32_t credit;
    const char *slogan;
};

static nk_err_t Insert_impl(struct turnstile_Gate *self,
                            const struct turnstile_Gate_Insert_req *req,
                            const struct nk_arena *req_arena,
                            struct turnstile_Gate_Insert_res *res,
                            struct nk_arena *res_arena)
{
    struct GateImpl *impl = (struct GateImpl *)self;
    nk_uint32_t size = 0;
    const nk_char_t *name = nk_arena_get(nk_char_t, req_arena, &req->card.holder, &size);
    (void)res_arena;
    if (name == NK_NULL)
        return NK_EBADMSG;
    fprintf(stderr, "[Hall] card %u of %s (%u bytes)\n", req->card.number, name, (unsigned)size);
    if (strcmp(name, "Thief") == 0)
        return NK_ELOGIC(turnstile_Gate_Broken | 3);
    impl->credit += req->card.number;
    res->credit = impl->credit;
    return NK_EOK;
}

static nk_err_t Push_impl(struct turnstile_Gate *self, const struct turnstile_Gate_Push_req *req,
                          const struct nk_arena *req_arena, struct turnstile_Gate_Push_res *res,
                          struct nk_arena *res_arena)
{
    (void)req_arena; (void)res; (void)res_arena;
    ((struct GateImpl *)self)->people++;
    fprintf(stderr, "[Hall] push %d\n", req->force);
    return NK_EOK;
}

static nk_err_t Count_impl(struct turnstile_Gate *self, const struct turnstile_Gate_Count_req *req,
                           const struct nk_arena *req_arena, struct turnstile_Gate_Count_res *res,
                           struct nk_arena *res_arena)
{
    (void)req_arena; (void)res_arena;
    res->people = ((struct GateImpl *)self)->people + req->gate;
    res->mood = -5;
    return NK_EOK;
}

static nk_err_t Slogan_impl(struct turnstile_Gate *self, const struct turnstile_Gate_Slogan_req *req,
                            const struct nk_arena *req_arena, struct turnstile_Gate_Slogan_res *res,
                            struct nk_arena *res_arena)
{
    const char *slogan = ((struct GateImpl *)self)->slogan;
    nk_size_t len = strlen(slogan);
    nk_char_t *out;
    (void)req; (void)req_arena;
    if (len == 0)
        return NK_ELOGIC(7);
    out = nk_arena_alloc(nk_char_t, res_arena, &res->text, len + 1);
    if (out == NK_NULL)
        return NK_ENOMEM;
    strncpy(out, slogan, len + 1);
    return NK_EOK;
}

static struct turnstile_Gate *CreateGate(int right)
{
    static const struct turnstile_Gate_ops ops = {
        .Insert = Insert_impl, .Push = Push_impl, .Count = Count_impl, .Slogan = Slogan_impl
    };
    static struct GateImpl impls[2] = {
        { .base = { &ops }, .slogan = "Mind the gap" },
        { .base = { &ops }, .slogan = "" }
    };
    return &impls[right].base;
}

int main(void)
{
    NkKosTransport transport;
    ServiceId iid;
    Handle handle = ServiceLocatorRegister("hall", NULL, 0, &iid);
    assert(handle != INVALID_HANDLE);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    turnstile_Hall_entity_req req;
    char req_buffer[turnstile_Hall_entity_req_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    turnstile_Hall_entity_res res;
    char res_buffer[turnstile_Hall_entity_res_arena_size];
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));

    turnstile_CGate_component left, right;
    turnstile_CGate_component_init(&left, CreateGate(0));
    turnstile_CGate_component_init(&right, CreateGate(1));
    turnstile_Hall_entity entity;
    turnstile_Hall_entity_init(&entity, &left, &right);

    fprintf(stderr, "Hello I'm hall\n");
    do {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK) {
            fprintf(stderr, "nk_transport_recv error\n");
        } else {
            turnstile_Hall_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        }
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            fprintf(stderr, "nk_transport_reply error\n");
    } while (true);
    return EXIT_SUCCESS;
}
