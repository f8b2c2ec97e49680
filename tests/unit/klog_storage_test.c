/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a KlogStorage: as many entries as were filled, and nothing behind them of what other answers held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <coresrv/sl/sl_api.h>
#include <klog_storage/server.h>
#include <string.h>

/* What the server's loop asks for: not run here. */
Handle ServiceLocatorRegister(const char *channelName, void *unused, rtl_size_t size, ServiceId *id)
{
    (void)channelName, (void)unused, (void)size, (void)id;
    return INVALID_HANDLE;
}

static int filled;
static int fill(struct kl_KlogStorage_Entry *entries, nk_uint64_t room)
{
    for (int i = 0; i < filled && (nk_uint64_t)i < room; i++)
        entries[i].id = 100U + (unsigned)i;
    return filled;
}
static int write_one(void *context, const struct kl_KlogStorage_Entry *entry)
{
    (void)context, (void)entry;
    return 0;
}
static int read_newest(void *context, nk_uint32_t count, struct kl_KlogStorage_Entry *entries)
{
    (void)context;
    return fill(entries, count);
}
static int read_range(void *context, nk_uint64_t first, nk_uint64_t last, struct kl_KlogStorage_Entry *entries)
{
    (void)context;
    return fill(entries, last - first + 1);
}

static _Alignas(8) char buffer[kl_KlogStorage_read_res_arena_size];
static struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));

static void expect(nk_sint32_t result, nk_ptr_t entries, int count)
{
    struct kl_KlogStorage_Entry *got;
    nk_size_t got_count = 0, used = (nk_size_t)(arena.unused - arena.start);
    assert_int_equal(result, count);
    count = count > 0 ? count : 0;
    got = nk_arena_get(struct kl_KlogStorage_Entry, &arena, &entries, &got_count);
    assert_int_equal(got_count, count);
    assert_int_equal(used, (nk_size_t)count * sizeof(*got));
    if (count != 0)
        assert_int_equal(got[count - 1].id, 99 + count);
}

static void answers_end_with_their_entries(void **state)
{
    const struct {
        nk_uint32_t asked;
        int filled, expected;
    } cases[] = {{4, 4, 4}, {4, 2, 2}, {4, 0, 0}, {0, 0, 0}, {4, -1, -1}, {4, 5, -1}, {100, 16, 16}, {100, 17, -1}};
    struct kl_KlogStorage *storage = klog_storage_IKlog_storage_dispatcher(NULL, write_one, read_newest, read_range);
    (void)state;
    memset(buffer, 'o', sizeof(buffer));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kl_KlogStorage_read_req newest = {.num_entries = cases[i].asked};
        struct kl_KlogStorage_read_res read;
        struct kl_KlogStorage_readRange_req range = {.first_id = 7, .last_id = 6U + cases[i].asked};
        struct kl_KlogStorage_readRange_res ranged;
        filled = cases[i].filled;
        nk_arena_reset(&arena);
        assert_int_equal(storage->ops->read(storage, &newest, NULL, &read, &arena), NK_EOK);
        expect(read.result, read.entries, cases[i].expected);
        nk_arena_reset(&arena);
        assert_int_equal(storage->ops->readRange(storage, &range, NULL, &ranged, &arena), NK_EOK);
        expect(ranged.result, ranged.entries, cases[i].asked != 0 ? cases[i].expected : -1);
    }
}

/* No room: none, and an arena that holds something else stays as it is. */
static void full_arenas_stay(void **state)
{
    struct kl_KlogStorage *storage = klog_storage_IKlog_storage_dispatcher(NULL, write_one, read_newest, read_range);
    struct kl_KlogStorage_read_req newest = {.num_entries = 16};
    struct kl_KlogStorage_read_res read;
    (void)state;
    filled = 16;
    arena.unused = arena.end - 8;
    assert_int_equal(storage->ops->read(storage, &newest, NULL, &read, &arena), NK_EOK);
    assert_int_equal(read.result, -1);
    assert_int_equal(read.entries.size, 0);
    assert_ptr_equal(arena.unused, arena.end - 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_end_with_their_entries),
        cmocka_unit_test(full_arenas_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
