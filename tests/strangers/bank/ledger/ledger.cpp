/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bank/Ledger.edl.h>
#include <bank/Names.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

namespace
{

class Desk : public bank_Account
{
public:
    explicit Desk(const char *name)
        : m_name(name)
    {
        static const bank_Account_ops s_ops = {Limit, Confirm, Apply, Statement};
        ops = &s_ops;
    }

private:
    static nk_err_t Limit(bank_Account *, const bank_Account_Limit_req *, const nk_arena *, bank_Account_Limit_res *,
                          nk_arena *)
    {
        return NK_EOK;
    }
    static nk_err_t Confirm(bank_Account *, const bank_Account_Confirm_req *, const nk_arena *,
                            bank_Account_Confirm_res *, nk_arena *)
    {
        return NK_EOK;
    }
    static nk_err_t Apply(bank_Account *self, const bank_Account_Apply_req *req, const nk_arena *reqArena,
                          bank_Account_Apply_res *res, nk_arena *)
    {
        auto desk = static_cast<Desk *>(self);
        nk_size_t count = 1;
        const bank_Account_Transfer *transfers = &req->operation.v.transfer;
        if (req->operation.tag == bank_Account_Operation_batch_tag)
            transfers = nk_arena_get(bank_Account_Transfer, reqArena, &req->operation.v.batch, &count);
        for (nk_size_t i = 0; i < count; i++)
        {
            if (transfers[i].to == 13)
            {
                nk_err_reset(&res->err_);
                res->err_.code = static_cast<nk_uint16_t>(desk->m_balance > 100 ? 7 : 8);
                return NK_EOK;
            }
            desk->m_balance += transfers[i].amount;
        }
        res->balance = desk->m_balance;
        return NK_EOK;
    }
    static nk_err_t Statement(bank_Account *self, const bank_Account_Statement_req *req, const nk_arena *,
                              bank_Account_Statement_res *res, nk_arena *resArena)
    {
        char text[200];
        auto desk = static_cast<Desk *>(self);
        if (req->account == 99)
            return nk_arena_alloc(nk_char_t, resArena, &res->text, 0) ? NK_EOK : NK_ENOMEM;
        int length = snprintf(text, sizeof(text), "%s %u: %lld", desk->m_name, req->account,
                              static_cast<long long>(desk->m_balance));
        nk_char_t *to = nk_arena_alloc(nk_char_t, resArena, &res->text, static_cast<nk_size_t>(length) + 1);
        memcpy(to, text, static_cast<size_t>(length) + 1);
        return NK_EOK;
    }

    const char *m_name;
    nk_sint64_t m_balance = 50;
};

} // namespace

int main(int argc, const char *argv[])
{
    ServiceId id;
    bool archive = argc > 1 && strcmp(argv[1], "archive") == 0;
    Handle listener = ServiceLocatorRegister(archive ? ARCHIVE_CONNECTION : LEDGER_CONNECTION, nullptr, 0, &id);
    static Desk day(archive ? "archive" : "day"), night("night");

    bank_Desk_component main_desk, night_desk;
    bank_Desk_component_init(&main_desk, &day);
    bank_Desk_component_init(&night_desk, &night);
    bank_Ledger_entity entity;
    bank_Ledger_entity_init(&entity, &main_desk, &night_desk);

    NkKosTransport transport;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    bank_Ledger_entity_req req;
    bank_Ledger_entity_res res;
    static char reqBuffer[bank_Ledger_entity_req_arena_size], resBuffer[bank_Ledger_entity_res_arena_size];
    nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));
    for (;;)
    {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK)
            continue;
        bank_Ledger_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, &resArena);
        if (nk_transport_reply(&transport.base, &res.base_, &resArena) != NK_EOK)
            fprintf(stderr, "ledger: the answer is kept back\n");
    }
}
