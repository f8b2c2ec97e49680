/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Priority inversion: a thread of low level has what one of high level waits for (a lock, or a server that answers it),
 * and a third, of a level in between, would run instead of it where it is. So the one in between must not run before
 * the section is over, wherever the others are; and without inheritance it does, completely.
 */
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

#define SECTION 20000U
#define HOG     6000000U
#define LOW     FIFO(3)
#define MEDIUM  FIFO(10)
#define HIGH    FIFO(20)
#define ALLOWED 4000U /* ns beyond the section until the one that waits for it has it */

/* CPUs. The one in between is where the section is. */
struct places {
    unsigned low, server, high;
};

static volatile unsigned inside, go, got, hogged, hogged_before, touched, word, lock_word;
static volatile unsigned long long began, ended;
static Handle listener, server_handle, client_handle;
static int exact;

static void section(void)
{
    for (unsigned i = 0; i < SECTION; i++)
        touched = touched + 1;
}

static void stay(void)
{
    inside = 1;
    while (!go)
        ;
    section();
    hogged_before = hogged;
}

static void has_got(void)
{
    ended = kos_time_ns();
    got = 1;
}

static void hog(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < HOG; i++)
        hogged = hogged + 1;
}

/* ---- a lock ---- */

static void lock(void)
{
    (void)KOS_CORE(SYNC, Lock, (rtl_uintptr_t)&lock_word, INFINITE_TIMEOUT);
}
static void unlock(void)
{
    (void)KOS_CORE(SYNC, Unlock, (rtl_uintptr_t)&lock_word);
}
static void lock_low(void *unused)
{
    (void)unused;
    lock();
    stay();
    unlock();
}
static void lock_high(void *unused)
{
    (void)unused;
    lock();
    has_got();
    unlock();
}

/* ---- a word, of which the kernel does not know who will change it ---- */

static void word_low(void *unused)
{
    (void)unused;
    stay();
    word = 1;
    (void)KOS_CORE(SYNC, Wake, (rtl_uintptr_t)&word, 1);
}
static void word_high(void *unused)
{
    (void)unused;
    (void)KOS_CORE(SYNC, Wait, (rtl_uintptr_t)&word, 0, INFINITE_TIMEOUT);
    has_got();
}

/* ---- a server; the request says what it does ---- */

enum { ANSWER, STAY, LOCK };

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};

static void serve(void *unused)
{
    (void)unused;
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    while (Recv(listener, &header) == rcOk) {
        if (message.word == STAY)
            stay();
        if (message.word == LOCK) {
            lock();
            unlock();
        }
        *(nk_uint64_t *)&message = WORK_INFO;
        (void)Reply(listener, &header);
    }
}
static void call(nk_uint64_t what)
{
    struct message message = {.word = what};
    *(nk_uint64_t *)&message = WORK_INFO;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    (void)Call(client_handle, &header, &header);
}
static void call_low(void *unused)
{
    (void)unused;
    call(STAY);
}
static void call_high(void *unused)
{
    (void)unused;
    call(ANSWER);
    has_got();
}
static void call_lock_high(void *unused)
{
    (void)unused;
    call(LOCK);
    has_got();
}

static const struct kind {
    const char *name;
    void (*low)(void *);
    void (*high)(void *);
    unsigned waits; /* state of the high one */
    int served;     /* the section is the server's */
    int inherits;
} kinds[] = {
    {"lock", lock_low, lock_high, KOS_THREAD_STATE_FUTEX, 0, 1},
    {"word", word_low, word_high, KOS_THREAD_STATE_FUTEX, 0, 0},
    {"call", call_low, call_high, KOS_THREAD_STATE_CALLING, 1, 1},
    {"call_lock", lock_low, call_lock_high, KOS_THREAD_STATE_REPLY_WAIT, 0, 1},
};

static void expect_of(const struct kind *kind, const char *what, long long value, long long expected)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "inversion/%s/%s", kind->name, what);
    expect(name, value, expected);
}

static void times(const struct kind *kind, unsigned long long alone)
{
    unsigned long long waited = ended - began;
    printf("inversion/%s: the section takes %llu ns, the wait for it %llu ns\n", kind->name, alone, waited);
    if (kind->inherits)
        expect_of(kind, "bounded", waited >= alone && waited <= alone + ALLOWED, 1);
    else
        expect_of(kind, "not_bounded", waited > 2 * alone, 1);
}

static void inversion(const struct kind *kind, const struct places *places, unsigned long long alone)
{
    unsigned where = kind->served ? places->server : places->low;
    inside = go = got = hogged = word = 0;
    hogged_before = HOG + 1;
    Handle server = start(FIFO(1), places->server, serve, RTL_NULL);
    (void)reaches_state(server, KOS_THREAD_STATE_RECEIVING);
    Handle low = start(LOW, places->low, kind->low, RTL_NULL);
    expect_of(kind, "inside", reached(&inside, 1), 1);
    Handle high = start(HIGH, places->high, kind->high, RTL_NULL);
    expect_of(kind, "waits", reaches_state(high, kind->waits), 1);
    if (kind->inherits)
        expect_of(kind, "inherits", reaches_level(kind->served ? server : low, LEVEL(20)), 1);
    Handle medium = start(MEDIUM, where, hog, RTL_NULL);
    for (unsigned i = 0; i < PATIENCE_MS && !kind->inherits && hogged == 0; i++)
        (void)KnSleep(1);
    (void)KnSleep(2);
    expect_of(kind, "before", hogged != 0, !kind->inherits);
    began = kos_time_ns();
    go = 1;
    (void)KnSleep(20);
    expect_of(kind, "got", reached(&got, 1), 1);
    expect_of(kind, "run_before", hogged_before, kind->inherits ? 0 : HOG);
    expect_of(kind, "given_back", reaches_level(server, LEVEL(1)), 1);
    expect_of(kind, "hog", reached(&hogged, HOG), 1);
    if (exact)
        times(kind, alone);
    finish(high), finish(medium), finish(low), finish(server);
}

void inversion_tests(unsigned cpus)
{
    static const struct places places[] = {{0, 0, 0}, {1, 1, 0}, {0, 1, 1}, {1, 0, 1}, {1, 2, 3}, {3, 1, 2}};
    unsigned count = cpus == 1 ? 1 : cpus < 4 ? 4 : 6;
    char value[4];
    exact = KnHalGetEnv("scheduling.exact", value, sizeof(value)) == rcOk;
    expect("inversion/connect", KnHandleConnect(INVALID_HANDLE, &listener, &server_handle, &client_handle), rcOk);
    unsigned long long before = kos_time_ns();
    section();
    unsigned long long alone = kos_time_ns() - before;
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++)
            inversion(&kinds[j], &places[i], alone);
    (void)KnHandleClose(listener), (void)KnHandleClose(server_handle), (void)KnHandleClose(client_handle);
}
