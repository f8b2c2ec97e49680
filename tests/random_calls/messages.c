/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, receives and replies among the callers' threads and processes. */
#include <tests/random_calls/caller.h>

static const struct {
    unsigned request, arena, response, response_arena, handles, response_handles;
} methods[] = {
#define METHOD(name, request, arena, handles, response, response_arena, response_handles)                              \
    {KOS_MESSAGE_HEADER_SIZE + (request),                                                                              \
     arena,                                                                                                            \
     KOS_MESSAGE_HEADER_SIZE + (response),                                                                             \
     response_arena,                                                                                                   \
     handles,                                                                                                          \
     response_handles},
    RANDOM_METHODS(METHOD)
#undef METHOD
};

/* The words of a message with so many handles, then chunks. */
static void fill(struct random *random, struct kos_message_words *m, unsigned handles)
{
    for (unsigned i = 0; i < 8; i++)
        m->w[i] = i < 2 * handles
                      ? (i % 2 == 0 ? parameter(random, 'h') | ~0ULL << 32 : parameter(random, '0'))
                      : (random_once_in(random, 4) ? any_word(random) : parameter(random, 'S') & ~7ULL << 32);
}

static nk_uint64_t request_info(struct random *random, unsigned *mid)
{
    *mid = random_below(random, RANDOM_MIDS);
    return KOS_INFO(random_below(random, 2), *mid, methods[*mid].request, methods[*mid].handles);
}

/* In memory if it must be, or at random. */
static void place(struct random *random, struct kos_message_words *m, unsigned size, unsigned arena_size)
{
    if (arena_size != 0 || size > KOS_REGISTER_MESSAGE_SIZE || random_once_in(random, 8))
        to_memory(random, m, random_once_in(random, 4) ? 0 : arena_size);
}

void message_call(struct random *random)
{
    unsigned mid;
    nk_uint64_t info = request_info(random, &mid);
    struct kos_message_words m = {.selector = any_handle(random, random_once_in(random, 6) ? OBJECT : CHANNEL),
                                  .info = info};
    fill(random, &m, methods[mid].handles);
    place(random, &m, methods[mid].request, methods[mid].arena);
    m.receive = incoming_buffer(random);
    /* without a time limit it may wait until somebody ends it */
    if (!random_once_in(random, 20))
        m.selector |= KOS_CALL_EXTENDED;
    if (make(random, &m) == rcOk && (m.info >> KOS_INFO_HANDLES_SHIFT & KOS_INFO_HANDLES_MASK) != 0)
        keep(random, ANY, (Handle)m.w[0]);
}

static void reply(struct random *random, Handle listener, nk_uint64_t identity)
{
    unsigned mid = (unsigned)(identity & 0xffff) % RANDOM_MIDS;
    struct kos_message_words m = {.selector = KOS_OPERATION_REPLY << KOS_OPERATION_SHIFT | listener};
    m.info = KOS_INFO(0, 0, methods[mid].response, methods[mid].response_handles) | identity;
    fill(random, &m, methods[mid].response_handles);
    m.receive = incoming_buffer(random);
    if (random_once_in(random, 8))
        m.info = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + 8, 0) | identity | KOS_INFO_ERROR;
    else
        place(random, &m, methods[mid].response, methods[mid].response_arena);
    if (random_once_in(random, 2))
        m.selector |= KOS_CALL_THEN_RECV | (random_once_in(random, 40) ? 0 : KOS_CALL_EXTENDED);
    for (unsigned i = 0; i < 2; i++) { /* once more if it was malformed */
        nk_uint64_t selector = m.selector;
        if (make(random, &m) != rcInvalidArgument)
            return;
        m = (struct kos_message_words){.selector = selector & ~KOS_CALL_MEMORY, .receive = incoming_buffer(random)};
        m.info = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + 8, 0) | identity | KOS_INFO_ERROR;
    }
}

void message_serve(struct random *random)
{
    Handle listener = any_handle(random, LISTENER);
    struct kos_message_words m = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | listener,
                                  .receive = incoming_buffer(random)};
    if (!random_once_in(random, 100))
        m.selector |= KOS_CALL_EXTENDED;
    if (make(random, &m) != rcOk)
        return;
    nk_uint64_t identity = m.info & 0xffffffffU;
    if ((m.info >> KOS_INFO_HANDLES_SHIFT & KOS_INFO_HANDLES_MASK) != 0)
        keep(random, ANY, (Handle)m.w[0]);
    while (random_once_in(random, 3)) /* meanwhile anything may happen */
        core_call(random);
    if (!random_once_in(random, 8))
        reply(random, listener, identity);
}

void message_reply(struct random *random)
{
    reply(random, any_handle(random, LISTENER), random_below(random, RANDOM_MIDS));
}

void nonsense(struct random *random)
{
    struct kos_message_words m;
    m.selector = random_next(random);
    if (!random_once_in(random, 1000))
        m.selector = (m.selector & (KOS_CALL_FLAGS | 1ULL << 63)) | any_handle(random, ANY) | KOS_CALL_EXTENDED;
    m.info = random_once_in(random, 2) ? random_next(random) : any_word(random);
    m.receive = random_once_in(random, 4) ? any_place(random) : incoming_buffer(random);
    for (unsigned i = 0; i < 8; i++)
        m.w[i] = any_word(random);
    kos_system_call(&m);
}
