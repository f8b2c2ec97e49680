/* SPDX-License-Identifier: Apache-2.0 */
/* First code of a process with the whole C library (src/start.c is that of the others): constructors before main,
 * what atexit asked for and what stdio has kept back after it. */
#include "../src/relocate.h"
#include "../src/thread.h"
#include "../src/tls.h"
#include "posix.h"
#include <kos/time.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, const char *argv[], const char *envs[]);

struct kos_clock kos_clock;
static char *no_environment[1];

/* The linker's: addresses of the constructors. */
typedef void constructor(int argc, char **argv, char **envs);
extern constructor *const constructors[] __asm__("__init_array_start") __attribute__((visibility("hidden")));
extern constructor *const constructors_end[] __asm__("__init_array_end") __attribute__((visibility("hidden")));

static char *last_part(char *path)
{
    char *last = path;
    for (; *path != '\0'; path++)
        if (*path == '/')
            last = path + 1;
    return last;
}

/* Not inlined: it may use thread-local variables. */
__attribute__((noinline, noreturn)) static void run(const struct kos_startup *startup)
{
    int argc = (int)startup->argc;
    char **argv = (char **)(rtl_uintptr_t)startup->argv, **envs = (char **)(rtl_uintptr_t)startup->envp;
    kos_thread_init_first((Tid)startup->tid, (Handle)startup->first_thread);
    musl_environment = envs != NULL ? envs : no_environment;
    if (argc > 0) {
        musl_program_path = argv[0];
        musl_program = last_part(argv[0]);
    }
    musl_init();
    for (constructor *const *at = constructors; at < constructors_end; at++)
        (*at)(argc, argv, musl_environment);
    int code = main(argc, (const char **)(rtl_uintptr_t)argv, (const char **)(rtl_uintptr_t)musl_environment);
    posix_locals_end();
    exit(code);
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

__attribute__((weak)) void posix_locals_end(void) {}

void _Exit(int code)
{
    KnTaskExit(code);
    __builtin_trap();
}

void abort(void)
{
    posix_abort_signal();
    KnTaskExit(-1);
    __builtin_trap();
}
