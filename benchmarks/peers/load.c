/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of benchmarks/rt/load.c, with Linux' means: messages of three sizes to another process, page faults, changes
 * of mappings, and processes and threads that begin and end. Four threads of the usual class at its lowest level.
 */
#include <benchmarks/peers/peer.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE       4096U
#define ARENA_SIZE 65536U
#define NICE       19

static int ends[2];
static const size_t sizes[] = {64, 1024, ARENA_SIZE};

/* Which of the sizes the i-th message has. */
static size_t size_of(unsigned i)
{
    return sizes[i % 128 == 127 ? 2 : i % 8 == 7];
}

static void transfer(ssize_t (*by)(int, char *, size_t), int end, char *buffer, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t now = by(end, buffer + done, size - done);
        check(now, "storm");
        done += (size_t)now;
    }
}

static ssize_t put(int end, char *from, size_t size)
{
    return write(end, from, size);
}

static ssize_t get(int end, char *to, size_t size)
{
    return read(end, to, size);
}

static _Noreturn void server(void)
{
    static char buffer[ARENA_SIZE];
    for (unsigned i = 0;; i++) {
        transfer(get, ends[1], buffer, size_of(i));
        transfer(put, ends[1], buffer, sizes[0]);
    }
}

static void *storm(void *context)
{
    static char buffer[ARENA_SIZE];
    (void)context;
    for (unsigned i = 0;; i++) {
        transfer(put, ends[0], buffer, size_of(i));
        transfer(get, ends[0], buffer, sizes[0]);
    }
}

static char *pages_map(size_t size, int flags)
{
    char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    check(pages == MAP_FAILED ? -1 : 0, "map");
    return pages;
}

static void *fault(void *context)
{
    enum { SIZE = 1U << 20 };
    (void)context;
    for (;;) {
        char *pages = pages_map(SIZE, 0);
        for (unsigned at = 0; at < SIZE; at += PAGE)
            ((volatile char *)pages)[at] = 1;
        check(munmap(pages, SIZE), "unmap");
    }
}

static void *map(void *context)
{
    (void)context;
    for (unsigned i = 0;; i++) {
        size_t size = (size_t)PAGE << i % 9;
        char *pages = pages_map(size, i % 2 != 0 ? MAP_POPULATE : 0);
        *(volatile char *)pages = 1;
        check(mprotect(pages, size, PROT_READ), "protect");
        check(madvise(pages, PAGE, MADV_DONTNEED), "decommit");
        check(munmap(pages, size), "unmap");
    }
}

static void *empty(void *context)
{
    return context;
}

static void *churn(void *context)
{
    (void)context;
    for (;;) {
        pthread_t thread;
        pid_t child = vfork();
        if (child == 0) {
            (void)execl("/child", "child", (char *)NULL);
            _exit(1);
        }
        check(child, "child");
        check(waitpid(child, NULL, 0), "wait");
        check(-pthread_create(&thread, NULL, empty, NULL), "thread");
        check(-pthread_join(thread, NULL), "join");
    }
}

void load_start(void)
{
    static void *(*const kinds[])(void *) = {storm, fault, map};
    pthread_t thread;
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socket");
    pid_t process = fork();
    check(process, "server");
    if (process == 0) {
        check(setpriority(PRIO_PROCESS, 0, NICE), "nice");
        server();
    }
    process = fork();
    check(process, "load");
    if (process != 0)
        return;
    check(setpriority(PRIO_PROCESS, 0, NICE), "nice"); /* and of the threads to come */
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        check(-pthread_create(&thread, NULL, kinds[i], NULL), "thread");
    (void)churn(NULL);
}
