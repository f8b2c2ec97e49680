/* SPDX-License-Identifier: Apache-2.0 */
/* The locks of musl's own data (an int each) and of its streams, over futexes. */
#include "../src/futex.h"
#include "../src/thread.h"
#include "posix.h"

enum { FREE, LOCKED, LOCKED_WAITED };

/* U. Drepper, "Futexes are tricky" (2011), mutex 3, as in src/mutex.c. */
void musl_lock(int *word) MUSL(__lock);
void musl_lock(int *word)
{
    int free = FREE;
    if (__atomic_compare_exchange_n(word, &free, LOCKED, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(word, LOCKED_WAITED, __ATOMIC_ACQUIRE) != FREE)
        (void)kos_futex_wait(word, LOCKED_WAITED, KOS_FOREVER);
}

void musl_unlock(int *word) MUSL(__unlock);
void musl_unlock(int *word)
{
    if (__atomic_exchange_n(word, FREE, __ATOMIC_RELEASE) == LOCKED_WAITED)
        kos_futex_wake(word, 1);
}

/* ---- streams: the holder's tid; who waits sets a bit, and so does who has waited, for there may be more ---- */

#define STREAM_WAITED 0x40000000

static int self(void)
{
    return (int)kos_thread_self.tid;
}

static int holder(const struct musl_file *stream)
{
    return __atomic_load_n(&stream->lock, __ATOMIC_RELAXED) & ~STREAM_WAITED;
}

static int stream_take(struct musl_file *stream, int wanted)
{
    int seen = 0;
    return __atomic_compare_exchange_n(&stream->lock, &seen, wanted, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Whether the caller must unlock it: not if it had it before. */
int musl_lockfile(FILE *file) MUSL(__lockfile);
int musl_lockfile(FILE *file)
{
    struct musl_file *stream = stream_of(file);
    if (holder(stream) == self())
        return 0;
    if (stream_take(stream, self()))
        return 1;
    while (!stream_take(stream, self() | STREAM_WAITED)) {
        int seen = __atomic_load_n(&stream->lock, __ATOMIC_RELAXED);
        if (seen != 0 &&
            ((seen & STREAM_WAITED) != 0 || __atomic_compare_exchange_n(&stream->lock, &seen, seen | STREAM_WAITED, 0,
                                                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)))
            (void)kos_futex_wait(&stream->lock, (rtl_uint32_t)(seen | STREAM_WAITED), KOS_FOREVER);
    }
    return 1;
}

void musl_unlockfile(FILE *file) MUSL(__unlockfile);
void musl_unlockfile(FILE *file)
{
    struct musl_file *stream = stream_of(file);
    if ((__atomic_exchange_n(&stream->lock, 0, __ATOMIC_RELEASE) & STREAM_WAITED) != 0)
        kos_futex_wake(&stream->lock, 1);
}

/* lock_count: how often the holder has it by these three, beyond once. */
int ftrylockfile(FILE *file)
{
    struct musl_file *stream = stream_of(file);
    if (stream->lock < 0)
        stream->lock = 0;
    if (holder(stream) == self())
        stream->lock_count++;
    else if (!stream_take(stream, self()))
        return -1;
    return 0;
}

void flockfile(FILE *file)
{
    if (ftrylockfile(file) != 0)
        (void)musl_lockfile(file);
}

void funlockfile(FILE *file)
{
    struct musl_file *stream = stream_of(file);
    if (stream->lock_count != 0)
        stream->lock_count--;
    else
        musl_unlockfile(file);
}

/* ---- characters, under the lock ---- */

#define LOCKED_DO(file, type, what)                                                                                    \
    int locked = stream_of(file)->lock >= 0 && musl_lockfile(file);                                                    \
    type result = what;                                                                                                \
    if (locked)                                                                                                        \
        musl_unlockfile(file);                                                                                         \
    return result

int fgetc(FILE *file)
{
    LOCKED_DO(file, int, getc_unlocked(file));
}
int getc(FILE *file)
{
    return fgetc(file);
}
int getchar(void)
{
    return fgetc(stdin);
}
int fputc(int c, FILE *file)
{
    LOCKED_DO(file, int, putc_unlocked(c, file));
}
int putc(int c, FILE *file)
{
    return fputc(c, file);
}
int putchar(int c)
{
    return fputc(c, stdout);
}
