/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of threads, locks, memory and processes. */
#include <benchmarks/peers/futex.h>
#include <benchmarks/peers/peer.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define FIFO_LEVEL 50

static unsigned rounds;
static uint32_t stop, turn;

static void null_call(void)
{
    MEASURE("ipc/null_call", rounds, (void)syscall(SYS_getppid));
}

static pthread_t thread_start(void *(*routine)(void *))
{
    pthread_t thread;
    check(-pthread_create(&thread, NULL, routine, NULL), "thread");
    return thread;
}

static void thread_end(pthread_t thread)
{
    check(-pthread_join(thread, NULL), "join");
}

static void *yielder(void *context)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        (void)sched_yield();
    return context;
}

/* As FIFO, where a yield always goes to the next of that level. */
static void yield_pair(void)
{
    be_fifo(FIFO_LEVEL);
    pthread_t thread = thread_start(yielder); /* of the same class and level */
    MEASURE("thread/yield_pair", rounds, (void)sched_yield());
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    thread_end(thread);
    be_fifo(0);
}

static void *futex_partner(void *context)
{
    for (;;) {
        uint32_t value;
        while ((value = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) == 0)
            (void)futex_wait(&turn, 0, FUTEX_PRIVATE_FLAG);
        if (value == 2)
            return context;
        __atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
        (void)futex_wake(&turn, FUTEX_PRIVATE_FLAG);
    }
}

static void futex_round(void)
{
    __atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
    (void)futex_wake(&turn, FUTEX_PRIVATE_FLAG);
    while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) == 1)
        (void)futex_wait(&turn, 1, FUTEX_PRIVATE_FLAG);
}

static void futex_pair(void)
{
    pthread_t thread = thread_start(futex_partner);
    MEASURE("sync/futex_handover", rounds, futex_round());
    __atomic_store_n(&turn, 2, __ATOMIC_RELEASE);
    (void)futex_wake(&turn, FUTEX_PRIVATE_FLAG);
    thread_end(thread);
}

static void uncontended(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t inheriting;
    pthread_mutexattr_t attributes;
    check(-pthread_mutexattr_init(&attributes), "attributes");
    check(-pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), "attributes");
    check(-pthread_mutex_init(&inheriting, &attributes), "mutex");
    MEASURE("sync/mutex_uncontended", rounds, (void)pthread_mutex_lock(&mutex); (void)pthread_mutex_unlock(&mutex));
    MEASURE("sync/pi_mutex_uncontended", rounds, (void)pthread_mutex_lock(&inheriting);
            (void)pthread_mutex_unlock(&inheriting));
}

static void page_fault(void)
{
    enum { PAGES = 2000 };
    char *pages = mmap(NULL, (PAGES + 1) * 4096UL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(pages == MAP_FAILED ? -1 : 0, "pages");
    (void)madvise(pages, (PAGES + 1) * 4096UL, MADV_NOHUGEPAGE); /* PREEMPT_RT has no others */
    volatile char *at = pages;
    for (unsigned i = 0; i < PAGES; i++) {
        at += 4096;
        uint64_t before = counter();
        *at = 1;
        samples[i] = (uint32_t)(counter() - before - overhead);
    }
    report("memory/page_fault", PAGES);
    check(munmap(pages, (PAGES + 1) * 4096UL), "unmap");
}

static void *empty(void *context)
{
    return context;
}

static void start_exit_once(void)
{
    pid_t child = vfork();
    if (child == 0) {
        (void)execl("/child", "child", (char *)NULL);
        _exit(1);
    }
    int status;
    check(child, "vfork");
    check(waitpid(child, &status, 0), "wait");
    check(status == 0 ? 0 : -1, "child");
}

void operations(void)
{
    rounds = option("peer.rounds", SAMPLES_MAX);
    null_call();
    yield_pair();
    futex_pair();
    uncontended();
    page_fault();
    MEASURE("thread/create_join", 1000, thread_end(thread_start(empty)));
    MEASURE("task/start_exit", 200, start_exit_once());
}
