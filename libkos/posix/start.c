/* SPDX-License-Identifier: Apache-2.0 */
/* First code of a process with the whole C library (src/start.c is that of the others): constructors before main,
 * what atexit asked for and what stdio has kept back after it. */
#include "../src/first_code.h"
#include "posix.h"
#include <stdlib.h>
#include <unistd.h>

static char *no_environment[1];

static char *last_part(char *path)
{
    char *last = path;
    for (; *path != '\0'; path++)
        if (*path == '/')
            last = path + 1;
    return last;
}

static void run(const struct kos_startup *startup)
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
    const char **arguments = (const char **)(rtl_uintptr_t)argv,
               **environment = (const char **)(rtl_uintptr_t)musl_environment;
    construct(argc, arguments, environment);
    int code = main(argc, arguments, environment);
    posix_locals_end();
    exit(code);
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
