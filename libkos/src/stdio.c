/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <kos/core.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kos_file {
    int number;
};
static struct kos_file output = {1}, errors = {2};
FILE *const stdout = &output, *const stderr = &errors;

int vsprintf(char *text, const char *format, va_list arguments)
{
    return vsnprintf(text, SIZE_MAX / 2, format, arguments);
}

int snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int sprintf(char *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

static int write_all(const char *text, size_t size)
{
    for (size_t at = 0; at < size; at += KOS_NAME_SIZE) {
        size_t part = size - at < KOS_NAME_SIZE ? size - at : KOS_NAME_SIZE;
        KOS_CORE_PARTS(HAL, DebugWrite) parts = {.in = {.data = {0, (unsigned)part}}};
        if (KOS_CORE_ARENA(HAL, DebugWrite, parts.words, text + at, part, NK_NULL, 0) != rcOk)
            return -1;
    }
    return (int)size;
}

/* What is longer than the buffer is formatted again, into memory of its own. */
int vfprintf(FILE *file, const char *format, va_list arguments)
{
    (void)file;
    char text[512];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    if ((size_t)length < sizeof(text)) {
        length = write_all(text, (size_t)length);
    } else {
        char *whole = malloc((size_t)length + 1);
        if (whole != NULL)
            (void)vsnprintf(whole, (size_t)length + 1, format, again);
        length = write_all(whole != NULL ? whole : text, whole != NULL ? (size_t)length : sizeof(text) - 1);
        free(whole);
    }
    va_end(again);
    return length;
}

int vprintf(const char *format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(file, format, arguments);
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

size_t fwrite(const void *items, size_t size, size_t count, FILE *file)
{
    (void)file;
    return size == 0 || write_all(items, size * count) < 0 ? 0 : count;
}

int fflush(FILE *file)
{
    (void)file;
    return 0;
}

int fputc(int c, FILE *file)
{
    char byte = (char)c;
    (void)file;
    return write_all(&byte, 1) < 0 ? EOF : (unsigned char)byte;
}

int putc(int c, FILE *file)
{
    return fputc(c, file);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

void perror(const char *text)
{
    (void)fprintf(stderr, "%s%s%s\n", text != NULL ? text : "", text != NULL && *text != '\0' ? ": " : "",
                  strerror(errno));
}
