/* SPDX-License-Identifier: Apache-2.0 */
/* What Debian's libc++ and libunwind, built for another C library, ask for beyond musl. */
#include "../src/futex.h"
#include "thread.h"
#include <elf.h>
#include <inttypes.h>
#include <link.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>

/* Of the whole program: there is only one. */
extern void *dso_handle MUSL(__dso_handle) __attribute__((visibility("hidden")));
void *dso_handle;

/* ---- formats that look whether what they write to is large enough ---- */

int checked_fprintf(FILE *file, int level, const char *format, ...) MUSL(__fprintf_chk);
int checked_fprintf(FILE *file, int level, const char *format, ...)
{
    va_list arguments;
    (void)level;
    va_start(arguments, format);
    int length = vfprintf(file, format, arguments);
    va_end(arguments);
    return length;
}

int checked_vfprintf(FILE *file, int level, const char *format, va_list arguments) MUSL(__vfprintf_chk);
int checked_vfprintf(FILE *file, int level, const char *format, va_list arguments)
{
    (void)level;
    return vfprintf(file, format, arguments);
}

__attribute__((format(printf, 3, 0))) int checked_vasprintf(char **text, int level, const char *format,
                                                            va_list arguments) MUSL(__vasprintf_chk);
int checked_vasprintf(char **text, int level, const char *format, va_list arguments)
{
    (void)level;
    return vasprintf(text, format, arguments);
}

int checked_vsnprintf(char *text, size_t size, int level, size_t room, const char *format, va_list arguments)
    MUSL(__vsnprintf_chk);
int checked_vsnprintf(char *text, size_t size, int level, size_t room, const char *format, va_list arguments)
{
    (void)level;
    if (size > room)
        abort();
    return vsnprintf(text, size, format, arguments);
}

long long located_strtoll(const char *text, char **end, int base, void *locale) MUSL(strtoll_l);
long long located_strtoll(const char *text, char **end, int base, void *locale)
{
    (void)locale;
    return strtoll(text, end, base);
}

unsigned long long located_strtoull(const char *text, char **end, int base, void *locale) MUSL(strtoull_l);
unsigned long long located_strtoull(const char *text, char **end, int base, void *locale)
{
    (void)locale;
    return strtoull(text, end, base);
}

/* ---- what is asked for by number: waiting for atomics, and who waits ---- */

#define FUTEX_OPERATION 0x7f
#define FUTEX_WAIT      0
#define FUTEX_WAKE      1

long system_call(long number, ...) MUSL(syscall);
long system_call(long number, ...)
{
    va_list arguments;
    if (number == SYS_gettid)
        return (long)KosThreadCurrentId();
    va_start(arguments, number);
    const void *word = va_arg(arguments, const void *);
    int operation = va_arg(arguments, int) & FUTEX_OPERATION;
    rtl_uint32_t value = va_arg(arguments, rtl_uint32_t);
    const struct timespec *limit = operation == FUTEX_WAIT ? va_arg(arguments, const struct timespec *) : NULL;
    va_end(arguments);
    if (number != SYS_futex || (operation != FUTEX_WAIT && operation != FUTEX_WAKE))
        return posix_failed(ENOSYS);
    if (operation == FUTEX_WAKE) {
        kos_futex_wake(word, value);
        return 0;
    }
    nk_uint64_t until = limit == NULL
                            ? KOS_FOREVER
                            : kos_time_ns() + (nk_uint64_t)limit->tv_sec * 1000000000U + (nk_uint64_t)limit->tv_nsec;
    Retcode rc = kos_futex_wait(word, value, until);
    return rc == rcOk ? 0 : posix_failed(rc == rcTimeout ? ETIMEDOUT : EAGAIN);
}

/* ---- where the tables for unwinding are ---- */

extern const Elf64_Ehdr image_header MUSL(__ehdr_start) __attribute__((visibility("hidden")));

int dl_iterate_phdr(int (*look)(struct dl_phdr_info *, size_t, void *), void *context)
{
    const char *image = (const char *)&image_header;
    struct dl_phdr_info info = {
        .dlpi_addr = image_header.e_type == ET_DYN ? (rtl_uintptr_t)image : 0,
        .dlpi_name = "",
        .dlpi_phdr = (const Elf64_Phdr *)(const void *)(image + image_header.e_phoff),
        .dlpi_phnum = image_header.e_phnum,
        .dlpi_adds = 1,
    };
    return look(&info, sizeof(info), context);
}

/* ---- destructors of thread-local objects, the youngest first ---- */

struct local {
    struct local *next;
    void (*destructor)(void *);
    void *object;
};
static _Thread_local struct local *locals;

int local_atexit(void (*destructor)(void *), void *object, void *program) MUSL(__cxa_thread_atexit_impl);
int local_atexit(void (*destructor)(void *), void *object, void *program)
{
    struct local *local = malloc(sizeof(*local));
    (void)program;
    if (local == NULL)
        return -1;
    *local = (struct local){locals, destructor, object};
    locals = local;
    return 0;
}

void posix_locals_end(void)
{
    while (locals != NULL) {
        struct local *local = locals;
        locals = local->next;
        local->destructor(local->object);
        free(local);
    }
}
