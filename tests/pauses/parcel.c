/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides send two handles, a text that is verified and bytes that are only copied, or stay where they are. */
#include <string.h>
#include <tests/pauses/parcel.h>

#define SMALL_TEXT 96U
#define TEXT       1000U
#define COPIED_ALL 9000U /* bytes of an arena that is copied: several steps */
#define ANSWER_ALL 5000U

static unsigned arena_bytes(enum kind kind)
{
    return kind == SMALL ? 2 * SMALL_TEXT : kind == COPIED ? COPIED_ALL : PARCEL_ARENA;
}

static nk_uint32_t constant_bytes(enum kind kind)
{
    return PARCEL_SIZE + (kind == SMALL ? 0 : PARCEL_REST);
}

/* A text, and bytes of which the last one counts. */
static void fill(enum kind kind, struct parcel *parcel, nk_uint8_t *arena, unsigned all, nk_uint64_t number)
{
    unsigned text = kind == SMALL ? SMALL_TEXT : TEXT;
    memset(arena, 'a', text - 1);
    arena[text - 1] = 0;
    arena[all - 1] = (nk_uint8_t)number;
    parcel->text = (struct kos_chunk){0, text};
    parcel->bytes = (struct kos_chunk){text, all - text};
    parcel->number = number;
    parcel->rest[PARCEL_REST - 1] = (nk_uint8_t)(number + 1);
}

static int well(enum kind kind, const struct parcel *parcel, const nk_uint8_t *arena, unsigned all, nk_uint64_t number)
{
    return parcel->number == number && arena[all - 1] == (nk_uint8_t)number && arena[0] == 'a' &&
           (kind == SMALL || parcel->rest[PARCEL_REST - 1] == (nk_uint8_t)(number + 1));
}

static void attach_handles(const struct exchange *exchange, struct parcel *parcel)
{
    parcel->made = (struct kos_handle_descriptor){exchange->root, ~0U, 0};
    parcel->known = (struct kos_handle_descriptor){exchange->copy, ~0U, 0};
}

/* The one is new and open, and closed here; the other is what it was made from. */
static int handles_well(const struct exchange *exchange, struct parcel *parcel)
{
    int good = parcel->known.handle == exchange->root && parcel->made.handle != exchange->root;
    good = KnHandleClose(parcel->made.handle) == rcOk && good;
    parcel->made.handle = INVALID_HANDLE;
    return good;
}

void parcel_prepare(struct exchange *exchange)
{
    fill(exchange->kind, &exchange->request, exchange->arena, arena_bytes(exchange->kind), 7);
    attach_handles(exchange, &exchange->request);
    exchange->response.made.handle = exchange->received.made.handle = INVALID_HANDLE;
    exchange->calling = exchange->returned = 0;
    exchange->code = rcFail;
}

void client_main(void *argument, void *unused)
{
    struct exchange *exchange = argument;
    nk_uint32_t size = constant_bytes(exchange->kind);
    struct kos_message_buffer out = {.constant_part = (rtl_uintptr_t)&exchange->request,
                                     .arena = (rtl_uintptr_t)exchange->arena,
                                     .constant_size = size,
                                     .arena_size = arena_bytes(exchange->kind)};
    struct kos_message_buffer in = {.constant_part = (rtl_uintptr_t)&exchange->response,
                                    .arena = (rtl_uintptr_t)exchange->answer,
                                    .constant_size = size,
                                    .arena_size = sizeof(exchange->answer),
                                    .timeout = exchange->limit,
                                    .sync_handle = exchange->sync};
    struct kos_message_words words = {.selector = KOS_CALL_MEMORY | KOS_CALL_EXTENDED | exchange->client_handle,
                                      .info = exchange->kind == SMALL ? SMALL_INFO : LARGE_INFO,
                                      .receive = (rtl_uintptr_t)&in,
                                      .w = {(rtl_uintptr_t)&out}};
    (void)unused;
    exchange->called_at = kos_time_ns();
    exchange->calling = 1;
    kos_system_call(&words);
    exchange->returned_at = kos_time_ns();
    exchange->code = (int)(rtl_uint32_t)words.selector;
    if (exchange->code == rcOk &&
        (!well(exchange->kind, &exchange->response, exchange->answer, (unsigned)words.w[1], 9) ||
         !handles_well(exchange, &exchange->response)))
        exchange->wrong++;
    exchange->returned = 1;
    KnThreadExit(1);
}

static int serve(struct exchange *exchange)
{
    struct kos_message_buffer in = {.constant_part = (rtl_uintptr_t)&exchange->received,
                                    .arena = (rtl_uintptr_t)exchange->inbox,
                                    .constant_size = sizeof(exchange->received),
                                    .arena_size = sizeof(exchange->inbox) | KOS_ARENA_IN_PLACE};
    struct kos_message_words words = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | exchange->listener,
                                      .receive = (rtl_uintptr_t)&in};
    kos_system_call(&words);
    if ((rtl_uint32_t)words.selector != rcOk) {
        exchange->receive_code = (int)(rtl_uint32_t)words.selector;
        return 0;
    }
    enum kind kind = words.info == SMALL_INFO ? SMALL : words.w[2] != 0 ? SEALED : COPIED;
    const nk_uint8_t *arena = kind == SEALED ? (const nk_uint8_t *)(rtl_uintptr_t)words.w[2] : exchange->inbox;
    if (kind != exchange->kind || words.w[1] != arena_bytes(kind) ||
        !well(kind, &exchange->received, arena, (unsigned)words.w[1], 7) ||
        !handles_well(exchange, &exchange->received))
        exchange->wrong++;
    exchange->took++;
    static nk_uint8_t answer[ANSWER_ALL];
    unsigned all = kind == SMALL ? 2 * SMALL_TEXT : ANSWER_ALL;
    fill(kind, &exchange->reply, answer, all, 9);
    attach_handles(exchange, &exchange->reply);
    struct kos_message_buffer out = {.constant_part = (rtl_uintptr_t)&exchange->reply,
                                     .arena = (rtl_uintptr_t)answer,
                                     .constant_size = constant_bytes(kind),
                                     .arena_size = all};
    words = (struct kos_message_words){.selector = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | KOS_CALL_MEMORY |
                                                   exchange->listener,
                                       .info = kind == SMALL ? SMALL_INFO : LARGE_INFO,
                                       .w = {(rtl_uintptr_t)&out}};
    kos_system_call(&words);
    if ((rtl_uint32_t)words.selector == rcOk)
        exchange->answered++;
    else if ((Retcode)(rtl_uint32_t)words.selector != rcNotConnected)
        exchange->wrong++;
    return 1;
}

void server_main(void *argument, void *unused)
{
    struct exchange *exchange = argument;
    (void)unused;
    do
        (void)KnSleepUntilNs(exchange->receive_at);
    while (serve(exchange));
    KnThreadExit(2);
}
