/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <string.h>
#include <tests/random_calls/caller.h>

#define PLACES 16U
#define WAITS  0U /* where words for Sync.WaitAny begin in the arena; strings follow */

/* Few enough that threads meet at the same ones. */
static const unsigned pool_size[POOLS] = {6, 4, 8, 6, 3, 3, 4, 4, 4, 4, 16};
static volatile Handle pools[POOLS][16];
static volatile nk_uint64_t places[PLACES];
static SMsgHdr buffers[16];
unsigned long long constant[1024];
char arena[16384];

/* Where each begins in the arena: names, then class and file, then others. */
static const char *const strings[] = {"a",     "b",      "c",     "d",     "test.Caller",       "Caller",
                                      "Einit", "second", "first", "other", "random_calls.seed", "test.None"};
#define STRINGS (sizeof(strings) / sizeof(strings[0]))
static rtl_uint32_t strings_start[STRINGS], strings_end;

void strings_init(void)
{
    strings_end = WAITS + KOS_SYNC_WORDS * sizeof(struct kos_idl_SYNC_Word);
    for (unsigned i = 0; i < STRINGS; i++) {
        strings_start[i] = strings_end;
        memcpy(arena + strings_end, strings[i], strlen(strings[i]) + 1);
        strings_end += (rtl_uint32_t)strlen(strings[i]) + 1;
    }
}

static nk_uint64_t string(unsigned index)
{
    return strings_start[index] | (nk_uint64_t)(strlen(strings[index]) + 1) << 32;
}

void pool_set(enum pool pool, unsigned index, Handle handle)
{
    pools[pool][index] = handle;
}

static enum pool any_pool(struct random *random)
{
    unsigned pool = random_below(random, POOLS);
    return (enum pool)pool;
}

Handle any_handle(struct random *random, enum pool pool)
{
    switch (random_below(random, 32)) {
    case 0:
        return KOS_CORE_HANDLE;
    case 1:
        return INVALID_HANDLE;
    case 2:
        return (Handle)random_next(random);
    case 3:
        return (random_below(random, 4) << 16) | random_below(random, 128);
    case 4:
    case 5:
        pool = any_pool(random);
        break;
    default:
        break;
    }
    return pools[pool][random_below(random, pool_size[pool])];
}

void keep(struct random *random, enum pool pool, Handle handle)
{
    volatile Handle *slot = &pools[pool][random_below(random, pool_size[pool])];
    if (!random_once_in(random, 8))
        (void)KnHandleClose(*slot);
    *slot = handle;
}

nk_uint64_t any_place(struct random *random)
{
    static const nk_uint64_t edges[] = {0,
                                        4096,
                                        KOS_USER_BASE,
                                        KOS_USER_LIMIT,
                                        KOS_USER_LIMIT - 4096,
                                        0x0000800000000000ULL,
                                        0xffff800000000000ULL,
                                        0xffff800000100000ULL,
                                        0xffffffff80100000ULL,
                                        0xffffffffc000c000ULL,
                                        ~0ULL};
    nk_uint64_t at = places[random_below(random, PLACES)];
    switch (random_below(random, 24)) {
    case 0:
    case 1:
        at = edges[random_below(random, sizeof(edges) / sizeof(edges[0]))];
        break;
    case 2:
        at = (rtl_uintptr_t)arena;
        break;
    case 3:
        at = (rtl_uintptr_t)constant;
        break;
    case 4:
        at = (rtl_uintptr_t)&at & ~7ULL; /* the stack */
        break;
    case 5:
        at = (rtl_uintptr_t)any_place & ~4095ULL;
        break;
    default:
        break;
    }
    if (random_once_in(random, 6))
        at += random_below(random, 3) * 8ULL - 8;
    if (random_once_in(random, 3))
        at += random_below(random, 18) * 4096ULL - 4096;
    return at;
}

void replace_pages(struct random *random)
{
    nk_uint64_t size = (random_below(random, 16) + 1ULL) * 4096;
    volatile nk_uint64_t *place = &places[random_below(random, PLACES)];
    (void)KOS_CORE(VMM, Free, *place, 16 * 4096ULL);
    (void)KOS_CORE(VMM, Free, *place, size);
    if (random_once_in(random, 4)) {
        *place = KOS_CORE(VMM, MdlMap, any_handle(random, MEMORY), 0, 4096, 0, KOS_VMM_READ | KOS_VMM_WRITE).w[0];
        return;
    }
    *place = KOS_CORE(VMM, Allocate, 0, size,
                      KOS_VMM_RESERVE | KOS_VMM_COMMIT | KOS_VMM_READ | KOS_VMM_WRITE |
                          (random_once_in(random, 2) ? KOS_VMM_LOCKED : 0))
                 .w[0];
}

nk_uint64_t any_word(struct random *random)
{
    switch (random_below(random, 12)) {
    case 0:
        return 0;
    case 1:
        return ~0ULL;
    case 2:
        return random_next(random);
    case 3:
        return 1ULL << random_below(random, 64);
    case 4:
        return random_below(random, 512);
    case 5:
        return random_below(random, 64) * 4096ULL;
    case 6:
        return random_below(random, 64) | (nk_uint64_t)random_below(random, 64) << 32; /* a chunk */
    case 7:
    case 8:
        return any_place(random);
    default:
        return any_handle(random, ANY) | (random_once_in(random, 2) ? ~0ULL << 32 : 0); /* with rights */
    }
}

static nk_uint64_t flags_of_memory(struct random *random)
{
    static const unsigned access[] = {KOS_VMM_READ | KOS_VMM_WRITE, KOS_VMM_READ | KOS_VMM_WRITE, KOS_VMM_READ,
                                      KOS_VMM_READ | KOS_VMM_EXECUTE, 0};
    nk_uint64_t flags = KOS_VMM_RESERVE | access[random_below(random, 5)];
    flags |= random_once_in(random, 4) ? 0 : KOS_VMM_COMMIT;
    return flags |
           (random_once_in(random, 2) ? random_next(random) & (KOS_VMM_LOCKED | KOS_VMM_LOW_GUARD | KOS_VMM_HIGH_GUARD)
                                      : 0);
}

static nk_uint64_t handle_parameter(struct random *random, char kind)
{
    switch (kind) {
    case 'c':
        return any_handle(random, CHANNEL);
    case 'l':
        return random_once_in(random, 4) ? INVALID_HANDLE : any_handle(random, LISTENER);
    case 'o':
        return any_handle(random, OBJECT);
    case 't':
        return any_handle(random, THREAD);
    case 'K':
        return random_once_in(random, 4) ? INVALID_HANDLE : any_handle(random, TASK);
    case 'F':
        return any_handle(random, FILE_);
    case 'y':
        return any_handle(random, SYNC);
    case 'b':
        return random_once_in(random, 2) ? INVALID_HANDLE : any_handle(random, BADGE);
    case 'D':
        return random_once_in(random, 8) ? INVALID_HANDLE : any_handle(random, NOTICE);
    case 'M':
        return any_handle(random, MEMORY);
    default:
        return any_handle(random, any_pool(random));
    }
}

nk_uint64_t parameter(struct random *random, char kind)
{
    struct kos_core_result r;
    struct kos_idl_SYNC_Word *waits;
    if (random_once_in(random, 12))
        return any_word(random);
    switch (kind) {
    case 'a':
        return any_place(random);
    case 'z':
        return (random_below(random, 16) + 1ULL) * 4096;
    case 'f':
        return flags_of_memory(random);
    case 'p':
        return flags_of_memory(random) & KOS_VMM_ACCESS;
    case 'v':
        return KOS_VMM_READ | (random_once_in(random, 4) ? 0 : KOS_VMM_WRITE);
    case 'x':
        return random_below(random, 4) * 4096ULL;
    case '1':
        return 4096;
    case 'w':
        return random_below(random, 4) * 4ULL;
    case 'm':
        return random_below(random, 6);
    case 'q':
        return random_below(random, 16) | (random_once_in(random, 4) ? 0x100 : 0);
    case 'R':
        return random_once_in(random, 2) ? ~0U : (nk_uint64_t)(rtl_uint32_t)random_next(random);
    case 'U':
        return 1ULL << random_below(random, cpus);
    case 'r':
        return (rtl_uintptr_t)caller_thread;
    case 'g':
        return random_once_in(random, 2) ? KOS_THREAD_SUSPENDED : 0;
    case 'i':
        return random_below(random, 3);
    case 'N':
        return string(random_below(random, 4));
    case 'C':
        return string(4);
    case 'P':
        return string(5);
    case 'S':
        return string(random_below(random, STRINGS));
    case 'T':
        r = KOS_CORE0(TIME, GetUpTime);
        return r.w[0] * 1000000000 + r.w[1] + random_below(random, 4000000);
    case 'B':
        return random_below(random, 16) * 500000ULL;
    case 'W':
        waits = (struct kos_idl_SYNC_Word *)(void *)(arena + WAITS);
        for (unsigned i = 0; i < KOS_SYNC_WORDS; i++)
            waits[i] = (struct kos_idl_SYNC_Word){.ptr = any_place(random)};
        return WAITS | (random_below(random, KOS_SYNC_WORDS) + 1) * (sizeof(*waits) << 32);
    case 'n':
        return random_below(random, 8);
    case 'e':
        return random_below(random, 2);
    case '0':
        return 0;
    default:
        return handle_parameter(random, kind);
    }
}

/* ---- messages ---- */

nk_uint64_t outgoing_buffer(struct random *random, nk_uint64_t info, rtl_uint32_t arena_size)
{
    SMsgHdr *buffer = &buffers[random_below(random, 8)];
    buffer->constant_part = random_once_in(random, 16) ? any_place(random) : (rtl_uintptr_t)constant;
    buffer->arena = random_once_in(random, 16) ? any_place(random) : (rtl_uintptr_t)arena;
    buffer->constant_size = (rtl_uint32_t)(info >> KOS_INFO_SIZE_SHIFT & KOS_INFO_SIZE_MASK);
    buffer->arena_size = arena_size;
    if (random_once_in(random, 64))
        buffer->constant_size = (rtl_uint32_t)any_word(random);
    if (random_once_in(random, 64))
        buffer->arena_size = (rtl_uint32_t)any_word(random);
    return random_once_in(random, 48) ? any_place(random) : (rtl_uintptr_t)buffer;
}

nk_uint64_t incoming_buffer(struct random *random)
{
    SMsgHdr *buffer = &buffers[8 + random_below(random, 8)];
    buffer->constant_part = random_once_in(random, 8) ? any_place(random) : (rtl_uintptr_t)(constant + 512);
    buffer->arena = random_once_in(random, 8) ? any_place(random) : (rtl_uintptr_t)(arena + 8192);
    buffer->constant_size = random_once_in(random, 16) ? (rtl_uint32_t)any_word(random) : 4096;
    buffer->arena_size = random_once_in(random, 16) ? (rtl_uint32_t)any_word(random) : 8192;
    buffer->timeout = random_once_in(random, 400) ? INFINITE_TIMEOUT : random_below(random, 6);
    buffer->sync_handle = random_once_in(random, 4) ? any_handle(random, SYNC) : INVALID_HANDLE;
    return random_once_in(random, 48) ? any_place(random) : (rtl_uintptr_t)buffer;
}

void to_memory(struct random *random, struct kos_message_words *m, rtl_uint32_t arena_size)
{
    memcpy(constant + 3, m->w, sizeof(m->w));
    m->selector |= KOS_CALL_MEMORY;
    if (arena_size < 8192 && arena_size > strings_end)
        arena_size = strings_end;
    m->w[0] = outgoing_buffer(random, m->info, arena_size);
}

Retcode make(struct random *random, struct kos_message_words *m)
{
    nk_uint64_t bit = 1ULL << random_below(random, 64);
    switch (random_below(random, 60)) {
    case 0:
        m->info ^= bit;
        break;
    case 1:
        m->selector ^= bit & (KOS_CALL_FLAGS | 0xffffffff);
        break;
    case 2:
        m->info = random_next(random);
        break;
    case 3:
        if (random_once_in(random, 200))
            m->selector ^= bit; /* likely its end */
        break;
    default:
        break;
    }
    kos_system_call(m);
    return (Retcode)(rtl_uint32_t)m->selector;
}
