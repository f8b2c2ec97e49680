/* SPDX-License-Identifier: Apache-2.0 */
/* What musl's start code would have set up. */
#include "posix.h"

/* struct __libc: the only fields that members left in the archive read. */
struct musl_libc {
    char can_do_threads, threaded, secure;
    signed char need_locks;
    int threads_minus_1;
    void *auxiliary, *tls_head;
    size_t tls_size, tls_alignment, tls_count, page_size;
};
extern struct musl_libc musl_libc MUSL(__libc) __attribute__((visibility("hidden")));

/* The standard streams, as far as the program has them. */
extern struct musl_file in MUSL(__stdin_FILE) __attribute__((weak, visibility("hidden")));
extern struct musl_file out MUSL(__stdout_FILE) __attribute__((weak, visibility("hidden")));
extern struct musl_file errors MUSL(__stderr_FILE) __attribute__((weak, visibility("hidden")));

/* What a kernel would have told: its end. */
static rtl_uintptr_t nothing[2];

void musl_init(void)
{
    struct musl_file *const streams[] = {&in, &out, &errors};
    musl_libc.can_do_threads = musl_libc.threaded = 1; /* all streams are locked */
    musl_libc.need_locks = 1;
    musl_libc.page_size = 4096;
    musl_libc.auxiliary = nothing;
    for (unsigned i = 0; i < 3; i++)
        if (streams[i] != NULL)
            streams[i]->lock = 0;
}

/* libkos's own name for errno: the same place. */
int *kos_errno(void);
int *kos_errno(void)
{
    return &errno;
}
