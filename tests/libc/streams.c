/* SPDX-License-Identifier: Apache-2.0 */
/* Standard streams on the console, streams in memory, and what is said of files without a file system. */
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void formatted(FILE *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(to, format, arguments);
    va_end(arguments);
}

static void console(void)
{
    CHECK(printf("%s %.3f\n", "printf", 0.125) == 13);
    CHECK(puts("puts") >= 0 && fputs("fputs", stdout) >= 0 && putchar('\n') == '\n');
    CHECK(fputc('c', stdout) == 'c' && putc('\n', stdout) == '\n' && fwrite("fwrite\n", 1, 7, stdout) == 7);
    CHECK(printf("kept back, ") == 11 && fflush(stdout) == 0 && fprintf(stderr, "%s\n", "and then stderr") == 16);
    formatted(stderr, "%s %d\n", "vfprintf", 7);
    CHECK(write(STDOUT_FILENO, "write\n", 6) == 6 && write(7, "x", 1) == -1 && errno == EBADF);
    CHECK(dprintf(2, "dprintf %d\n", 2) == 10);
    for (int i = 0; i < 30; i++)
        printf("%d,", i * 1111); /* longer than what the console takes at once */
    printf("\n");
    errno = ENOMEM;
    perror("perror");
    CHECK(getchar() == EOF && feof(stdin) && fgets((char[4]){0}, 4, stdin) == NULL);
    CHECK(isatty(1) == 1 && fileno(stderr) == 2);
    static char buffer[64];
    CHECK(setvbuf(stdout, buffer, _IOFBF, sizeof(buffer)) == 0 && printf("fully buffered\n") == 15 &&
          fflush(NULL) == 0);
}

static void memory(void)
{
    char text[32] = "12 abc\nsecond line\n", *grown = NULL, *line = NULL;
    size_t size = 0;
    int number = 0;
    FILE *in = fmemopen(text, strlen(text), "r");
    CHECK(in != NULL && fscanf(in, "%d", &number) == 1 && number == 12 && fgetc(in) == ' ' && ungetc('x', in) == 'x');
    CHECK(getline(&line, &size, in) == 5 && strcmp(line, "xabc\n") == 0 && getline(&line, &size, in) == 12 &&
          getline(&line, &size, in) == -1);
    CHECK(fseek(in, 3, SEEK_SET) == 0 && ftell(in) == 3 && fread(line, 1, 3, in) == 3 && memcmp(line, "abc", 3) == 0);
    CHECK(fclose(in) == 0);
    free(line);
    FILE *out = open_memstream(&grown, &size);
    CHECK(out != NULL && fprintf(out, "%d %.2f", 5, 2.5) == 6 && fclose(out) == 0 && size == 6 &&
          strcmp(grown, "5 2.50") == 0);
    free(grown);
}

static void no_files(void)
{
    struct stat status;
    errno = 0;
    CHECK(fopen("/etc/hosts", "r") == NULL && errno == EIO);
    errno = 0;
    CHECK(open("/tmp/x", O_RDWR | O_CREAT, 0600) == -1 && errno == EIO);
    CHECK(stat("/", &status) == -1 && errno == EIO && opendir("/") == NULL && unlink("x") == -1 &&
          mkdir("x", 0700) == -1);
    CHECK(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EIO);
    CHECK(tmpfile() == NULL && remove("x") == -1 && rename("x", "y") == -1);
}

static void last(void)
{
    printf("atexit, not flushed: done by exit\n");
}

int main(void)
{
    console();
    memory();
    no_files();
    atexit(last);
    return done("streams");
}
