/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/core.h>
#include <stdio.h>
#include <string.h>

struct kos_file {
    int number;
};
static struct kos_file output = {1}, errors = {2};
FILE *const stdout = &output, *const stderr = &errors;

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

static void put_padded(struct sink *sink, const char *text, size_t length, size_t width, char pad, int left)
{
    for (size_t i = length; !left && i < width; i++)
        put(sink, pad);
    for (size_t i = 0; i < length; i++)
        put(sink, text[i]);
    for (size_t i = length; left && i < width; i++)
        put(sink, ' ');
}

static void put_number(struct sink *sink, unsigned long long value, int negative, unsigned base, size_t width, char pad,
                       int left)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        digits[--at] = '-';
    put_padded(sink, digits + at, sizeof(digits) - at, width, pad, left);
}

int vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    struct sink sink = {text, size, 0};
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&sink, *format);
            continue;
        }
        int left = *++format == '-';
        format += left;
        char pad = *format == '0' ? '0' : ' ';
        size_t width = 0;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (size_t)(*format++ - '0');
        int wide = 0;
        while (*format == 'l' || *format == 'z') {
            wide = 1;
            format++;
        }
        if (*format == 's') {
            const char *string = va_arg(arguments, const char *);
            put_padded(&sink, string, strlen(string), width, ' ', left);
        } else if (*format == 'c') {
            char c = (char)va_arg(arguments, int);
            put_padded(&sink, &c, 1, width, ' ', left);
        } else if (*format == 'd' || *format == 'i') {
            long long value = wide ? va_arg(arguments, long long) : va_arg(arguments, int);
            unsigned long long magnitude = value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;
            put_number(&sink, magnitude, value < 0, 10, width, pad, left);
        } else if (*format == 'u' || *format == 'x') {
            unsigned long long value = wide ? va_arg(arguments, unsigned long long) : va_arg(arguments, unsigned);
            put_number(&sink, value, 0, *format == 'u' ? 10 : 16, width, pad, left);
        } else if (*format == 'p') {
            put_number(&sink, (unsigned long long)(size_t)va_arg(arguments, void *), 0, 16, 16, '0', 0);
        } else if (*format == '\0') {
            break;
        } else {
            put(&sink, *format);
        }
    }
    if (size != 0)
        text[sink.length < size ? sink.length : size - 1] = '\0';
    return (int)sink.length;
}

int snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

static int write_all(const char *text, size_t size)
{
    for (size_t at = 0; at < size; at += KOS_NAME_SIZE) {
        size_t part = size - at < KOS_NAME_SIZE ? size - at : KOS_NAME_SIZE;
        nk_uint64_t words[8] = {(nk_uint64_t)part << 32};
        if (KOS_CORE_ARENA(HAL, DebugWrite, 1, words, text + at, part, 1, NK_NULL, 0) != rcOk)
            return -1;
    }
    return (int)size;
}

static int print(const char *format, va_list arguments)
{
    char text[512];
    int length = vsnprintf(text, sizeof(text), format, arguments);
    return write_all(text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = print(format, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *file, const char *format, ...)
{
    (void)file;
    va_list arguments;
    va_start(arguments, format);
    int length = print(format, arguments);
    va_end(arguments);
    return length;
}

int fputs(const char *text, FILE *file)
{
    (void)file;
    return write_all(text, strlen(text));
}

int puts(const char *text)
{
    return printf("%s\n", text);
}
