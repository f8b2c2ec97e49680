/* SPDX-License-Identifier: Apache-2.0 */
/* An arena's copy, as ipc/copy.c makes it: page by page with the kernel's memcpy, beside one memcpy of the C library.
 */
#include <benchmarks/host/host.h>
#include <stdlib.h>
#include <string.h>
#define memcpy  kos_memcpy
#define memmove kos_memmove
#define memset  kos_memset
#define memcmp  kos_memcmp
#define strlen  kos_strlen
#define strcmp  kos_strcmp
#include <hal/string.c>
#undef memcpy

#define LARGEST (1U << 20)

static u8 *from, *to;

static void kos_copy(u64 size)
{
    for (u64 at = 0; at < size; at += KOS_PAGE_SIZE)
        kos_memcpy(to + at, from + at, size - at < KOS_PAGE_SIZE ? size - at : KOS_PAGE_SIZE);
}

static void libc_copy(u64 size)
{
    memcpy(to, from, size);
}

static const struct work {
    const char *name;
    void (*copy)(u64 size);
    u64 size;
} works[] = {
    {"arena_copy/4KiB/kos", kos_copy, 4 << 10},   {"arena_copy/4KiB/libc_memcpy", libc_copy, 4 << 10},
    {"arena_copy/64KiB/kos", kos_copy, 64 << 10}, {"arena_copy/64KiB/libc_memcpy", libc_copy, 64 << 10},
    {"arena_copy/1MiB/kos", kos_copy, LARGEST},   {"arena_copy/1MiB/libc_memcpy", libc_copy, LARGEST},
};

static void copy(struct host_state *state, const void *context)
{
    const struct work *work = context;
    u64 iterations = 0;
    while (host_keep_running(state)) {
        work->copy(work->size);
        __asm__ volatile("" ::"r"(to) : "memory");
        iterations++;
    }
    host_bytes(state, iterations * work->size);
}

void copy_benchmarks(void)
{
    from = aligned_alloc(KOS_PAGE_SIZE, LARGEST);
    to = aligned_alloc(KOS_PAGE_SIZE, LARGEST);
    if (from == nullptr || to == nullptr)
        abort();
    kos_memset(from, 0x5a, LARGEST);
    kos_memset(to, 0, LARGEST);
    for (u32 i = 0; i < array_length(works); i++)
        host_benchmark(works[i].name, copy, &works[i], 1);
}
