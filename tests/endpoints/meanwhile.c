/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that is resumed, terminated or looked at on one CPU, while another one does something with it that takes
 * some time. Whatever comes first: the kernel stays, and each gets a code that says what there was.
 */
#include <coresrv/stat/stat_api.h>
#include <kos/time.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

#define ROUNDS   120U
#define CHANNELS 24U

enum deed { RESUME, TERMINATE, LOOK };

static volatile rtl_uint32_t round_number, rounds_done, stop;
static Handle task;
static enum deed deed;
static nk_uint64_t delay;
static unsigned looks, bad_codes;

static void look(void)
{
    static const char *const names[] = {"services.c0.calls", "services.c23.calls"};
    rtl_uint64_t values[2];
    while (!stop) {
        Retcode rc = KnStatGetObjectValues(task, (const char **)(rtl_uintptr_t)names, 2, values);
        bad_codes += rc != rcOk && rc != rcResourceNotFound;
        looks++;
    }
}

/* On the other CPU. */
static void other(void *unused)
{
    (void)unused;
    for (rtl_uint32_t round = 1;; round++) {
        while (__atomic_load_n(&round_number, __ATOMIC_ACQUIRE) != round)
            kos_cpu_relax();
        for (nk_uint64_t begin = kos_time_ns(); kos_time_ns() - begin < delay;)
            kos_cpu_relax();
        if (deed == LOOK)
            look();
        else
            (void)(deed == RESUME ? KnTaskResume(task) : KnTaskTerminate(task, 5));
        __atomic_store_n(&rounds_done, round, __ATOMIC_RELEASE);
        if (round == ROUNDS * 3)
            return;
    }
}

static void begin(void)
{
    stop = 0;
    __atomic_store_n(&round_number, round_number + 1, __ATOMIC_RELEASE);
}

static void end(void)
{
    while (__atomic_load_n(&rounds_done, __ATOMIC_ACQUIRE) != round_number)
        kos_cpu_relax();
}

static Retcode set_environment(void)
{
    const char *const args[] = {"meanwhile", "42", "some", "more", "words", RTL_NULL};
    return KnTaskSetEnv(task, args, RTL_NULL);
}

static Retcode connect_some(void)
{
    Retcode rc = rcOk;
    for (char name[] = "x0"; rc == rcOk && name[1] <= '3'; name[1]++)
        rc = KnTaskConnect(task, task, name);
    return rc;
}

static void create(void)
{
    task = peer_create("meanwhile", "test.Peer", "Peer", "42");
}

/* False: it does not end. */
static bool finish(void)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    (void)KnTaskTerminate(task, 6);
    bool ended = KnTaskWait(task, PATIENCE_MS, &code, &reason) == rcOk;
    (void)KnHandleClose(task);
    return ended;
}

/* How long it takes when nobody is in its way, at best. */
static nk_uint64_t length_of(Retcode (*operation)(void))
{
    nk_uint64_t least = ~0ULL;
    for (unsigned i = 0; i < 3; i++) {
        create();
        nk_uint64_t from = kos_time_ns();
        (void)operation();
        nk_uint64_t length = kos_time_ns() - from;
        least = length < least ? length : least;
        (void)finish();
    }
    return least;
}

/* Each round at another moment of what this CPU does. */
static void against(const char *name, enum deed what, Retcode (*operation)(void))
{
    nk_uint64_t length = length_of(operation);
    unsigned wrong = 0, refused = 0;
    deed = what;
    for (unsigned i = 0; i < ROUNDS; i++) {
        create();
        delay = length * (i % 110) / 100;
        begin();
        Retcode rc = operation();
        end();
        wrong += rc != rcOk && rc != rcInvalidOperation && rc != rcOutOfMemory;
        refused += rc != rcOk;
        wrong += !finish();
    }
    printf("%s: %u of %u came too late\n", name, refused, ROUNDS);
    expect(name, "codes", wrong, 0);
}

static void looked_at(void)
{
    deed = LOOK;
    delay = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        create();
        for (unsigned channel = 0; channel < CHANNELS; channel++) {
            char name[8];
            (void)snprintf(name, sizeof(name), "c%u", channel);
            if (KnTaskConnect(task, task, name) != rcOk)
                expect("meanwhile/look", "connect", i, -1);
        }
        begin();
        rtl_int32_t code;
        rtl_uint32_t reason;
        (void)KnTaskTerminate(task, 6);
        if (KnTaskWait(task, PATIENCE_MS, &code, &reason) != rcOk)
            bad_codes++;
        stop = 1;
        end();
        (void)KnHandleClose(task);
    }
    printf("meanwhile/look: %u looks\n", looks);
    expect("meanwhile/look", "codes", bad_codes, 0);
}

void meanwhile_tests(unsigned cpus)
{
    if (cpus == 1)
        return;
    nk_uint64_t before = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[3];
    (void)KnThreadSetAffinityByHandle(INVALID_HANDLE, 1);
    Handle thread = thread_on(1, other, RTL_NULL, 0);
    against("meanwhile/set_environment", RESUME, set_environment);
    against("meanwhile/connect", TERMINATE, connect_some);
    looked_at();
    thread_join("meanwhile", thread, 0);
    (void)KnThreadSetAffinityByHandle(INVALID_HANDLE, before);
}
