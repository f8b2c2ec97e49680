/* SPDX-License-Identifier: Apache-2.0 */
/* Streams and descriptors without a file system: 1 and 2 are the console, 0 is at its end. Nothing else can be opened
 * (refuse.c). */
#include "posix.h"
#include <kos/core.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int console_write(const void *text, size_t size)
{
    for (size_t at = 0; at < size; at += KOS_NAME_SIZE) {
        size_t part = size - at < KOS_NAME_SIZE ? size - at : KOS_NAME_SIZE;
        KOS_CORE_PARTS(HAL, DebugWrite) parts = {.in = {.data = {0, (unsigned)part}}};
        if (KOS_CORE_ARENA(HAL, DebugWrite, parts.words, (const char *)text + at, part, NK_NULL, 0) != rcOk)
            return -1;
    }
    return 0;
}

static int is_console(int number)
{
    return number == STDOUT_FILENO || number == STDERR_FILENO;
}

/* What the stream has kept, and text: together, so that a line that fits is one write. */
static int write_both(struct musl_file *stream, const unsigned char *text, size_t size)
{
    char line[KOS_NAME_SIZE];
    size_t kept = (size_t)(stream->write_at - stream->write_base);
    if (!is_console(stream->number))
        return posix_failed(EBADF);
    if (kept + size > sizeof(line))
        return console_write(stream->write_base, kept) == 0 && console_write(text, size) == 0 ? 0 : posix_failed(EIO);
    memcpy(line, stream->write_base, kept);
    memcpy(line + kept, text, size);
    return console_write(line, kept + size) == 0 ? 0 : posix_failed(EIO);
}

size_t musl_stdio_write(FILE *file, const unsigned char *text, size_t size) MUSL(__stdio_write);
size_t musl_stdio_write(FILE *file, const unsigned char *text, size_t size)
{
    struct musl_file *stream = stream_of(file);
    if (write_both(stream, text, size) != 0) {
        stream->flags |= STREAM_ERROR;
        stream->write_at = stream->write_base = stream->write_end = NULL;
        return 0;
    }
    stream->write_end = stream->buffer + stream->buffer_size;
    stream->write_at = stream->write_base = stream->buffer;
    return size;
}

/* Standard output is line-buffered, as on a terminal. */
size_t musl_stdout_write(FILE *file, const unsigned char *text, size_t size) MUSL(__stdout_write);
size_t musl_stdout_write(FILE *file, const unsigned char *text, size_t size)
{
    stream_of(file)->write = musl_stdio_write;
    return musl_stdio_write(file, text, size);
}

size_t musl_stdio_read(FILE *file, unsigned char *to, size_t size) MUSL(__stdio_read);
size_t musl_stdio_read(FILE *file, unsigned char *to, size_t size)
{
    (void)to, (void)size;
    stream_of(file)->flags |= STREAM_END_OF_FILE;
    return 0;
}

int musl_stdio_close(FILE *file) MUSL(__stdio_close);
int musl_stdio_close(FILE *file)
{
    (void)file;
    return 0;
}

off_t lseek(int number, off_t offset, int from)
{
    (void)offset, (void)from;
    return posix_failed(number >= 0 && number <= STDERR_FILENO ? ESPIPE : EBADF);
}
off_t musl_lseek(int number, off_t offset, int from) MUSL(__lseek);
off_t musl_lseek(int number, off_t offset, int from)
{
    return lseek(number, offset, from);
}

/* ---- descriptors ---- */

ssize_t write(int number, const void *text, size_t size)
{
    if (!is_console(number))
        return posix_failed(EBADF);
    return console_write(text, size) == 0 ? (ssize_t)size : posix_failed(EIO);
}

ssize_t writev(int number, const struct iovec *parts, int count)
{
    ssize_t sum = 0;
    for (int i = 0; i < count; i++) {
        ssize_t written = write(number, parts[i].iov_base, parts[i].iov_len);
        if (written < 0)
            return sum != 0 ? sum : -1;
        sum += written;
    }
    return sum;
}

ssize_t read(int number, void *to, size_t size)
{
    (void)to, (void)size;
    return number == STDIN_FILENO ? 0 : posix_failed(EBADF);
}

int close(int number)
{
    return number >= 0 && number <= STDERR_FILENO ? 0 : posix_failed(EBADF);
}

int isatty(int number)
{
    return is_console(number) ? 1 : (errno = number == STDIN_FILENO ? ENOTTY : EBADF, 0);
}
