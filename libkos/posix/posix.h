/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What musl's members need of us, and we of them, that no header of musl's declares. Names and layouts are those of
 * musl 1.2 (its ABI between members of libc.a); scripts/musl.sh fetches that version, test libc looks whether they
 * hold.
 */
#pragma once
#include <errno.h>
#include <rtl/retcode.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

/* Every function of musl's that we stand in for is found by its own name. */
#define MUSL(name) __asm__(#name)

extern char **musl_environment MUSL(__environ);
extern char *musl_program MUSL(__progname), *musl_program_path MUSL(__progname_full);

/* A stream: struct _IO_FILE. */
struct musl_file {
    unsigned flags;
    unsigned char *read_at, *read_end;
    int (*close)(FILE *);
    unsigned char *write_end, *write_at, *zero_1, *write_base;
    size_t (*read)(FILE *, unsigned char *, size_t);
    size_t (*write)(FILE *, const unsigned char *, size_t);
    long (*seek)(FILE *, long, int);
    unsigned char *buffer;
    size_t buffer_size;
    FILE *previous, *next;
    int number, child;
    long lock_count;
    int mode;
    int lock; /* -1: nobody locks it; else tid of the holder, and STREAM_WAITED */
    int line_end;
};
#define STREAM_END_OF_FILE 16U
#define STREAM_ERROR       32U
static inline struct musl_file *stream_of(FILE *file)
{
    return (struct musl_file *)(void *)file;
}

/* Before the constructors. */
void musl_init(void);
/* A handler of SIGABRT, if there is one. */
void posix_abort_signal(void);

/* Destructors of the thread's variables; the default does nothing, for programs without any. */
void posix_locals_end(void);

/* Console; whole texts of up to KOS_NAME_SIZE bytes at once. 0, or -1: the policy forbids it. */
int console_write(const void *text, size_t size);

/* Sets errno; for return. */
static inline int posix_failed(int error)
{
    errno = error;
    return -1;
}

/* Milliseconds from now until then, rounded up; 0 if it has passed. The clock is one of those of clock_gettime. */
rtl_uint32_t posix_milliseconds_until(clockid_t clock, const struct timespec *then);
static inline int timespec_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < 1000000000L;
}
