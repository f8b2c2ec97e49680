/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to numbers: ISO C 7.24.1. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static int digit_value(char c)
{
    return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

/* A number's sign and amount; *overflow: it does not fit. Without digits *end is text. */
static unsigned long long convert(const char *text, char **end, int base, int *negative, int *overflow)
{
    const char *at = text, *last = text;
    unsigned long long value = 0;
    *negative = *overflow = 0;
    while (isspace(*at))
        at++;
    if (*at == '-' || *at == '+')
        *negative = *at++ == '-';
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 0x20) == 'x' && digit_value(at[2]) < 16) {
        at += 2;
        base = 16;
    }
    if (base == 0)
        base = *at == '0' ? 8 : 10;
    for (int digit; (digit = digit_value(*at)) < base; last = ++at)
        if (__builtin_mul_overflow(value, (unsigned long long)base, &value) ||
            __builtin_add_overflow(value, (unsigned long long)digit, &value))
            *overflow = 1;
    if (end != NULL)
        *end = (char *)(size_t)last;
    return value;
}

unsigned long long strtoull(const char *text, char **end, int base)
{
    int negative, overflow;
    unsigned long long value = convert(text, end, base, &negative, &overflow);
    if (overflow) {
        errno = ERANGE;
        return ULLONG_MAX;
    }
    return negative ? 0 - value : value;
}

long long strtoll(const char *text, char **end, int base)
{
    int negative, overflow;
    unsigned long long value = convert(text, end, base, &negative, &overflow);
    unsigned long long most = negative ? 0ULL - (unsigned long long)LLONG_MIN : LLONG_MAX;
    if (overflow || value > most) {
        errno = ERANGE;
        return negative ? LLONG_MIN : LLONG_MAX;
    }
    return (long long)(negative ? 0 - value : value);
}

unsigned long strtoul(const char *text, char **end, int base)
{
    return (unsigned long)strtoull(text, end, base);
}
long strtol(const char *text, char **end, int base)
{
    return (long)strtoll(text, end, base);
}
long long atoll(const char *text)
{
    return strtoll(text, NULL, 10);
}
long atol(const char *text)
{
    return (long)atoll(text);
}
int atoi(const char *text)
{
    return (int)atoll(text);
}
int abs(int value)
{
    return value < 0 ? -value : value;
}
long labs(long value)
{
    return value < 0 ? -value : value;
}
long long llabs(long long value)
{
    return value < 0 ? -value : value;
}
