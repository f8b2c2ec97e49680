/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who pays for whom: a client with a reservation, the server that works for it, and that server's own server. Whatever
 * happens in the middle of it, the client is throttled afterwards as before, and the others do not use up its time.
 */
#include <tests/scheduling/scheduling.h>
#include <tests/patience.h>

#define MS    1000000ULL
#define STINT (60 * MS) /* six periods */
#define LONG  (50 * STINT)

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};
struct channel {
    Handle listener, server, client;
    const struct channel *next; /* where its server calls before it answers; null: it stays until told */
};

static struct channel first, second;
static volatile unsigned stays, spins, may_go, answered, works, enough, ends, worked;
static volatile long long client_rc;

static Retcode reserve(Handle thread, nk_uint64_t budget, nk_uint64_t flags)
{
    return KOS_CORE(THREAD, SetReservation, thread, budget, 10 * MS, 10 * MS, flags).rc;
}

static unsigned overruns(Handle thread)
{
    return (unsigned)KOS_CORE(THREAD, GetReservation, thread).w[4];
}

static Retcode call(Handle handle)
{
    struct message message = {.word = 0};
    *(nk_uint64_t *)&message = WORK_INFO;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    return Call(handle, &header, &header);
}

static void stay(void)
{
    stays = 1;
    while (!may_go)
        if (!spins)
            (void)KnSleep(1);
}

static void serve(void *argument)
{
    const struct channel *channel = argument;
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    while (Recv(channel->listener, &header) == rcOk) {
        if (channel->next != RTL_NULL)
            (void)call(channel->next->client);
        else
            stay();
        *(nk_uint64_t *)&message = WORK_INFO;
        (void)Reply(channel->listener, &header);
        answered = answered + 1;
    }
}

static void work(nk_uint64_t ns)
{
    for (nk_uint64_t begin = kos_time_ns(); kos_time_ns() - begin < ns && !enough;)
        ;
}

/* Calls, and then works for a while when it is told to (2), without a pause; or before, too (3). */
static void client(void *unused)
{
    (void)unused;
    while (!works)
        (void)KnSleep(1);
    if (works == 3)
        work(STINT + 5 * MS);
    client_rc = call(first.client);
    while (works != 2)
        (void)KnSleep(1);
    work(LONG);
    worked = 1;
    while (!ends)
        (void)KnSleep(1);
}

struct scene {
    const char *name;
    Handle client, outer, inner; /* inner: INVALID_HANDLE if nobody serves outer */
};

static void check(const struct scene *scene, const char *what, long long got, long long expected)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "charge/%s/%s", scene->name, what);
    expect(name, got, expected);
}

static void open(struct channel *channel)
{
    expect("charge/connect", KnHandleConnect(INVALID_HANDLE, &channel->listener, &channel->server, &channel->client),
           rcOk);
}
static void close(struct channel *channel)
{
    (void)KnHandleClose(channel->listener), (void)KnHandleClose(channel->server), (void)KnHandleClose(channel->client);
}

/* The client, with a reservation if it has a budget, is in its call. inner_cpu: ~0U: nobody serves outer. */
static struct scene begin(const char *name, nk_uint64_t budget, unsigned inner_cpu)
{
    struct scene scene = {.name = name, .inner = INVALID_HANDLE};
    stays = spins = may_go = answered = works = enough = ends = worked = 0;
    client_rc = 77;
    open(&first), open(&second);
    first.next = inner_cpu != ~0U ? &second : RTL_NULL;
    scene.outer = start(STANDARD(5), 0, serve, &first);
    (void)reaches_state(scene.outer, KOS_THREAD_STATE_RECEIVING);
    if (inner_cpu != ~0U) {
        scene.inner = start(STANDARD(5), inner_cpu, serve, &second);
        (void)reaches_state(scene.inner, KOS_THREAD_STATE_RECEIVING);
    }
    scene.client = start(STANDARD(5), 0, client, RTL_NULL);
    if (budget != 0)
        check(&scene, "reserve", reserve(scene.client, budget, KOS_RESERVATION_THROTTLE), rcOk);
    return scene;
}

static void enter(const struct scene *scene)
{
    works = 1;
    check(scene, "calls", reached(&stays, 1), 1);
}

static void leave(const struct scene *scene, Retcode rc)
{
    may_go = 1;
    for (unsigned i = 0; i < PATIENCE_MS && client_rc == 77; i++)
        (void)KnSleep(1);
    check(scene, "rc", client_rc, rc);
}

/* Three times more, before LONG is over: how much of the machine's time the emulator has does not matter. */
static int overruns_more(Handle thread)
{
    unsigned before = overruns(thread), more = 0;
    for (unsigned i = 0; i < PATIENCE_MS && !worked && more < 3; i++) {
        (void)KnSleep(1);
        more = overruns(thread) - before;
    }
    return more >= 3;
}

/* The client works on and on: with a budget of two tenths it is throttled in each period. */
static void expect_throttled(const struct scene *scene)
{
    works = 2;
    check(scene, "throttled", overruns_more(scene->client), 1);
    enough = 1;
    check(scene, "works", reached(&worked, 1), 1);
}

static void end(const struct scene *scene)
{
    ends = may_go = 1;
    if (scene->client != INVALID_HANDLE)
        finish(scene->client);
    finish(scene->outer);
    if (scene->inner != INVALID_HANDLE)
        finish(scene->inner);
    close(&first), close(&second);
}

/* The server's reservation is the server's: its client, whose priority is set meanwhile, does not go on with it. */
static void client_is_looked_at(void)
{
    struct scene scene = begin("looked_at", 0, ~0U);
    check(&scene, "server", reserve(scene.outer, 2 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    enter(&scene);
    check(&scene, "priority", KOS_CORE(THREAD, SetPriority, scene.client, STANDARD(6)).rc, rcOk);
    leave(&scene, rcOk);
    works = 2;
    (void)KnSleepUntilNs(kos_time_ns() + STINT);
    enough = 1;
    check(&scene, "works", reached(&worked, 1), 1);
    check(&scene, "not_by_server", overruns(scene.outer), 0);
    end(&scene);
}

/* A server loses its reservation, or gets one, in the middle of a call. */
static void server_changes(const char *name, nk_uint64_t before, nk_uint64_t after)
{
    struct scene scene = begin(name, 2 * MS, ~0U);
    check(&scene, "before", reserve(scene.outer, before, KOS_RESERVATION_THROTTLE), rcOk);
    enter(&scene);
    check(&scene, "after", reserve(scene.outer, after, KOS_RESERVATION_THROTTLE), rcOk);
    leave(&scene, rcOk);
    expect_throttled(&scene);
    end(&scene);
}

/* The same for the client itself, whose request others work on. */
static void client_changes(unsigned inner_cpu)
{
    struct scene scene = begin(inner_cpu == 0 ? "client_changes" : "client_changes_across", 0, inner_cpu);
    enter(&scene);
    check(&scene, "gets", reserve(scene.client, 3 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    check(&scene, "loses", reserve(scene.client, 0, 0), rcOk);
    Retcode rc = reserve(scene.client, 2 * MS, KOS_RESERVATION_THROTTLE);
    check(&scene, "gets_again", rc == rcOk || (inner_cpu != 0 && rc == rcInvalidThreadState), 1);
    leave(&scene, rcOk);
    if (rc != rcOk)
        check(&scene, "gets_at_last", reserve(scene.client, 2 * MS, KOS_RESERVATION_THROTTLE), rcOk);
    expect_throttled(&scene);
    end(&scene);
}

/* A stint without an overrun. If it paid, each had six; an emulator that stands still while the client looks at the
 * clock adds one to some. */
static int goes_unpaid(Handle client)
{
    unsigned more = 1;
    for (unsigned i = 0; i < 8 && more != 0; i++) {
        unsigned before = overruns(client);
        (void)KnSleepUntilNs(kos_time_ns() + STINT);
        more = overruns(client) - before;
    }
    return more == 0;
}

/* The channel closes under the client; the server of its server works on, at nobody's cost. */
static void client_goes_on(unsigned inner_cpu)
{
    struct scene scene = begin(inner_cpu == 0 ? "goes_on" : "goes_on_across", 2 * MS, inner_cpu);
    enter(&scene);
    check(&scene, "revoke", KnHandleRevoke(first.client), rcOk);
    for (unsigned i = 0; i < PATIENCE_MS && client_rc == 77; i++)
        (void)KnSleep(1);
    spins = 1;
    if (inner_cpu == 0)
        check(&scene, "not_for_others", goes_unpaid(scene.client), 1);
    else
        (void)KnSleepUntilNs(kos_time_ns() + STINT);
    expect_throttled(&scene);
    leave(&scene, rcHandleRevoked);
    check(&scene, "answered", reached(&answered, 2), 1);
    end(&scene);
}

static void nothing(void *unused)
{
    (void)unused;
}

/* The client ends; in debug kernels its memory is looked at when the next threads are made. */
static void client_ends(unsigned inner_cpu)
{
    struct scene scene = begin(inner_cpu == 0 ? "ends" : "ends_across", 2 * MS, inner_cpu);
    enter(&scene);
    finish(scene.client);
    scene.client = INVALID_HANDLE;
    spins = 1;
    for (unsigned i = 0; i < 12; i++) {
        (void)KnSleepUntilNs(kos_time_ns() + STINT / 12);
        finish(start(STANDARD(5), 0, nothing, RTL_NULL));
    }
    may_go = 1;
    check(&scene, "answered", reached(&answered, 2), 1);
    for (unsigned i = 0; i < 4; i++)
        finish(start(STANDARD(5), 0, nothing, RTL_NULL));
    end(&scene);
}

/* A server that only reports its overruns has one while it serves: later ones are seen as well. */
static void overrun_in_service(void)
{
    struct scene scene = begin("in_service", 0, ~0U);
    check(&scene, "server", reserve(scene.outer, 2 * MS, KOS_RESERVATION_REPORT), rcOk);
    spins = 1;
    enter(&scene);
    check(&scene, "reported", overruns_more(scene.outer), 1);
    leave(&scene, rcOk);
    end(&scene);
}

/* A client that only reports its overruns has one, and is in a call when its next period begins. */
static void overrun_before_a_call(void)
{
    struct scene scene = begin("before_a_call", 0, ~0U);
    check(&scene, "reserve", reserve(scene.client, 2 * MS, KOS_RESERVATION_REPORT), rcOk);
    works = 3;
    check(&scene, "calls", reached(&stays, 1), 1);
    (void)KnSleep(20);
    leave(&scene, rcOk);
    expect_throttled(&scene);
    end(&scene);
}

void charge_tests(unsigned cpus)
{
    client_is_looked_at();
    server_changes("server_loses", 2 * MS, 0);
    server_changes("server_gets", 0, 2 * MS);
    overrun_in_service();
    overrun_before_a_call();
    for (unsigned cpu = 0; cpu < cpus && cpu < 2; cpu++) {
        client_changes(cpu);
        client_goes_on(cpu);
        client_ends(cpu);
    }
}
