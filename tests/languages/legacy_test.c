/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as return codes, names without their packages, tracing, storing in arenas: as older solutions are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <stdio.h>
#define NK_USE_UNQUALIFIED_NAMES
#include <legacy/Server.edl.h> /* first: the dispatcher with tracing is this one's */
#include <legacy/Box.cdl.h>
#include <legacy/IStore.idl.h>
#include <tests/languages/loopback.h>

typedef struct IStoreImpl {
    struct IStore base;
    nk_uint32_t sum;
} IStoreImpl;

static nk_err_t Put_impl(struct IStore *self, const struct IStore_Put_req *req, const nk_arena *reqArena,
                         struct IStore_Put_res *res, nk_arena *resArena)
{
    IStoreImpl *impl = (IStoreImpl *)self;
    nk_size_t size = 0;
    const nk_char_t *name = nk_arena_get(nk_char_t, reqArena, &req->entry.name, &size);
    (void)resArena;
    if (name == NK_NULL || size > IStore_Put_req_entry_name_size)
        return NK_EBADMSG;
    if (req->entry.amount > IStore_MaxAmount)
        return NK_ELOGIC(17);
    impl->sum += req->entry.amount;
    res->sum = impl->sum;
    return NK_EOK;
}

static IStore *CreateIStoreImpl(nk_uint32_t sum)
{
    static const struct IStore_ops ops = {.Put = Put_impl};
    static struct IStoreImpl impl = {.base = {&ops}};
    impl.sum = sum;
    return &impl.base;
}

static nk_err_t dispatch(void *server, const struct nk_message *req, const struct nk_arena *reqArena,
                         struct nk_message *res, struct nk_arena *resArena)
{
    return Server_entity_dispatch((Server_entity *)server, req, reqArena, res, resArena);
}

static nk_err_t put(nk_uint32_t amount, const char *name, nk_uint32_t *sum)
{
    Box_component component;
    Server_entity entity;
    struct loopback loopback;
    IStore_proxy proxy;
    IStore_Put_req req;
    IStore_Put_res res;
    char reqBuffer[IStore_Put_req_arena_size];
    nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));

    Box_component_init(&component, CreateIStoreImpl(100));
    Server_entity_init(&entity, &component);
    loopback_init(&loopback, dispatch, &entity);
    IStore_proxy_init(&proxy, &loopback.base, Server_box_store_iid);
    req.entry.amount = amount;
    if (nk_arena_store(nk_char_t, &reqArena, &req.entry.name, name, strlen(name) + 1) != 0)
        return NK_ENOMEM;
    nk_err_t rc = IStore_Put(&proxy.base, &req, &reqArena, &res, NK_NULL);
    *sum = rc == NK_EOK ? res.sum : 0;
    return rc;
}

static void results_and_statuses(void **state)
{
    (void)state;
    nk_uint32_t sum;
    assert_int_equal(put(5, "five", &sum), rcOk);
    assert_int_equal(sum, 105);
    nk_err_t rc = put(IStore_MaxAmount + 1, "more", &sum);
    assert_true(NK_ELOGIC_CHECK(rc));
    assert_int_equal(NK_ELOGIC_GET(rc), 17);
    assert_false(NK_ELOGIC_CHECK(NK_EBADMSG));
    assert_false(NK_ELOGIC_CHECK(NK_EOK));
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    nk_uint32_t sum;
    assert_int_equal(put(5, "a name that is longer than it may be", &sum), NK_ENOMEM);
}

/* Both sides are generated with tracing to stderr. */
static void traces_go_to_stderr(void **state)
{
    (void)state;
    nk_uint32_t sum;
    char text[4096];
    FILE *kept = stderr, *file = tmpfile();
    stderr = file;
    nk_err_t rc = put(5, "five", &sum);
    stderr = kept;
    assert_int_equal(rc, rcOk);
    rewind(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "legacy.IStore.Put request: riid 0, mid 0, 40 bytes, 0 handles, arena 5\n"));
    assert_non_null(strstr(text, "legacy.IStore.Put response: riid 0, mid 0, 32 bytes, 0 handles, arena 0\n"));
    assert_non_null(strstr(text, "  arena 0000: 66 69 76 65 00\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_and_statuses),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(traces_go_to_stderr),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
