/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/core.h>
#include <stdio.h>
#include <string.h>

struct kos_file {
    int number;
};
static struct kos_file output = {1}, errors = {2};
FILE *const stdout = &output, *const stderr = &errors;

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
