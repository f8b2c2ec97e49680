/* SPDX-License-Identifier: Apache-2.0 */
/* vsnprintf: ISO C 7.23.6.1 without floating point, wide characters and %n. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sink {
    char *text;
    size_t size, length;
};

static void put(struct sink *sink, char c)
{
    if (sink->length + 1 < sink->size)
        sink->text[sink->length] = c;
    sink->length++;
}

static void put_times(struct sink *sink, char c, int times)
{
    for (; times > 0; times--)
        put(sink, c);
}

static void put_bytes(struct sink *sink, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(sink, text[i]);
}

/* One conversion: flags, width, precision, length. */
struct directive {
    int left, zero, alternate;
    char sign; /* what stands in front of a number that is not negative, or 0 */
    int width;
    int precision; /* -1: none given */
    int size;      /* bytes of the argument */
};

static int decimal(const char **format)
{
    int value = 0;
    for (; **format >= '0' && **format <= '9'; ++*format)
        if (value < 100000)
            value = value * 10 + (**format - '0');
    return value;
}

static const char *parse_flags(const char *format, struct directive *d)
{
    for (;; format++) {
        if (*format == '-')
            d->left = 1;
        else if (*format == '0')
            d->zero = 1;
        else if (*format == '#')
            d->alternate = 1;
        else if (*format == '+')
            d->sign = '+';
        else if (*format == ' ')
            d->sign = (char)(d->sign != 0 ? d->sign : ' ');
        else
            return format;
    }
}

static const char *parse_length(const char *format, struct directive *d)
{
    d->size = sizeof(int);
    if (format[0] == 'h') {
        d->size = format[1] == 'h' ? 1 : 2;
        return format + (format[1] == 'h' ? 2 : 1);
    }
    for (; *format == 'l' || *format == 'z' || *format == 'j' || *format == 't'; format++)
        d->size = 8;
    return format;
}

static void put_text(struct sink *sink, const struct directive *d, const char *text, size_t length)
{
    int pad = d->width > (int)length ? d->width - (int)length : 0;
    put_times(sink, ' ', d->left ? 0 : pad);
    put_bytes(sink, text, length);
    put_times(sink, ' ', d->left ? pad : 0);
}

static void put_number(struct sink *sink, const struct directive *d, unsigned long long value, const char *prefix,
                       unsigned base, const char *alphabet)
{
    char digits[24];
    size_t at = sizeof(digits);
    for (; value != 0; value /= base)
        digits[--at] = alphabet[value % base];
    int count = (int)(sizeof(digits) - at), zeros = (d->precision < 0 ? 1 : d->precision) - count;
    int length = (int)strlen(prefix) + count + (zeros > 0 ? zeros : 0);
    int pad = d->width > length ? d->width - length : 0, zero_pad = d->zero && !d->left && d->precision < 0;
    put_times(sink, ' ', d->left || zero_pad ? 0 : pad);
    put_bytes(sink, prefix, strlen(prefix));
    put_times(sink, '0', (zero_pad ? pad : 0) + (zeros > 0 ? zeros : 0));
    put_bytes(sink, digits + at, (size_t)count);
    put_times(sink, ' ', d->left ? pad : 0);
}

static void put_signed(struct sink *sink, const struct directive *d, long long value)
{
    const char prefix[2] = {(char)(value < 0 ? '-' : d->sign), '\0'};
    put_number(sink, d, value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value, prefix, 10,
               "0123456789");
}

static void put_unsigned(struct sink *sink, const struct directive *d, unsigned long long value, char conversion)
{
    unsigned base = conversion == 'u' ? 10 : conversion == 'o' ? 8 : 16;
    const char *prefix = !d->alternate || value == 0 ? "" : conversion == 'o' ? "0" : conversion == 'X' ? "0X" : "0x";
    put_number(sink, d, value, base == 10 ? "" : prefix, base,
               conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
}

static long long narrowed(long long value, int size)
{
    return size == 1 ? (signed char)value : size == 2 ? (short)value : value;
}

/* Arguments of all numbers that are not longer than int are passed as int. */
#define NEXT_SIGNED(d, list)   narrowed((d)->size == 8 ? va_arg(list, long long) : va_arg(list, int), (d)->size)
#define NEXT_UNSIGNED(d, list) ((d)->size == 8 ? va_arg(list, unsigned long long) : va_arg(list, unsigned))

int vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    struct sink sink = {text, size, 0};
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&sink, *format);
            continue;
        }
        struct directive d = {.precision = -1};
        format = parse_flags(format + 1, &d);
        d.width = *format == '*' ? va_arg(arguments, int) : decimal(&format);
        format += *format == '*';
        if (d.width < 0)
            d.left = 1, d.width = -d.width;
        if (*format == '.') {
            format++;
            d.precision = *format == '*' ? va_arg(arguments, int) : decimal(&format);
            format += *format == '*';
        }
        format = parse_length(format, &d);
        const char *string;
        char c;
        switch (*format) {
        case 'd':
        case 'i':
            put_signed(&sink, &d, NEXT_SIGNED(&d, arguments));
            break;
        case 'u':
        case 'x':
        case 'X':
        case 'o': {
            unsigned long long value = NEXT_UNSIGNED(&d, arguments);
            put_unsigned(&sink, &d,
                         d.size == 1   ? (unsigned char)value
                         : d.size == 2 ? (unsigned short)value
                                       : value,
                         *format);
            break;
        }
        case 'p':
            d.precision = 16;
            put_unsigned(&sink, &d, (uintptr_t)va_arg(arguments, void *), 'x');
            break;
        case 's':
            string = va_arg(arguments, const char *);
            string = string != NULL ? string : "(null)";
            put_text(&sink, &d, string, d.precision >= 0 ? strnlen(string, (size_t)d.precision) : strlen(string));
            break;
        case 'c':
            c = (char)va_arg(arguments, int);
            put_text(&sink, &d, &c, 1);
            break;
        case '\0':
            format--;
            break;
        default:
            put(&sink, *format);
        }
    }
    if (size != 0)
        text[sink.length < size ? sink.length : size - 1] = '\0';
    return (int)sink.length;
}
