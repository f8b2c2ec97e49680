/* SPDX-License-Identifier: Apache-2.0 */
/* What follows the first code of a process, its environment, its end. */
#include "first_code.h"
#include <stdlib.h>
#include <string.h>

static const char *const *environment;

static void run(const struct kos_startup *startup)
{
    kos_thread_init_first((Tid)startup->tid, (Handle)startup->first_thread);
    int argc = (int)startup->argc;
    const char **argv = (const char **)(rtl_uintptr_t)startup->argv,
               **envs = (const char **)(rtl_uintptr_t)startup->envp;
    environment = envs;
    construct(argc, argv, envs);
    exit(main(argc, argv, envs));
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
