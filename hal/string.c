/* SPDX-License-Identifier: Apache-2.0 */
/* The memory and string functions that the compiler and the kernel call; words at a time where both sides allow. */
#include <arch/bulk.h>
#include <hal/base.h>

typedef u64 __attribute__((may_alias, aligned(1))) word_any;

/* Upwards; right also if the target begins below an overlapping source, since a block is read before it is written. */
static void copy_up(u8 *out, const u8 *in, size_t size)
{
#ifdef ARCH_COPY_FROM
    if (size >= ARCH_COPY_FROM)
        ARCH_COPY(out, in, size);
#endif
    while (size >= 64) {
        word_any *o = (word_any *)out;
        const word_any *i = (const word_any *)in;
        u64 a = i[0], b = i[1], c = i[2], d = i[3], e = i[4], f = i[5], g = i[6], h = i[7];
        o[0] = a, o[1] = b, o[2] = c, o[3] = d, o[4] = e, o[5] = f, o[6] = g, o[7] = h;
        out += 64, in += 64, size -= 64;
    }
    for (; size >= 8; size -= 8, out += 8, in += 8)
        *(word_any *)out = *(const word_any *)in;
    while (size-- > 0)
        *out++ = *in++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_up(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    u8 *out = to;
    const u8 *in = from;
    if ((u64)out - (u64)in >= size) { /* below the source, or apart */
        copy_up(out, in, size);
        return to;
    }
    for (; size >= 8; size -= 8)
        *(word_any *)(out + size - 8) = *(const word_any *)(in + size - 8);
    while (size-- > 0)
        out[size] = in[size];
    return to;
}

void *memset(void *to, int value, size_t size)
{
    u8 *out = to;
    u64 pattern = (u8)value * 0x0101010101010101ULL;
#ifdef ARCH_ZERO_FROM
    if (size >= ARCH_ZERO_FROM && pattern == 0) {
        size_t done = arch_zero(out, size);
        out += done, size -= done;
    }
#endif
    while (size >= 64) {
        word_any *o = (word_any *)out;
        o[0] = o[1] = o[2] = o[3] = o[4] = o[5] = o[6] = o[7] = pattern;
        out += 64, size -= 64;
    }
    word_any *o = (word_any *)out;
    if ((size & 32) != 0)
        o[0] = o[1] = o[2] = o[3] = pattern, o += 4;
    if ((size & 16) != 0)
        o[0] = o[1] = pattern, o += 2;
    if ((size & 8) != 0)
        *o++ = pattern;
    out = (u8 *)o;
    for (size &= 7; size > 0; size--)
        *out++ = (u8)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const u8 *x = a, *y = b;
    for (; size >= 8 && *(const word_any *)x == *(const word_any *)y; size -= 8)
        x += 8, y += 8;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}
