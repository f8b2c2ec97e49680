/* SPDX-License-Identifier: Apache-2.0 */
/* Generated code at work: proxy, loopback, dispatcher, implementation, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <echo/Ping.idl.h>
#include <echo/Server.edl.h>
#include <tests/languages/loopback.h>

struct implementation {
    struct echo_Ping base;
    nk_uint32_t step;
};

static nk_err_t ping(struct echo_Ping *self, const struct echo_Ping_Ping_req *req, const struct nk_arena *reqArena,
                     struct echo_Ping_Ping_res *res, struct nk_arena *resArena)
{
    (void)reqArena, (void)resArena;
    if (req->value == 0)
        return NK_EINVAL;
    res->result = req->value + ((struct implementation *)self)->step;
    return NK_EOK;
}

static nk_err_t say(struct echo_Ping *self, const struct echo_Ping_Say_req *req, const struct nk_arena *reqArena,
                    struct echo_Ping_Say_res *res, struct nk_arena *resArena)
{
    (void)self;
    nk_size_t size;
    const nk_char_t *text = nk_arena_get(nk_char_t, reqArena, &req->text, &size);
    if (text == NK_NULL)
        return NK_EBADMSG;
    nk_char_t *answer = nk_arena_alloc(nk_char_t, resArena, &res->answer, size + 1);
    answer[0] = '>';
    memcpy(answer + 1, text, size);
    return NK_EOK;
}

static const struct echo_Ping_ops ops = {.Ping = ping, .Say = say};

struct fixture {
    struct implementation own, first, second;
    echo_Responder_component responder, responder2;
    echo_Server_entity server;
    struct loopback loopback;
    struct echo_Ping_proxy proxy;
};

static nk_err_t dispatch(void *server, const struct nk_message *req, const struct nk_arena *reqArena,
                         struct nk_message *res, struct nk_arena *resArena)
{
    return echo_Server_entity_dispatch((echo_Server_entity *)server, req, reqArena, res, resArena);
}

static void begin(struct fixture *f, nk_iid_t riid)
{
    *f = (struct fixture){.own = {{&ops}, 1}, .first = {{&ops}, 10}, .second = {{&ops}, 100}};
    echo_Responder_component_init(&f->responder, &f->first.base);
    echo_Responder_component_init(&f->responder2, &f->second.base);
    echo_Server_entity_init(&f->server, &f->own.base, &f->responder, &f->responder2);
    loopback_init(&f->loopback, dispatch, &f->server);
    echo_Ping_proxy_init(&f->proxy, &f->loopback.base, riid);
}

static void call_reaches_each_endpoint(void **state)
{
    (void)state;
    static const nk_uint32_t steps[] = {1, 10, 100};
    assert_int_equal(echo_Server_own_iid, 0);
    assert_int_equal(echo_Server_responder_ping_iid, 1);
    assert_int_equal(echo_Server_second_ping_iid, 2);
    assert_int_equal(echo_Server_second_iidOffset, 2);
    assert_int_equal(echo_Server_iidMax, 3);
    for (nk_iid_t riid = 0; riid < echo_Server_iidMax; riid++) {
        struct fixture f;
        struct echo_Ping_Ping_req req = {.value = 5};
        struct echo_Ping_Ping_res res;
        begin(&f, riid);
        assert_int_equal(echo_Ping_Ping(&f.proxy.base, &req, NK_NULL, &res, NK_NULL), rcOk);
        assert_int_equal(res.result, 5 + steps[riid]);
        assert_int_equal(f.loopback.last_request.iid, riid);
        assert_int_equal(f.loopback.last_request.mid, echo_Ping_Ping_mid);
        assert_int_equal(nk_message_size(&f.loopback.last_request), 32);
        assert_int_equal(nk_message_size(&f.loopback.last_response), 32);
        assert_int_equal(f.loopback.last_response.iid, riid);
    }
}

static void chunks_travel_in_arenas(void **state)
{
    (void)state;
    struct fixture f;
    struct echo_Ping_Say_req req;
    struct echo_Ping_Say_res res;
    char request[echo_Ping_Say_req_arena_size], response[echo_Ping_Say_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(request, request + sizeof(request));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(response, response + sizeof(response));
    nk_size_t size;
    begin(&f, echo_Server_own_iid);
    strcpy(nk_arena_alloc(nk_char_t, &req_arena, &req.text, 6), "hello");
    assert_int_equal(echo_Ping_Say(&f.proxy.base, &req, &req_arena, &res, &res_arena), rcOk);
    assert_string_equal(nk_arena_get(nk_char_t, &res_arena, &res.answer, &size), ">hello");
    assert_int_equal(size, 7);
    assert_int_equal(echo_Ping_Say_req_text_size, 33);
    assert_int_equal(echo_Server_entity_req_arena_size, 33);
    assert_int_equal(echo_Server_entity_arena_size, 37);
}

/* So many elements that their bytes, in 64 bits, are few. */
static void counts_of_elements_do_not_wrap(void **state)
{
    (void)state;
    struct element {
        nk_uint64_t words[2];
    };
    alignas(8) char bytes[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(bytes, bytes + sizeof(bytes));
    nk_ptr_t chunk = {7, 7};
    const nk_size_t many = (1ULL << 60) + 1;
    assert_null(nk_arena_alloc(struct element, &arena, &chunk, many));
    assert_int_equal(nk_arena_store(struct element, &arena, &chunk, bytes, many), NK_ENOMEM);
    assert_null(nk_arena_alloc(struct element, &arena, &chunk, -1));
    assert_int_equal(chunk.size, 7);
    assert_non_null(nk_arena_alloc(struct element, &arena, &chunk, 4));
    assert_int_equal(chunk.size, 64);
}

static void unknown_numbers_are_refused(void **state)
{
    (void)state;
    struct fixture f;
    struct echo_Ping_Ping_req req = {.value = 5};
    struct echo_Ping_Ping_res res;
    begin(&f, 3);
    assert_int_equal(echo_Ping_Ping(&f.proxy.base, &req, NK_NULL, &res, NK_NULL), NK_ENOENT);
    begin(&f, echo_Server_own_iid);
    nk_req_reset(&req);
    nk_msg_set_method_id(&req, echo_Server_own_iid, echo_Ping_mid_max);
    assert_int_equal(dispatch(&f.server, &req.base_, NK_NULL, &res.base_, NK_NULL), NK_ENOENT);
}

static void implementation_s_code_comes_back(void **state)
{
    (void)state;
    struct fixture f;
    struct echo_Ping_Ping_req req = {.value = 0};
    struct echo_Ping_Ping_res res;
    begin(&f, echo_Server_own_iid);
    assert_int_equal(echo_Ping_Ping(&f.proxy.base, &req, NK_NULL, &res, NK_NULL), NK_EINVAL);
}

/* An implementation in this process is used like a proxy. */
static void local_object_is_an_interface_too(void **state)
{
    (void)state;
    struct implementation local = {{&ops}, 7};
    struct echo_Ping_Ping_req req = {.value = 1};
    struct echo_Ping_Ping_res res;
    assert_int_equal(echo_Ping_Ping(&local.base, &req, NK_NULL, &res, NK_NULL), rcOk);
    assert_int_equal(res.result, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_reaches_each_endpoint),       cmocka_unit_test(chunks_travel_in_arenas),
        cmocka_unit_test(unknown_numbers_are_refused),      cmocka_unit_test(implementation_s_code_comes_back),
        cmocka_unit_test(local_object_is_an_interface_too), cmocka_unit_test(counts_of_elements_do_not_wrap),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
