/* SPDX-License-Identifier: Apache-2.0 */
/* Jumps, environment, signals to itself, memory, clocks, options, constructors. */
#define _GNU_SOURCE
#include "check.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int constructed;
__attribute__((constructor)) static void construct(void)
{
    constructed = getenv("COLOUR") != NULL;
}

static jmp_buf target;
static sigjmp_buf signal_target;

__attribute__((noinline)) static void jump(int depth)
{
    if (depth == 0)
        longjmp(target, 42);
    jump(depth - 1);
}

static volatile sig_atomic_t seen;
static void on_signal(int number)
{
    seen = number;
}
static void on_abort(int number)
{
    seen = number;
    siglongjmp(signal_target, 7);
}

static void jumps(void)
{
    volatile double kept = 1.5;
    int came = setjmp(target);
    if (came == 0) {
        kept += 1.0;
        jump(10);
    }
    CHECK(came == 42 && kept == 2.5);
    CHECK(signal(SIGUSR1, on_signal) == SIG_DFL && raise(SIGUSR1) == 0 && seen == SIGUSR1);
    struct sigaction action = {.sa_handler = SIG_IGN};
    CHECK(sigaction(SIGTERM, &action, NULL) == 0 && kill(getpid(), SIGTERM) == 0);
    sigset_t set;
    CHECK(sigemptyset(&set) == 0 && sigaddset(&set, SIGINT) == 0 && sigismember(&set, SIGINT) == 1 &&
          sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    signal(SIGABRT, on_abort);
    if (sigsetjmp(signal_target, 1) == 0)
        abort();
    CHECK(seen == SIGABRT);
}

static void surroundings(int argc, char *argv[])
{
    CHECK(constructed && argc == 2 + (strcmp(argv[0], "first") != 0));
    CHECK(strcmp(argv[argc - 1], "second") == 0 && strcmp(getenv("COLOUR"), "green") == 0 && getenv("COLOR") == NULL);
    CHECK(setenv("SIZE", "7", 1) == 0 && strcmp(getenv("SIZE"), "7") == 0 && unsetenv("SIZE") == 0 &&
          getenv("SIZE") == NULL);
    struct utsname name;
    CHECK(uname(&name) == 0 && strcmp(name.sysname, "KOS") == 0 && sysconf(_SC_PAGESIZE) == 4096 &&
          sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    char *words[] = {"program", "-v", "--name=x", "-n", "5", "rest", NULL};
    static const struct option options[] = {{"name", required_argument, NULL, 'N'}, {NULL, 0, NULL, 0}};
    int verbose = 0, number = 0, option, named = 0;
    while ((option = getopt_long(6, words, "vn:", options, NULL)) != -1) {
        verbose |= option == 'v';
        named |= option == 'N' && strcmp(optarg, "x") == 0;
        number = option == 'n' ? atoi(optarg) : number;
    }
    CHECK(verbose && named && number == 5 && optind == 5);
    errno = 0;
    CHECK(wait(NULL) == -1 && errno == ENOSYS);
}

static void memory(void)
{
    volatile size_t most = SIZE_MAX / 2;
    void *aligned = NULL;
    CHECK(posix_memalign(&aligned, 256, 100) == 0 && (uintptr_t)aligned % 256 == 0);
    free(aligned);
    char *text = calloc(10, 10);
    CHECK(text != NULL && text[99] == 0 && (text = reallocarray(text, 20, 10)) != NULL);
    void *volatile none[] = {malloc(most), calloc(most, 4),
                             reallocarray(NULL, most, 4)}; /* or the compiler leaves them out */
    CHECK(none[0] == NULL && none[1] == NULL && none[2] == NULL);
    free(text);
    unsigned *pages = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED && pages[2000] == 0 && (pages[2000] = 5) == 5 && munmap(pages, 10000) == 0);
    CHECK(mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
          errno == ENOTSUP);
    unsigned char random[2][16];
    CHECK(getentropy(random[0], 16) == 0 && getrandom(random[1], 16, 0) == 16 && memcmp(random[0], random[1], 16) != 0);
    srand(1);
    int first = rand();
    srand(1);
    CHECK(rand() == first && drand48() < 1.0);
}

static void clocks(void)
{
    struct timespec before, after, pause = {.tv_sec = 0, .tv_nsec = 20000000};
    struct timeval now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0 && nanosleep(&pause, NULL) == 0 &&
          clock_gettime(CLOCK_MONOTONIC, &after) == 0);
    long long waited = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    CHECK(waited >= 20000000 && waited < 10000000000LL);
    after.tv_nsec += 5000000;
    after.tv_sec += after.tv_nsec / 1000000000;
    after.tv_nsec %= 1000000000;
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &after, NULL) == 0 &&
          clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    CHECK(before.tv_sec > after.tv_sec || (before.tv_sec == after.tv_sec && before.tv_nsec >= after.tv_nsec));
    CHECK(gettimeofday(&now, NULL) == 0 && usleep(1000) == 0 && sleep(0) == 0);
    pause.tv_nsec = 1000000000;
    CHECK(nanosleep(&pause, NULL) == -1 && errno == EINVAL && clock_gettime(77, &before) == -1 && errno == EINVAL);
}

int main(int argc, char *argv[])
{
    jumps();
    surroundings(argc, argv);
    memory();
    clocks();
    assert(checks > 20);
    return done("process");
}
