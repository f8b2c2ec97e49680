/* SPDX-License-Identifier: Apache-2.0 */
/* First code of a process: relocates itself (R_*_RELATIVE of a static PIE), lays out the first thread's variables on
 * its stack, then main. */
#include "relocate.h"
#include "thread.h"
#include "tls.h"
#include <coresrv/task/task_api.h>
#include <kos/time.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, const char *argv[], const char *envs[]);

struct kos_clock kos_clock;
static const char *const *environment;

/* What runs before main: C++'s objects, functions with __attribute__((constructor)). */
typedef void constructor(int argc, const char *argv[], const char *envs[]);
extern constructor *const constructors[] __asm__("__init_array_start") __attribute__((visibility("hidden")));
extern constructor *const constructors_end[] __asm__("__init_array_end") __attribute__((visibility("hidden")));

/* Not inlined: it may use thread-local variables. */
__attribute__((noinline, noreturn)) static void run(const struct kos_startup *startup)
{
    kos_thread_init_first((Tid)startup->tid, (Handle)startup->first_thread);
    int argc = (int)startup->argc;
    const char **argv = (const char **)(rtl_uintptr_t)startup->argv,
               **envs = (const char **)(rtl_uintptr_t)startup->envp;
    environment = envs;
    for (constructor *const *at = constructors; at != constructors_end; at++)
        (*at)(argc, argv, envs);
    exit(main(argc, argv, envs));
}

__attribute__((noreturn, used)) void kos_start(const struct kos_startup *startup);
void kos_start(const struct kos_startup *startup)
{
    relocate(startup);
    kos_clock = (struct kos_clock){startup->time_start, startup->time_scale};
    kos_tls_init();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Walloca" /* the size is the program's own, known when it was linked */
    kos_tls_install(__builtin_alloca(kos_tls_area_size()));
#pragma clang diagnostic pop
    run(startup);
}

char *getenv(const char *name)
{
    size_t length = strlen(name);
    for (const char *const *at = environment; at != NULL && *at != NULL; at++)
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
            return (char *)(rtl_uintptr_t)(*at + length + 1);
    return NULL;
}

void exit(int code)
{
    KnTaskExit(code);
    __builtin_trap();
}

void abort(void)
{
    KnTaskExit(-1);
    __builtin_trap();
}
