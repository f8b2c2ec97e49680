/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Call to a server in another address space is on Linux: a request and its answer between two processes on one
 * CPU, by each of the system's mechanisms, in the usual class and as FIFO. A futex carries nothing, an eventfd 8 bytes.
 */
#include <benchmarks/peers/futex.h>
#include <benchmarks/peers/peer.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGEST    4096U
#define FIFO_LEVEL 50

static unsigned rounds;
static char buffer[LARGEST];

struct channel {
    int client_out, client_in, server_in, server_out;
    uint32_t *word; /* the futex: 1 while the server has the turn */
};

typedef void transfer(const struct channel *channel, size_t in, size_t out);

/* Whatever moves fewer bytes than it should shows here, once per round. */
static void must(bool done)
{
    if (!done)
        check(-1, "round trip");
}

static void descriptor_client(const struct channel *channel, size_t in, size_t out)
{
    must(write(channel->client_out, buffer, in) == (ssize_t)in &&
         read(channel->client_in, buffer, out) == (ssize_t)out);
}

static void descriptor_server(const struct channel *channel, size_t in, size_t out)
{
    must(read(channel->server_in, buffer, in) == (ssize_t)in &&
         write(channel->server_out, buffer, out) == (ssize_t)out);
}

static void queue_client(const struct channel *channel, size_t in, size_t out)
{
    must(mq_send(channel->client_out, buffer, in, 0) == 0 &&
         mq_receive(channel->client_in, buffer, LARGEST, NULL) == (ssize_t)out);
}

static void queue_server(const struct channel *channel, size_t in, size_t out)
{
    must(mq_receive(channel->server_in, buffer, LARGEST, NULL) == (ssize_t)in &&
         mq_send(channel->server_out, buffer, out, 0) == 0);
}

static void futex_client(const struct channel *channel, size_t in, size_t out)
{
    (void)in, (void)out;
    __atomic_store_n(channel->word, 1, __ATOMIC_RELEASE);
    (void)futex_wake(channel->word, 0);
    while (__atomic_load_n(channel->word, __ATOMIC_ACQUIRE) == 1)
        (void)futex_wait(channel->word, 1, 0);
}

static void futex_server(const struct channel *channel, size_t in, size_t out)
{
    (void)in, (void)out;
    while (__atomic_load_n(channel->word, __ATOMIC_ACQUIRE) == 0)
        (void)futex_wait(channel->word, 0, 0);
    __atomic_store_n(channel->word, 0, __ATOMIC_RELEASE);
    (void)futex_wake(channel->word, 0);
}

static void pipe_open(struct channel *channel)
{
    int there[2], back[2];
    check(pipe(there), "pipe");
    check(pipe(back), "pipe");
    *channel = (struct channel){there[1], back[0], there[0], back[1], NULL};
}

static void unix_open(struct channel *channel)
{
    int ends[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "socket");
    *channel = (struct channel){ends[0], ends[0], ends[1], ends[1], NULL};
}

static void eventfd_open(struct channel *channel)
{
    int there = eventfd(0, 0), back = eventfd(0, 0);
    check(there, "eventfd");
    check(back, "eventfd");
    *channel = (struct channel){there, back, there, back, NULL};
    memset(buffer, 0, sizeof(uint64_t));
    buffer[0] = 1;
}

static int queue(const char *name)
{
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = LARGEST};
    mqd_t made = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
    check(made, "queue");
    check(mq_unlink(name), "queue");
    return made;
}

static void queue_open(struct channel *channel)
{
    int there = queue("/there"), back = queue("/back");
    *channel = (struct channel){there, back, there, back, NULL};
}

static void futex_open(struct channel *channel)
{
    void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED);
    *channel = (struct channel){-1, -1, -1, -1, shared};
}

static void channel_close(const struct channel *channel)
{
    const int ends[] = {channel->client_out, channel->client_in, channel->server_in, channel->server_out};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends[i] >= 0)
            (void)close(ends[i]); /* some are one */
    if (channel->word != NULL)
        check(munmap(channel->word, 4096), "shared page");
}

static const struct mechanism {
    const char *name;
    void (*open)(struct channel *);
    transfer *client, *server;
    size_t least, most; /* bytes that it can carry */
} mechanisms[] = {
    {"futex", futex_open, futex_client, futex_server, 0, 0},
    {"eventfd", eventfd_open, descriptor_client, descriptor_server, 8, 8},
    {"pipe", pipe_open, descriptor_client, descriptor_server, 1, LARGEST},
    {"unix", unix_open, descriptor_client, descriptor_server, 1, LARGEST},
    {"mq", queue_open, queue_client, queue_server, 1, LARGEST},
};

static void round_trip(const struct mechanism *mechanism, const char *row, size_t in, size_t out, bool fifo)
{
    struct channel channel;
    char name[96];
    transfer *client = mechanism->client;
    mechanism->open(&channel);
    be_fifo(fifo ? FIFO_LEVEL : 0);
    pid_t server = fork();
    check(server, "fork");
    if (server == 0)
        for (;;)
            mechanism->server(&channel, in, out);
    (void)snprintf(name, sizeof(name), "%s/%s%s", row, mechanism->name, fifo ? "_fifo" : "");
    MEASURE(name, rounds, client(&channel, in, out));
    be_fifo(0);
    check(kill(server, SIGKILL), "kill");
    check(waitpid(server, NULL, 0), "wait");
    channel_close(&channel);
}

void round_trips(void)
{
    static const struct {
        const char *row;
        size_t in, out;
    } rows[] = {
        {"ipc/round_trip/cross_space/0B", 0, 0},          {"ipc/round_trip/cross_space/8B", 8, 8},
        {"ipc/round_trip/cross_space/64B", 64, 64},       {"ipc/round_trip/cross_space/256B", 256, 256},
        {"ipc/round_trip/cross_space/1024B", 1024, 1024}, {"ipc/arena_in/4KiB", 4096, 8},
    };
    rounds = option("peer.rounds", SAMPLES_MAX);
    memset(buffer, 0, sizeof(buffer));
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
            const struct mechanism *mechanism = &mechanisms[i];
            if (rows[row].in < mechanism->least || rows[row].in > mechanism->most)
                continue;
            round_trip(mechanism, rows[row].row, rows[row].in, rows[row].out, false);
            round_trip(mechanism, rows[row].row, rows[row].in, rows[row].out, true);
        }
}
