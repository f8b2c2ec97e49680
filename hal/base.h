/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that every kernel file uses: fixed-width types, the return-code type, kassert, likely.
 * Included by every header below and above; includes nothing of ours but the ABI.
 */
#pragma once

#include <abi/limits.h>
#include <abi/retcode.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef u64 word;  /* a machine word of a message */
typedef u64 paddr; /* physical address */
typedef u64 vaddr; /* user virtual address; kernel addresses are pointers */

#define PADDR_NONE (~0ULL)

/* The one return-code type of the kernel: the ABI's codes. Every one must be looked at. */
typedef enum [[nodiscard]] retcode : s32 {
    rcOk = 0,
#define RETCODE_ENUMERATOR(name, code, text) name = KOS_RC_VALUE(KOS_RC_SPACE_GENERAL, code),
    KOS_RETCODES(RETCODE_ENUMERATOR)
#undef RETCODE_ENUMERATOR
} retcode;

/* Internal to the kernel, as all positive codes: not an end, to be called again. See smp/preemption.h. */
#define PREEMPTED ((retcode)2)

#define likely(x)                           __builtin_expect(!!(x), 1)
#define unlikely(x)                         __builtin_expect(!!(x), 0)
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))
#define const_container_of(pointer, type, member)                                                                      \
    ((const type *)(const void *)((const char *)(pointer) - offsetof(type, member)))
#define array_length(a) (sizeof(a) / sizeof((a)[0]))

#define KOS_CACHE_LINE 64
#define cache_aligned  alignas(KOS_CACHE_LINE)

static inline u64 round_up(u64 value, u64 power_of_two)
{
    return (value + power_of_two - 1) & ~(power_of_two - 1);
}
static inline u64 round_down(u64 value, u64 power_of_two)
{
    return value & ~(power_of_two - 1);
}

/* Prints where and why, with a backtrace, and stops the machine. Any CPU, any state. */
[[noreturn, gnu::cold, gnu::format(printf, 1, 2)]] void kernel_panic(const char *format, ...);

/* Console print: %s %c %d %u %x %lx %lu %ld %p %% and widths. Any CPU. For reports, never on a fast path. */
[[gnu::format(printf, 1, 2)]] void kernel_print(const char *format, ...);

/* Invariants: checked in debug kernels, free in release. */
#ifdef KOS_DEBUG
#define kassert(condition)                                                                                             \
    do {                                                                                                               \
        if (unlikely(!(condition)))                                                                                    \
            kernel_panic("assertion failed: %s at %s:%d", #condition, __FILE__, __LINE__);                             \
    } while (0)
#else
#define kassert(condition) ((void)sizeof(!(condition)))
#endif

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
