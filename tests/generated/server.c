/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <guest/Server.edl.h>
#include <stdlib.h>
#include <string.h>

static nk_err_t add(struct guest_Words *self, const struct guest_Words_Add_req *req, const struct nk_arena *reqArena,
                    struct guest_Words_Add_res *res, struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    res->sum = req->a + req->b;
    return NK_EOK;
}

/* An empty text is an error of the application. */
static nk_err_t reverse(struct guest_Words *self, const struct guest_Words_Reverse_req *req,
                        const struct nk_arena *reqArena, struct guest_Words_Reverse_res *res, struct nk_arena *resArena)
{
    static const char why[] = "nothing to reverse";
    nk_size_t size;
    const nk_char_t *text = nk_arena_get(nk_char_t, reqArena, &req->text, &size);
    (void)self;
    if (text == NK_NULL)
        return NK_EBADMSG;
    if (size < 2) {
        nk_err_reset(res);
        res->err_.code = -7;
        memcpy(nk_arena_alloc(nk_char_t, resArena, &res->err_.why, sizeof(why)), why, sizeof(why));
        return NK_EOK;
    }
    nk_char_t *reversed = nk_arena_alloc(nk_char_t, resArena, &res->reversed, size);
    for (nk_size_t i = 0; i < size - 1; i++)
        reversed[i] = text[size - 2 - i];
    reversed[size - 1] = '\0';
    return NK_EOK;
}

static nk_err_t sum(struct guest_Words *self, const struct guest_Words_Sum_req *req, const struct nk_arena *reqArena,
                    struct guest_Words_Sum_res *res, struct nk_arena *resArena)
{
    nk_size_t count, size;
    const guest_Words_Entry *entries = nk_arena_get(guest_Words_Entry, reqArena, &req->entries, &count);
    (void)self, (void)resArena;
    res->total = 0;
    res->letters = 0;
    for (nk_size_t i = 0; i < count; i++) {
        const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &entries[i].name, &size);
        res->total += entries[i].amount;
        res->letters += (nk_uint32_t)strlen(name);
    }
    return NK_EOK;
}

static nk_err_t pick(struct guest_Words *self, const struct guest_Words_Pick_req *req, const struct nk_arena *reqArena,
                     struct guest_Words_Pick_res *res, struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    res->which = req->choice.tag;
    return NK_EOK;
}

static nk_err_t give(struct guest_Words *self, const struct guest_Words_Give_req *req, const struct nk_arena *reqArena,
                     struct guest_Words_Give_res *res, struct nk_arena *resArena)
{
    (void)self, (void)reqArena, (void)resArena;
    res->rights = nk_get_handle(&req->door) != INVALID_HANDLE ? req->door.rights : 0;
    return NK_EOK;
}

static const struct guest_Words_ops ops = {.Add = add, .Reverse = reverse, .Sum = sum, .Pick = pick, .Give = give};
static struct guest_Words words = {&ops};

int main(void)
{
    ServiceId id;
    Handle handle = ServiceLocatorRegister("words", NULL, 0, &id);
    NkKosTransport transport;
    guest_Part_component part;
    guest_Server_entity entity;
    guest_Server_entity_req req;
    guest_Server_entity_res res;
    static _Alignas(8) char reqBuffer[guest_Server_entity_req_arena_size];
    static _Alignas(8) char resBuffer[guest_Server_entity_res_arena_size];
    struct nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    struct nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    guest_Part_component_init(&part, &words);
    guest_Server_entity_init(&entity, &part);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK)
            return EXIT_FAILURE;
        guest_Server_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, &resArena);
        if (nk_transport_reply(&transport.base, &res.base_, &resArena) != NK_EOK)
            continue; /* the answer was malformed; the client is told by the next receive */
    }
}
