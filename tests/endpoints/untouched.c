/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that nobody has touched yet, so that the kernel's copy of a message, or its look at a word, is the first to
 * need the page: parts that lie across the ends of pages and of page tables, descriptors, arenas, words, stacks of
 * waits. Data that can be read without a touch lies in read-only pages of the image, which come when they are needed;
 * each is good for one call.
 */
#include <tests/endpoints/endpoints.h>

#define TABLE  (512 * PAGE) /* what one page table maps */
#define FIXED  0x0000712345600000ULL
#define ROOM   (4 * TABLE)
#define USABLE (KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_READ | KOS_VMM_WRITE)

/* Two pages; words from 512 - n on lie across their border. */
#define UNTOUCHED static const _Alignas(PAGE) nk_uint64_t
#define WORDS     1024
/* struct kos_message_buffer, word by word. */
#define DESCRIPTOR(at, constant_part, arena, constant_size, arena_size, timeout)                                       \
    [(at)] = (constant_part), [(at) + 1] = (arena), [(at) + 2] = (constant_size) | (nk_uint64_t)(arena_size) << 32,    \
    [(at) + 3] = (timeout) | (nk_uint64_t)INVALID_HANDLE << 32

static void fresh_begin(void)
{
    expect("untouched/Allocate", NK_NULL, RC(VMM, Allocate, FIXED, ROOM, USABLE), rcOk);
}
static void fresh_end(void)
{
    expect("untouched/Free", NK_NULL, RC(VMM, Free, FIXED, ROOM), rcOk);
}
static void *fresh(nk_uint64_t offset)
{
    return (void *)(rtl_uintptr_t)(FIXED + offset);
}

/* ---- words ---- */

static void word_tests(void)
{
    const char *name = "untouched/word";
    fresh_begin();
    expect(name, "Wait", RC(SYNC, Wait, FIXED, 1, KOS_INFINITE_TIMEOUT), rcFutexWouldBlock); /* the short way */
    expect(name, "Wait_timeout", RC(SYNC, Wait, FIXED + PAGE, 0, 1), rcTimeout);
    expect(name, "Requeue", RC(SYNC, Requeue, FIXED + 2 * PAGE, 0, 1, FIXED + TABLE, 1), rcOk);
    expect(name, "Requeue_other_value", RC(SYNC, Requeue, FIXED + 3 * PAGE, 1, 1, FIXED + TABLE, 1), rcFutexWouldBlock);
    expect(name, "Lock", RC(SYNC, Lock, FIXED + TABLE - 4, 1), rcOk);
    expect(name, "Lock_taken", RC(SYNC, Lock, FIXED + TABLE - 4, 1), rcInvalidOperation);
    expect(name, "Unlock", RC(SYNC, Unlock, FIXED + TABLE - 4), rcOk);
    expect(name, "Unlock_free", RC(SYNC, Unlock, FIXED + TABLE + 5 * PAGE), rcInvalidOperation);
    const struct kos_idl_SYNC_Word words[] = {
        {FIXED + TABLE, 0, 0}, {FIXED + 2 * TABLE - PAGE, 0, 0}, {FIXED + 2 * TABLE, 0, 0}};
    expect(name, "WaitAny",
           CORE(REQUEST(SYNC, WaitAny, CHUNK(0, sizeof(words)), 1), .arena = words, .arena_size = sizeof(words),
                .response_count = 2)
               .rc,
           rcTimeout);
    const struct kos_idl_SYNC_Word bad[] = {{FIXED + 3 * TABLE, 0, 0}, {FIXED + ROOM, 0, 0}};
    expect(name, "WaitAny_one_unmapped",
           CORE(REQUEST(SYNC, WaitAny, CHUNK(0, sizeof(bad)), 1), .arena = bad, .arena_size = sizeof(bad),
                .response_count = 2)
               .rc,
           rcInvalidArgument);
    expect(name, "Wait_unmapped", RC(SYNC, Wait, FIXED + ROOM, 0, 1), rcInvalidArgument);
    expect(name, "Wait_unmapped_for_ever", RC(SYNC, Wait, FIXED + ROOM, 0, KOS_INFINITE_TIMEOUT), rcInvalidArgument);
    expect(name, "Requeue_unmapped", RC(SYNC, Requeue, FIXED + ROOM, 0, 1, FIXED, 1), rcInvalidArgument);
    expect(name, "Lock_unmapped", RC(SYNC, Lock, FIXED + ROOM, 1), rcInvalidArgument);
    expect(name, "Unlock_unmapped", RC(SYNC, Unlock, FIXED + ROOM), rcInvalidArgument);
    UNTOUCHED constant[WORDS] = {[512] = 1};
    expect(name, "Lock_read_only", RC(SYNC, Lock, ADDRESS(constant), 1), rcInvalidArgument);
    fresh_end();
}

/* ---- calls of the kernel ---- */

static Retcode core_call(const char *part, struct kos_message_words *m, const nk_uint64_t *answer)
{
    Retcode rc = raw_call(m);
    expect(part, "in_memory", m->selector == KOS_STATUS_MEMORY || rc != rcOk, 1);
    return m->selector == KOS_STATUS_MEMORY ? (Retcode)(rtl_uint32_t)answer[0] : rc;
}

/* Constant part and arena of the request, and what it asks for. */
static void request_tests(void)
{
    const char *name = "untouched/request";
    const nk_uint64_t info = KOS_INFO(KOS_RIID_SYNC, KOS_CORE_MID(SYNC, WaitAny), KOS_MESSAGE_HEADER_SIZE + 16, 0);
    /* the chunk is the first page's last word, the time limit the next one's first */
    UNTOUCHED constant[WORDS] = {[511] = CHUNK(0, 48), [512] = 1};
    /* struct kos_idl_SYNC_Word: address, value; the third lies across */
    UNTOUCHED arena[WORDS] = {[507] = FIXED, [509] = FIXED + PAGE - 4, [511] = FIXED + TABLE};
    fresh_begin();
    SMsgHdr out = {.constant_part = ADDRESS(constant + 511) - KOS_MESSAGE_HEADER_SIZE,
                   .arena = ADDRESS(arena + 507),
                   .constant_size = KOS_MESSAGE_HEADER_SIZE + 16,
                   .arena_size = 48};
    struct kos_message_words m = {.selector = KOS_CALL_MEMORY | KOS_CORE_HANDLE, .info = info, .w = {ADDRESS(&out)}};
    expect(name, "constant_part_and_arena", raw_call(&m) == rcOk ? (Retcode)(rtl_uint32_t)m.w[0] : rcFail, rcTimeout);
    UNTOUCHED descriptor[WORDS] = {
        DESCRIPTOR(510, FIXED + PAGE, FIXED + 2 * PAGE, KOS_MESSAGE_HEADER_SIZE + 16, 48, 0)};
    const nk_uint64_t parameters[] = {0, 0, 0, CHUNK(0, 48), 1};
    memcpy(fresh(PAGE), parameters, sizeof(parameters));
    const nk_uint64_t words[] = {FIXED + TABLE + PAGE, 0, FIXED + TABLE + 2 * PAGE, 0, FIXED + TABLE + 3 * PAGE, 0};
    memcpy(fresh(2 * PAGE), words, sizeof(words));
    m = (struct kos_message_words){
        .selector = KOS_CALL_MEMORY | KOS_CORE_HANDLE, .info = info, .w = {ADDRESS(descriptor + 510)}};
    expect(name, "descriptor", raw_call(&m) == rcOk ? (Retcode)(rtl_uint32_t)m.w[0] : rcFail, rcTimeout);
    fresh_end();
}

/* An answer with so many bytes, to places in fresh memory. */
static Retcode entropy_to(const char *name, nk_uint64_t receive, nk_uint64_t constant_part, unsigned bytes)
{
    struct kos_message_words m = {
        .selector = KOS_CORE_HANDLE,
        .info = KOS_INFO(KOS_RIID_HAL, KOS_CORE_MID(HAL, GetEntropy), KOS_MESSAGE_HEADER_SIZE + 8, 0),
        .receive = receive,
        .w = {bytes}};
    return core_call(name, &m, (const nk_uint64_t *)(rtl_uintptr_t)(constant_part + KOS_MESSAGE_HEADER_SIZE));
}

static void response_tests(void)
{
    enum { BYTES = 200, ROOM_FOR = 1024 };
    const char *name = "untouched/response";
    const nk_uint64_t across = FIXED + TABLE - KOS_MESSAGE_HEADER_SIZE - 8; /* one word each side */
    const nk_uint64_t arena = FIXED + 3 * TABLE - 100;
    const rtl_uint8_t *got = (const rtl_uint8_t *)(rtl_uintptr_t)arena;
    unsigned other = 0;
    fresh_begin();
    UNTOUCHED descriptor[WORDS] = {DESCRIPTOR(509, across, arena, 64, ROOM_FOR, 0)};
    expect(name, "rc", entropy_to(name, ADDRESS(descriptor + 509), across, BYTES), rcOk);
    expect(name, "chunk", (long long)((const nk_uint64_t *)fresh(TABLE))[0], CHUNK(0, BYTES));
    for (unsigned i = 0; i < BYTES; i++)
        other += got[i] != 0;
    expect(name, "bytes", other > BYTES / 2, 1);
    expect(name, "no_more", got[BYTES], 0);
    /* the other end is not there, or cannot be written */
    SMsgHdr in = {.constant_part = FIXED + ROOM - KOS_MESSAGE_HEADER_SIZE - 8,
                  .arena = arena + PAGE,
                  .constant_size = 64,
                  .arena_size = ROOM_FOR};
    expect(name, "constant_part_half_unmapped", entropy_to(name, ADDRESS(&in), across, BYTES), rcTargetFault);
    in.constant_part = across;
    in.arena = FIXED + ROOM - 100;
    expect(name, "arena_half_unmapped", entropy_to(name, ADDRESS(&in), across, BYTES), rcTargetFault);
    expect(name, "Protect", RC(VMM, Protect, FIXED + 2 * TABLE, PAGE, KOS_VMM_READ), rcOk);
    in.arena = FIXED + 2 * TABLE - 100;
    expect(name, "arena_half_read_only", entropy_to(name, ADDRESS(&in), across, BYTES), rcTargetFault);
    expect(name, "descriptor_unmapped", entropy_to(name, FIXED + ROOM, across, BYTES), rcTargetFault);
    expect(name, "descriptor_half_unmapped", entropy_to(name, FIXED + ROOM - 16, across, BYTES), rcTargetFault);
    expect(name, "after_all", entropy_to(name, ADDRESS(descriptor + 509), across, BYTES), rcOk);
    fresh_end();
}

/* ---- waits with time limits ---- */

static void wait_tests(void)
{
    const char *name = "untouched/wait";
    Handle listener, server, own, client, peer = peer_create("mute", "test.Peer", "Peer", "exit");
    expect(name, "Connect", KnTaskConnect(INVALID_HANDLE, peer, "mute"), rcOk);
    expect(name, "LookupResource", KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "mute", &client), rcOk);
    expect(name, "listener", KnHandleConnect(INVALID_HANDLE, &listener, &server, &own), rcOk);
    fresh_begin();
    /* the limit is on the second page, the rest on the first */
    UNTOUCHED in_receive[WORDS] = {DESCRIPTOR(509, 0, 0, 0, 0, 1)}, in_call[WORDS] = {DESCRIPTOR(509, 0, 0, 0, 0, 1)};
    UNTOUCHED in_memory[WORDS] = {DESCRIPTOR(509, 0, 0, 0, 0, 1)},
              out[WORDS] = {DESCRIPTOR(510, FIXED, 0, KOS_MESSAGE_HEADER_SIZE + 512, 0, 0)};
    struct kos_message_words m = {.selector = KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | KOS_CALL_EXTENDED | listener,
                                  .receive = ADDRESS(in_receive + 509)};
    expect(name, "Recv", raw_call(&m), rcTimeout);
    const nk_uint64_t echo = KOS_INFO(0, PEER_Echo, KOS_REGISTER_MESSAGE_SIZE, 0);
    m = (struct kos_message_words){
        .selector = KOS_CALL_EXTENDED | client, .info = echo, .receive = ADDRESS(in_call + 509)};
    expect(name, "Call", raw_call(&m), rcTimeout);
    const nk_uint64_t large = KOS_INFO(0, PEER_Large, KOS_MESSAGE_HEADER_SIZE + 512, 0);
    m = (struct kos_message_words){.selector = KOS_CALL_MEMORY | KOS_CALL_EXTENDED | client,
                                   .info = large,
                                   .receive = ADDRESS(in_memory + 509),
                                   .w = {ADDRESS(out + 510)}};
    expect(name, "Call_in_memory", raw_call(&m), rcTimeout);
    const nk_uint64_t nowhere[] = {FIXED + ROOM, FIXED + ROOM - 24, KERNEL_ADDRESS, ~7ULL};
    for (unsigned i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
        m = (struct kos_message_words){.selector =
                                           KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | KOS_CALL_EXTENDED | listener,
                                       .receive = nowhere[i]};
        expect(name, "Recv_nowhere", raw_call(&m), rcTargetFault);
        m = (struct kos_message_words){.selector = KOS_CALL_EXTENDED | client, .info = echo, .receive = nowhere[i]};
        expect(name, "Call_nowhere", raw_call(&m), rcTargetFault);
        m = (struct kos_message_words){.selector = KOS_CALL_MEMORY | KOS_CALL_EXTENDED | client,
                                       .info = large,
                                       .receive = ADDRESS(in_memory + 509),
                                       .w = {nowhere[i]}};
        expect(name, "Call_from_nowhere", raw_call(&m), rcSourceFault);
    }
    fresh_end();
    expect(name, "Terminate", KnTaskTerminate(peer, 3), rcOk);
    expect(name, "Close", KnHandleClose(peer), rcOk);
    expect(name, "Close_client", KnHandleClose(client), rcOk);
    expect(name, "Close_listener", KnHandleClose(listener), rcOk);
    expect(name, "Close_own", KnHandleClose(own), rcOk);
}

void untouched_tests(void)
{
    word_tests();
    request_tests();
    response_tests();
    wait_tests();
}

/* ---- messages to another process ---- */

void untouched_message_tests(Handle client)
{
    const char *name = "untouched/message";
    fresh_begin();
    /* 512 bytes across the end of a page, all of them to fresh memory, by an untouched descriptor */
    UNTOUCHED words[WORDS] = {[500] = 500, [511] = 511, [512] = 512, [520] = 520};
    SMsgHdr out = {.constant_part = ADDRESS(words + 490) - KOS_MESSAGE_HEADER_SIZE,
                   .constant_size = KOS_MESSAGE_HEADER_SIZE + 512};
    UNTOUCHED in[WORDS] = {DESCRIPTOR(510, FIXED + TABLE - 256, 0, KOS_MESSAGE_HEADER_SIZE + 512, 0, 0)};
    struct kos_message_words m = {.selector = KOS_CALL_MEMORY | client,
                                  .info = KOS_INFO(0, PEER_Large, KOS_MESSAGE_HEADER_SIZE + 512, 0),
                                  .receive = ADDRESS(in + 510),
                                  .w = {ADDRESS(&out)}};
    expect(name, "Large", raw_call(&m), rcOk);
    expect(name, "Large_words", memcmp(fresh(TABLE - 256 + KOS_MESSAGE_HEADER_SIZE), words + 490, 512), 0);
    /* an arena with a chunk, there and back */
    UNTOUCHED constant[WORDS] = {[511] = CHUNK(8, 6000)}, arena[2 * WORDS] = {[505] = 505, [1100] = 1100};
    out = (SMsgHdr){.constant_part = ADDRESS(constant + 511) - KOS_MESSAGE_HEADER_SIZE,
                    .arena = ADDRESS(arena + 500),
                    .constant_size = KOS_MESSAGE_HEADER_SIZE + 8,
                    .arena_size = 6008};
    SMsgHdr back = {.constant_part = FIXED + 2 * TABLE - 16,
                    .arena = FIXED + 3 * TABLE - PAGE - 100,
                    .constant_size = KOS_MESSAGE_HEADER_SIZE + 8,
                    .arena_size = 8192};
    m = (struct kos_message_words){.selector = KOS_CALL_MEMORY | client,
                                   .info = KOS_INFO(0, PEER_Text, KOS_MESSAGE_HEADER_SIZE + 8, 0),
                                   .receive = ADDRESS(&back),
                                   .w = {ADDRESS(&out)}};
    expect(name, "Text", raw_call(&m), rcOk);
    nk_uint64_t chunk = *(const nk_uint64_t *)fresh(2 * TABLE - 16 + KOS_MESSAGE_HEADER_SIZE);
    expect(name, "Text_chunk", (long long)(chunk >> 32), 6000);
    expect(name, "Text_bytes",
           memcmp(fresh(3 * TABLE - PAGE - 100 + (rtl_uint32_t)chunk), (const char *)(arena + 500) + 8, 6000), 0);
    /* what a rule looks at */
    UNTOUCHED granted[WORDS] = {[512] = 3}, denied[WORDS] = {[512] = 9};
    const nk_uint64_t *const looks[] = {granted, denied};
    for (unsigned i = 0; i < 2; i++) {
        out = (SMsgHdr){.constant_part = ADDRESS(looks[i] + 512) - KOS_MESSAGE_HEADER_SIZE,
                        .constant_size = KOS_MESSAGE_HEADER_SIZE + 8};
        m = (struct kos_message_words){.selector = KOS_CALL_MEMORY | client,
                                       .info = KOS_INFO(0, PEER_Small, KOS_MESSAGE_HEADER_SIZE + 8, 0),
                                       .w = {ADDRESS(&out)}};
        expect(name, i == 0 ? "Small" : "Small_denied", raw_call(&m), i == 0 ? rcOk : rcSecurityDisallow);
    }
    /* the second page of the source is not there */
    SMsgHdr half = {.constant_part = FIXED + ROOM - 256, .constant_size = KOS_MESSAGE_HEADER_SIZE + 512};
    m = (struct kos_message_words){.selector = KOS_CALL_MEMORY | client,
                                   .info = KOS_INFO(0, PEER_Large, KOS_MESSAGE_HEADER_SIZE + 512, 0),
                                   .receive = ADDRESS(&back),
                                   .w = {ADDRESS(&half)}};
    expect(name, "half_unmapped", raw_call(&m), rcSourceFault);
    fresh_end();
}
