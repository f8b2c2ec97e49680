/* SPDX-License-Identifier: Apache-2.0 */
/* Malformed messages to the kernel and to another process: sizes, ids, marks, chunks, buffers anywhere. */
#include <tests/endpoints/endpoints.h>

static struct {
    nk_uint64_t header[3], words[64];
} constant, answer;
static char arena[16384];

/* ---- one call, spoilt in one place ---- */

static Retcode in_registers(nk_uint64_t selector, nk_uint64_t info)
{
    struct kos_message_words m = {.selector = selector, .info = info};
    return raw_call(&m);
}

static Retcode in_memory(Handle handle, nk_uint64_t info, const SMsgHdr *out)
{
    SMsgHdr in = {.constant_part = ADDRESS(&answer),
                  .arena = ADDRESS(arena) + 8192,
                  .constant_size = sizeof(answer),
                  .arena_size = 8192};
    struct kos_message_words m = {
        .selector = KOS_CALL_MEMORY | handle, .info = info, .receive = ADDRESS(&in), .w = {ADDRESS(out)}};
    return raw_call(&m);
}

static SMsgHdr descriptor(nk_uint64_t info, nk_uint64_t constant_part, nk_uint64_t arena_at, rtl_uint32_t arena_size)
{
    return (SMsgHdr){.constant_part = constant_part,
                     .arena = arena_at,
                     .constant_size = (rtl_uint32_t)(info >> KOS_INFO_SIZE_SHIFT & KOS_INFO_SIZE_MASK),
                     .arena_size = arena_size};
}

/* ---- headers ---- */

static void info_tests(const char *name, Handle handle, nk_uint64_t good)
{
    const nk_uint64_t rest = good & 0xffffffffU;
    const struct {
        const char *part;
        nk_uint64_t info;
    } cases[] = {
        {"size_smaller", good - (8ULL << KOS_INFO_SIZE_SHIFT)},
        {"size_larger", good + (8ULL << KOS_INFO_SIZE_SHIFT)},
        {"size_not_of_words", good + (1ULL << KOS_INFO_SIZE_SHIFT)},
        {"size_zero", rest},
        {"size_below_header", rest | 16ULL << KOS_INFO_SIZE_SHIFT},
        {"size_beyond_registers", rest | 96ULL << KOS_INFO_SIZE_SHIFT},
        {"size_all", rest | KOS_INFO_SIZE_MASK << KOS_INFO_SIZE_SHIFT},
        {"undeclared_handle", good + (1ULL << KOS_INFO_HANDLES_SHIFT)},
        {"all_handles", good | KOS_INFO_HANDLES_MASK << KOS_INFO_HANDLES_SHIFT},
        {"error_mark", good | KOS_INFO_ERROR},
        {"unknown_method", (good & ~0xffffULL) | 200},
        {"method_all", good | 0xffff},
        {"unknown_endpoint", (good & ~0xffff0000ULL) | 99ULL << KOS_INFO_RIID_SHIFT},
        {"endpoint_all", good | 0xffff0000},
        {"all_bits", ~0ULL},
        {"no_bits_but_size", 24ULL << KOS_INFO_SIZE_SHIFT | 0xffff},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        expect(name, cases[i].part, in_registers(handle, cases[i].info), rcInvalidArgument);
        SMsgHdr out = descriptor(cases[i].info, ADDRESS(&constant), 0, 0);
        Retcode code = in_memory(handle, cases[i].info, &out);
        /* whatever 16 MiB hold is too large before it is anything else */
        Retcode expected = out.constant_size > KOS_MESSAGE_SIZE_MAX && out.constant_size % 8 == 0 ? rcBufferTooLarge
                                                                                                  : rcInvalidArgument;
        expect(name, cases[i].part, code, expected);
    }
    expect(name, "then_receive", in_registers(KOS_CALL_THEN_RECV | handle, good), rcInvalidArgument);
}

/* Every method of the kernel: a size that is not its own, more arena than it takes, a handle, an error mark. */
static void core_method_tests(void)
{
    static const struct {
        const char *name;
        unsigned riid, mid, words, arena;
    } methods[] = {
#define METHOD(interface, method, request, request_arena, response, response_arena)                                    \
    {"core/" #interface "/" #method, KOS_RIID_##interface, (unsigned)KOS_CORE_MID(interface, method), request,         \
     request_arena},
        KOS_CORE_METHODS(METHOD)
#undef METHOD
    };
    static char larger[65 * KOS_NAME_SIZE];
    for (unsigned i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        nk_uint64_t good = KOS_INFO(methods[i].riid, methods[i].mid, KOS_MESSAGE_HEADER_SIZE + 8 * methods[i].words, 0);
        const nk_uint64_t infos[] = {good + (8ULL << KOS_INFO_SIZE_SHIFT), good - (8ULL << KOS_INFO_SIZE_SHIFT),
                                     good + (1ULL << KOS_INFO_HANDLES_SHIFT), good | KOS_INFO_ERROR};
        unsigned wrong = 0;
        for (unsigned k = 0; k < 4; k++) {
            SMsgHdr out = descriptor(infos[k], ADDRESS(&constant), 0, 0);
            wrong += in_registers(KOS_CORE_HANDLE, infos[k]) != rcInvalidArgument;
            wrong += in_memory(KOS_CORE_HANDLE, infos[k], &out) != rcInvalidArgument;
        }
        SMsgHdr out = descriptor(good, ADDRESS(&constant), ADDRESS(larger), methods[i].arena + 1);
        wrong += in_memory(KOS_CORE_HANDLE, good, &out) != rcInvalidArgument;
        wrong += in_registers(KOS_CORE_HANDLE | KOS_CALL_EXTENDED, good) != rcInvalidArgument;
        wrong += in_registers(KOS_CORE_HANDLE | KOS_CALL_THEN_RECV, good) != rcInvalidArgument;
        expect(methods[i].name, "malformed", wrong, 0);
    }
}

/* ---- buffers ---- */

/* Two pages of which only the first is there. */
static nk_uint64_t half_mapped(void)
{
    nk_uint64_t at = pages_allocate(2 * PAGE, KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_READ | KOS_VMM_WRITE);
    (void)KOS_CORE(VMM, Decommit, at + PAGE, PAGE);
    return at;
}

struct place {
    const char *part;
    nk_uint64_t address;
    Retcode source, target;
};
#define PLACES 10

static void places_fill(struct place places[PLACES], nk_uint64_t half)
{
    static const char constant_page[2 * PAGE] = {1};
    const struct place all[PLACES] = {
        {"null", 0, rcSourceFault, rcTargetFault},
        {"first_page", 4096 - 8, rcSourceFault, rcTargetFault},
        {"unmapped", half + PAGE, rcSourceFault, rcTargetFault},
        {"ends_unmapped", half + PAGE - 24, rcSourceFault, rcTargetFault},
        {"kernel", KERNEL_ADDRESS, rcSourceFault, rcTargetFault},
        {"across_the_limit", KOS_USER_LIMIT - 24, rcSourceFault, rcTargetFault},
        {"non_canonical", 0x0000800000000000ULL, rcSourceFault, rcTargetFault},
        {"last_bytes", ~23ULL, rcSourceFault, rcTargetFault},
        {"wraps", ~7ULL, rcSourceFault, rcTargetFault},
        {"read_only", (ADDRESS(constant_page) + PAGE - 1) & ~(PAGE - 1), rcOk, rcTargetFault},
    };
    memcpy(places, all, sizeof(all));
}

/* Messages of a method with a chunk as only word: from everywhere. */
static void source_tests(const char *name, Handle handle, nk_uint64_t info, Retcode good)
{
    struct place places[PLACES];
    nk_uint64_t half = half_mapped();
    places_fill(places, half);
    for (unsigned i = 0; i < PLACES; i++) {
        SMsgHdr out = descriptor(info, places[i].address, 0, 0);
        struct kos_message_words m = {.selector = KOS_CALL_MEMORY | handle, .info = info, .w = {places[i].address}};
        if (places[i].source != rcOk) {
            expect(name, "descriptor", raw_call(&m), places[i].source);
            expect(name, places[i].part, in_memory(handle, info, &out), places[i].source);
            out = descriptor(info, ADDRESS(&constant), places[i].address, 64);
            expect(name, "arena", in_memory(handle, info, &out), places[i].source);
        }
    }
    SMsgHdr out = descriptor(info, ADDRESS(&constant), 0, 0);
    expect(name, "well_formed", in_memory(handle, info, &out), good);
    out.constant_part += 4;
    expect(name, "unaligned", in_memory(handle, info, &out), rcInvalidArgument);
    out.constant_part -= 4;
    out.constant_size += 8;
    expect(name, "descriptor_larger", in_memory(handle, info, &out), rcInvalidArgument);
    out.constant_size -= 16;
    expect(name, "descriptor_smaller", in_memory(handle, info, &out), rcInvalidArgument);
    out.constant_size = 0;
    expect(name, "descriptor_empty", in_memory(handle, info, &out), rcInvalidArgument);
    out = descriptor(info, ADDRESS(&constant), ADDRESS(arena), KOS_MESSAGE_SIZE_MAX);
    expect(name, "more_than_8_MiB", in_memory(handle, info, &out), rcBufferTooLarge);
    out.arena_size = ~0U;
    expect(name, "4_GiB", in_memory(handle, info, &out), rcBufferTooLarge);
    memcpy((void *)(rtl_uintptr_t)(half + PAGE - 32),
           &(SMsgHdr){.constant_part = ADDRESS(&constant), .constant_size = 32}, 32);
    expect(name, "descriptor_at_the_end", in_memory(handle, info, (const SMsgHdr *)(rtl_uintptr_t)(half + PAGE - 32)),
           good);
    expect(name, "descriptor_over_the_end", in_memory(handle, info, (const SMsgHdr *)(rtl_uintptr_t)(half + PAGE - 24)),
           rcSourceFault);
    out = descriptor(info, half + PAGE - 32, 0, 0);
    memset((void *)(rtl_uintptr_t)(half + PAGE - 32), 0, 32);
    expect(name, "constant_part_at_the_end", in_memory(handle, info, &out), good);
    expect("vmm/Free", "half_mapped", RC(VMM, Free, half, 2 * PAGE), rcOk);
}

/* Chunks of a method with one: offset and size against an arena of 100 bytes. */
static void chunk_tests(Handle client)
{
    const nk_uint64_t info = KOS_INFO(0, PEER_Text, KOS_MESSAGE_HEADER_SIZE + 8, 0);
    const struct {
        const char *part;
        nk_uint64_t chunk;
        Retcode rc;
    } cases[] = {{"chunk_all_of_it", CHUNK(0, 100), rcOk},
                 {"chunk_none", CHUNK(0, 0), rcOk},
                 {"chunk_at_the_end", CHUNK(100, 0), rcOk},
                 {"chunk_one_too_many", CHUNK(0, 101), rcInvalidArgument},
                 {"chunk_over_the_end", CHUNK(99, 2), rcInvalidArgument},
                 {"chunk_behind", CHUNK(101, 0), rcInvalidArgument},
                 {"chunk_wraps", CHUNK(0xffffffffU, 1), rcInvalidArgument},
                 {"chunk_all", CHUNK(0xffffffffU, 0xffffffffU), rcInvalidArgument},
                 {"chunk_size_all", CHUNK(0, 0xffffffffU), rcInvalidArgument}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        constant.words[0] = cases[i].chunk;
        SMsgHdr out = descriptor(info, ADDRESS(&constant), ADDRESS(arena), 100);
        expect("message", cases[i].part, in_memory(client, info, &out), cases[i].rc);
    }
    constant.words[0] = 0;
    SMsgHdr out = descriptor(info, ADDRESS(&constant), ADDRESS(arena), 8193);
    expect("message", "arena_larger_than_declared", in_memory(client, info, &out), rcInvalidArgument);
}

/* What the definitions say about chunks of the kernel's methods: each is refused before the method is decided on. */
static void core_chunk_tests(void)
{
    const nk_uint64_t write = KOS_INFO(KOS_RIID_HAL, KOS_CORE_MID(HAL, DebugWrite), KOS_MESSAGE_HEADER_SIZE + 8, 0);
    const nk_uint64_t wait = KOS_INFO(KOS_RIID_SYNC, KOS_CORE_MID(SYNC, WaitAny), KOS_MESSAGE_HEADER_SIZE + 16, 0);
    const nk_uint64_t env = KOS_INFO(KOS_RIID_TASK, KOS_CORE_MID(TASK, SetEnv), KOS_MESSAGE_HEADER_SIZE + 24, 0);
    const nk_uint64_t counters =
        KOS_INFO(KOS_RIID_PROFILER, KOS_CORE_MID(PROFILER, GetCounters), KOS_MESSAGE_HEADER_SIZE + 16, 0);
    const struct {
        const char *part;
        nk_uint64_t info, words[3], arena_size;
        Retcode rc;
    } cases[] = {{"chunk_none", write, {CHUNK(0, 0)}, 100, rcOk},
                 {"chunk_at_the_end", write, {CHUNK(100, 0)}, 100, rcOk},
                 {"chunk_over_the_end", write, {CHUNK(99, 2)}, 100, rcInvalidArgument},
                 {"chunk_behind", write, {CHUNK(101, 0)}, 100, rcInvalidArgument},
                 {"chunk_wraps", write, {CHUNK(0xffffffffU, 1)}, 100, rcInvalidArgument},
                 {"elements", wait, {CHUNK(0, 32), 0}, 128, rcTimeout},
                 {"elements_none", wait, {CHUNK(0, 0), 0}, 128, rcInvalidArgument},
                 {"elements_not_whole", wait, {CHUNK(0, 24), 0}, 128, rcInvalidArgument},
                 {"elements_not_aligned", wait, {CHUNK(4, 32), 0}, 128, rcInvalidArgument},
                 {"bytes_twice", env, {KOS_INVALID_HANDLE, CHUNK(0, 64), CHUNK(0, 64)}, 127, rcInvalidArgument},
                 {"text_in_element", counters, {CHUNK(64, 8), CHUNK(0, 8)}, 128, rcOk},
                 {"text_in_element_not_utf8", counters, {CHUNK(64, 8), CHUNK(8, 8)}, 128, rcInvalidArgument},
                 {"text_in_element_open", counters, {CHUNK(64, 8), CHUNK(16, 8)}, 128, rcInvalidArgument},
                 {"text_in_element_outside", counters, {CHUNK(64, 8), CHUNK(24, 8)}, 128, rcInvalidArgument}};
    const nk_uint64_t names[] = {CHUNK(72, 6), CHUNK(80, 4), CHUNK(88, 4), CHUNK(127, 2)};
    static const char open_end[] = {'o', 'p', 'e', 'n'};
    static _Alignas(8) char all[128];
    static rtl_uint32_t word;
    memcpy(all + 64, "cpu.", 5);
    memcpy(all + 72, "count", 6);
    memcpy(all + 80, "x\xff.", 4);
    memcpy(all + 88, open_end, sizeof(open_end));
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kos_idl_SYNC_Word words[2] = {{ADDRESS(&word), 0, 0}, {ADDRESS(&word), 0, 0}};
        memcpy(all, cases[i].info == wait ? (const void *)words : names, 32);
        memcpy(constant.words, cases[i].words, sizeof(cases[i].words));
        SMsgHdr out = descriptor(cases[i].info, ADDRESS(&constant), ADDRESS(all), (rtl_uint32_t)cases[i].arena_size);
        SMsgHdr in = {.constant_part = ADDRESS(&answer),
                      .arena = ADDRESS(arena),
                      .constant_size = sizeof(answer),
                      .arena_size = sizeof(arena)};
        struct kos_message_words m = {.selector = KOS_CALL_MEMORY | KOS_CORE_HANDLE,
                                      .info = cases[i].info,
                                      .receive = ADDRESS(&in),
                                      .w = {ADDRESS(&out)}};
        Retcode rc = raw_call(&m);
        if (m.selector == 0 || m.selector == KOS_STATUS_MEMORY)
            rc = (Retcode)(rtl_uint32_t)(m.selector == 0 ? m.w[0] : answer.words[0]);
        expect("core/message", cases[i].part, rc, cases[i].rc);
    }
    memset(&constant, 0, sizeof(constant));
}

/* The response of 512 bytes to everywhere: both sides are told. */
static void target_tests(Handle client)
{
    struct place places[PLACES];
    nk_uint64_t half = half_mapped();
    const nk_uint64_t info = KOS_INFO(0, PEER_Large, sizeof(constant) - 0, 0);
    places_fill(places, half);
    SMsgHdr out = descriptor(info, ADDRESS(&constant), 0, 0), in;
    struct kos_message_words last;
    for (unsigned i = 0; i < PLACES; i++) {
        for (unsigned of_descriptor = 0; of_descriptor < 2; of_descriptor++) {
            in = descriptor(info, places[i].address, 0, 0);
            struct kos_message_words m = {
                .selector = KOS_CALL_MEMORY | client, .info = info, .receive = ADDRESS(&in), .w = {ADDRESS(&out)}};
            if (of_descriptor && places[i].source == rcOk)
                continue;
            m.receive = of_descriptor ? places[i].address : m.receive;
            Retcode code = of_descriptor && places[i].address == 0 ? rcBufferTooSmall : places[i].target;
            expect("message/response", places[i].part, raw_call(&m), code);
            last = (struct kos_message_words){.selector = client, .info = KOS_INFO(0, PEER_LastReply, 24, 0)};
            expect("message/response", "server_is_told", raw_call(&last) == rcOk ? (Retcode)last.w[0] : rcFail, code);
        }
    }
    in = descriptor(info, ADDRESS(&answer), 0, 0);
    in.constant_size -= 8;
    struct kos_message_words m = {
        .selector = KOS_CALL_MEMORY | client, .info = info, .receive = ADDRESS(&in), .w = {ADDRESS(&out)}};
    expect("message/response", "too_small", raw_call(&m), rcBufferTooSmall);
    in.constant_size += 8;
    for (unsigned i = 0; i < 64; i++)
        constant.words[i] = i * 3ULL;
    m = (struct kos_message_words){
        .selector = KOS_CALL_MEMORY | client, .info = info, .receive = ADDRESS(&in), .w = {ADDRESS(&out)}};
    expect("message/response", "fits", raw_call(&m), rcOk);
    expect("message/response", "in_memory", m.selector == KOS_STATUS_MEMORY && m.w[0] == sizeof(answer), 1);
    expect("message/response", "bytes", memcmp(answer.words, constant.words, sizeof(answer.words)), 0);
    expect("vmm/Free", "half_mapped", RC(VMM, Free, half, 2 * PAGE), rcOk);
}

void message_tests(Handle client)
{
    memset(&constant, 0, sizeof(constant));
    info_tests("message", client, KOS_INFO(0, PEER_Echo, KOS_MESSAGE_HEADER_SIZE + 64, 0));
    source_tests("message", client, KOS_INFO(0, PEER_Text, KOS_MESSAGE_HEADER_SIZE + 8, 0), rcOk);
    chunk_tests(client);
    target_tests(client);
}

void core_message_tests(void)
{
    memset(&constant, 0, sizeof(constant));
    info_tests("core/message", KOS_CORE_HANDLE, KOS_INFO(KOS_RIID_TIME, KOS_CORE_MID(TIME, GetUpTime), 24, 0));
    core_method_tests();
    source_tests("core/message", KOS_CORE_HANDLE,
                 KOS_INFO(KOS_RIID_HAL, KOS_CORE_MID(HAL, DebugWrite), KOS_MESSAGE_HEADER_SIZE + 8, 0), rcOk);
    core_chunk_tests();
}
