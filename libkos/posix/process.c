/* SPDX-License-Identifier: Apache-2.0 */
/* What a process asks about itself and its machine; signals, which only it can send to itself. */
#include "thread.h"
#include <coresrv/hal/hal_api.h>
#include <coresrv/task/task_api.h>
#include <kos/random/random_api.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The kernel tells no process its number. */
pid_t getpid(void)
{
    return 1;
}
uid_t getuid(void)
{
    return 0;
}
uid_t geteuid(void)
{
    return 0;
}
gid_t getgid(void)
{
    return 0;
}
gid_t getegid(void)
{
    return 0;
}

pid_t getppid(void)
{
    return 0;
}
mode_t umask(mode_t mask)
{
    (void)mask;
    return 022;
}

int uname(struct utsname *to)
{
    *to = (struct utsname){.sysname = "KOS", .nodename = "kos-host", .release = "1.0", .version = "1.0"};
    memcpy(to->machine, KOS_MACHINE, sizeof(KOS_MACHINE));
    return 0;
}

static const struct {
    int name;
    long value;
} limits[] = {
    {_SC_PAGESIZE, 4096},
    {_SC_OPEN_MAX, 3},
    {_SC_NGROUPS_MAX, 0},
    {_SC_ARG_MAX, _POSIX_ARG_MAX},
    {_SC_VERSION, 200809L},
    {_SC_THREADS, 200809L},
    {_SC_THREAD_ATTR_STACKSIZE, 200809L},
    {_SC_THREAD_PRIORITY_SCHEDULING, 200809L},
    {_SC_THREAD_PRIO_INHERIT, 200809L},
    {_SC_THREAD_PRIO_PROTECT, -1},
    {_SC_THREAD_PROCESS_SHARED, -1},
    {_SC_THREAD_ROBUST_PRIO_INHERIT, -1},
    {_SC_THREAD_SAFE_FUNCTIONS, 200809L},
    {_SC_THREAD_STACK_MIN, PTHREAD_STACK_MIN},
    {_SC_THREAD_KEYS_MAX, PTHREAD_KEYS_MAX},
    {_SC_THREAD_DESTRUCTOR_ITERATIONS, PTHREAD_DESTRUCTOR_ITERATIONS},
    {_SC_THREAD_THREADS_MAX, -1},
    {_SC_BARRIERS, 200809L},
    {_SC_CLOCK_SELECTION, 200809L},
    {_SC_MONOTONIC_CLOCK, 200809L},
    {_SC_READER_WRITER_LOCKS, 200809L},
    {_SC_SEMAPHORES, 200809L},
    {_SC_SPIN_LOCKS, 200809L},
    {_SC_TIMEOUTS, 200809L},
    {_SC_TIMERS, -1},
    {_SC_REALTIME_SIGNALS, -1},
    {_SC_CLK_TCK, 100},
    {_SC_HOST_NAME_MAX, HOST_NAME_MAX},
    {_SC_LOGIN_NAME_MAX, 256},
    {_SC_IOV_MAX, 10},
};

long sysconf(int name)
{
    if (name == _SC_NPROCESSORS_CONF || name == _SC_NPROCESSORS_ONLN)
        return (long)KnHalGetCpuCount();
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (limits[i].name == name)
            return limits[i].value;
    return posix_failed(EINVAL);
}

ssize_t getrandom(void *to, size_t size, unsigned flags)
{
    (void)flags;
    return KosRandomGenerate(size, to) == rcOk ? (ssize_t)size : posix_failed(EIO);
}

int getentropy(void *to, size_t size)
{
    return size > 256 || KosRandomGenerate(size, to) != rcOk ? posix_failed(EIO) : 0;
}

/* ---- signals: raise(), and kill() of the process itself, call the handler at once; nothing else sends any ---- */

static struct sigaction actions[_NSIG];

static int signal_valid(int number)
{
    return number > 0 && number < _NSIG;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    if (!signal_valid(number))
        return posix_failed(EINVAL);
    if (before != NULL)
        *before = actions[number];
    if (action != NULL)
        actions[number] = *action;
    return 0;
}
int musl_sigaction(int number, const struct sigaction *action, struct sigaction *before) MUSL(__sigaction);
int musl_sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    return sigaction(number, action, before);
}

static int ignored_by_default(int number)
{
    return number == SIGCHLD || number == SIGURG || number == SIGWINCH || number == SIGCONT;
}

/* False: nobody handles it. */
static int handle(int number)
{
    void (*handler)(int) = actions[number].sa_handler;
    if (handler == SIG_IGN || (handler == SIG_DFL && ignored_by_default(number)))
        return 1;
    if (handler == SIG_DFL)
        return 0;
    if ((actions[number].sa_flags & (int)SA_RESETHAND) != 0)
        actions[number].sa_handler = SIG_DFL;
    if ((actions[number].sa_flags & SA_SIGINFO) != 0) {
        siginfo_t info = {.si_signo = number, .si_code = SI_USER};
        actions[number].sa_sigaction(number, &info, NULL);
    } else {
        handler(number);
    }
    return 1;
}

int raise(int number)
{
    if (!signal_valid(number))
        return posix_failed(EINVAL);
    if (number == SIGABRT)
        abort();
    if (!handle(number)) {
        KnTaskExit(128 + number);
        __builtin_trap();
    }
    return 0;
}

void posix_abort_signal(void)
{
    if (actions[SIGABRT].sa_handler != SIG_IGN)
        (void)handle(SIGABRT);
}

int kill(pid_t process, int number)
{
    if (process != getpid() && process != 0)
        return posix_failed(ESRCH);
    return number == 0 ? 0 : raise(number);
}

int pthread_kill(pthread_t thread, int number)
{
    if (number == 0)
        return 0;
    if (!signal_valid(number))
        return EINVAL;
    return thread == posix_self() ? raise(number) : ENOSYS;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    static _Thread_local sigset_t blocked;
    sigset_t was = blocked;
    if (set != NULL && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
        return EINVAL;
    for (size_t i = 0; set != NULL && i < sizeof(blocked.__bits) / sizeof(blocked.__bits[0]); i++)
        blocked.__bits[i] = how == SIG_BLOCK     ? was.__bits[i] | set->__bits[i]
                            : how == SIG_UNBLOCK ? was.__bits[i] & ~set->__bits[i]
                                                 : set->__bits[i];
    if (before != NULL)
        *before = was;
    return 0;
}

/* musl's sigsetjmp ends here: the mask means nothing. */
int musl_sigsetjmp_tail(void *environment, int result) MUSL(__sigsetjmp_tail);
int musl_sigsetjmp_tail(void *environment, int result)
{
    (void)environment;
    return result;
}
