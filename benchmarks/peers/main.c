/* SPDX-License-Identifier: Apache-2.0 */
/* Init: runs what peer=ipc,rt,scale on the kernel's command line says, and switches the machine off. */
#include <benchmarks/peers/peer.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

uint32_t samples[SAMPLES_MAX];
uint64_t overhead, started;

static char command_line[1024];

static _Noreturn void switch_off(void)
{
    (void)fflush(stdout);
    (void)reboot(RB_AUTOBOOT); /* QEMU ends instead */
    for (;;)
        (void)pause();
}

void check(long result, const char *what)
{
    if (result >= 0)
        return;
    printf("BENCH error %s %ld %s\n", what, result, strerror(result == -1 ? errno : (int)-result));
    switch_off();
}

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

void report_with(const char *name, unsigned rounds, unsigned overruns)
{
    uint64_t sum = 0;
    qsort(samples, rounds, sizeof(samples[0]), compare);
    for (unsigned i = 0; i < rounds; i++)
        sum += samples[i];
    printf("BENCH %s rounds=%u min=%u p50=%u p99=%u max=%u avg=%llu overruns=%u\n", name, rounds, samples[0],
           samples[rounds / 2], samples[(size_t)rounds * 99 / 100], samples[rounds - 1],
           (unsigned long long)(sum / rounds), overruns);
    (void)fflush(stdout);
}

void report(const char *name, unsigned rounds)
{
    report_with(name, rounds, 0);
}

void stay_on(unsigned cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    check(sched_setaffinity(0, sizeof(set), &set), "affinity");
}

void be_fifo(int level)
{
    struct sched_param parameter = {.sched_priority = level};
    check(sched_setscheduler(0, level == 0 ? SCHED_OTHER : SCHED_FIFO, &parameter), "scheduler");
}

static const char *option_text(const char *name)
{
    size_t length = strlen(name);
    for (const char *at = command_line; (at = strstr(at, name)) != NULL; at += length)
        if ((at == command_line || at[-1] == ' ') && at[length] == '=')
            return at + length + 1;
    return NULL;
}

unsigned option(const char *name, unsigned most)
{
    const char *text = option_text(name);
    unsigned long value = text == NULL ? most : strtoul(text, NULL, 10);
    check(value == 0 || value > most ? -1 : 0, name);
    return (unsigned)value;
}

bool option_has(const char *name, const char *word)
{
    const char *at = option_text(name);
    size_t length = strlen(word);
    while (at != NULL && *at != '\0' && *at != ' ' && *at != '\n') {
        size_t here = strcspn(at, ", \n");
        if (here == length && memcmp(at, word, length) == 0)
            return true;
        at += here + (at[here] == ',');
    }
    return false;
}

static void write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    check(file, path);
    check(write(file, text, strlen(text)), path);
    check(close(file), path);
}

/* A machine that no host gives random numbers to would do without for ever, at thousands of instructions for each
 * system call whose stack is to begin somewhere else. The same seed every time. */
static void seed(void)
{
    enum { SIZE = 64 };
    static int pool[2 + SIZE / sizeof(int)] = {8 * SIZE, SIZE, 1}; /* struct rand_pool_info */
    check(mknod("/random", S_IFCHR | 0600, makedev(1, 8)), "random");
    int file = open("/random", O_WRONLY | O_CLOEXEC);
    check(file, "random");
    check(ioctl(file, RNDADDENTROPY, pool), "random");
    check(close(file), "random");
}

static void prepare(void)
{
    seed();
    check(mkdir("/proc", 0755), "/proc");
    check(mount("proc", "/proc", "proc", 0, NULL), "/proc");
    int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    check(file, "command line");
    check(read(file, command_line, sizeof(command_line) - 1), "command line");
    check(close(file), "command line");
    /* no share of the time that class FIFO must leave to others */
    write_file("/proc/sys/kernel/sched_rt_runtime_us", "-1");
    check(mlockall(MCL_CURRENT), "lock");
    memset(samples, 1, sizeof(samples));
    stay_on(0);
}

static void measure_overhead(void)
{
    MEASURE("overhead", SAMPLES_MAX, __asm__ volatile(""));
    overhead = samples[SAMPLES_MAX / 2];
}

int main(void)
{
    started = counter();
    prepare();
    measure_overhead();
    if (option_has("peer", "ipc")) {
        samples[0] = (uint32_t)(started > UINT32_MAX ? UINT32_MAX : started);
        report("boot/einit", 1);
        round_trips();
        operations();
    }
    if (option_has("peer", "rt"))
        real_time();
    if (option_has("peer", "scale"))
        scale();
    printf("BENCH done\n");
    switch_off();
}
