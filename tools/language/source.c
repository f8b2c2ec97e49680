/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tools/language/source.h>
#include <unistd.h>

#define SOURCE_SIZE_MAX (16U << 20)

/* The first line of the file, in pool, or null. */
static const char *first_line(struct pool *pool, const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (file == nullptr)
        return nullptr;
    bool read = fgets(line, sizeof(line), file) != nullptr;
    fclose(file);
    return read ? pool_copy(pool, line, strcspn(line, "\n")) : nullptr;
}

/* Where people edit what is in path: ./kos gathers a solution's files as links under the names that they declare, and
 * writes what it makes of a template beside a file NAME.template that tells where that is. */
static const char *shown_path(struct pool *pool, const char *path)
{
    char target[4096], here[4096];
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    if (length <= 0 || target[0] != '/') {
        const char *template = first_line(pool, pool_print(pool, "%s.template", path));
        return template != nullptr ? template : pool_copy(pool, path, strlen(path));
    }
    target[length] = '\0';
    const char *shown = target;
    size_t prefix = getcwd(here, sizeof(here)) != nullptr ? strlen(here) : 0;
    if (prefix != 0 && strncmp(target, here, prefix) == 0 && target[prefix] == '/')
        shown = target + prefix + 1;
    return pool_copy(pool, shown, strlen(shown));
}

struct source *source_read(struct pool *pool, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == nullptr)
        return nullptr;
    struct stat status;
    int error = fstat(fileno(file), &status) != 0 ? errno : 0;
    if (error == 0 && !S_ISREG(status.st_mode))
        error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    if (error == 0 && (uint64_t)status.st_size > SOURCE_SIZE_MAX)
        error = EFBIG;
    struct source *source = nullptr;
    if (error == 0) {
        char *text = pool_allocate(pool, (size_t)status.st_size + 1);
        size_t size = fread(text, 1, (size_t)status.st_size, file);
        if (ferror(file) != 0)
            error = EIO;
        source = POOL_NEW(pool, struct source);
        *source = (struct source){.path = shown_path(pool, path),
                                  .file = pool_copy(pool, path, strlen(path)),
                                  .text = text,
                                  .size = (uint32_t)size};
        source_index(pool, source);
    }
    fclose(file);
    errno = error;
    return error == 0 ? source : nullptr;
}

void source_index(struct pool *pool, struct source *source)
{
    uint32_t count = 1;
    for (uint32_t i = 0; i < source->size; i++)
        count += source->text[i] == '\n';
    uint32_t *lines = pool_allocate(pool, count * sizeof(lines[0]));
    source->line_count = 1;
    for (uint32_t i = 0; i < source->size; i++)
        if (source->text[i] == '\n')
            lines[source->line_count++] = i + 1;
    source->lines = lines;
}

/* Line number from 1, and its start. */
static uint32_t find_line(const struct source *source, uint32_t offset, uint32_t *start)
{
    uint32_t low = 0, high = source->line_count; /* the line is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        *(source->lines[middle] <= offset ? &low : &high) = middle;
    }
    *start = source->lines[low];
    return low + 1;
}

struct line_column source_line_column(const struct source *source, uint32_t offset)
{
    struct line_column place = {.line = 1, .column = 1};
    uint32_t from = 0;
    if (offset > source->size)
        offset = source->size;
    if (source->lines != nullptr)
        place.line = find_line(source, offset, &from);
    place.start = from;
    for (uint32_t i = from; i < offset; i++) {
        if (source->text[i] == '\n') {
            place.line++;
            place.column = 1;
            place.start = i + 1;
        } else if (((unsigned char)source->text[i] & 0xc0U) != 0x80U) {
            place.column++;
        }
    }
    uint32_t end = place.start;
    while (end < source->size && source->text[end] != '\n' && source->text[end] != '\r')
        end++;
    place.line_bytes = end - place.start;
    return place;
}

struct location location_join(struct location first, struct location last)
{
    if (first.source == nullptr)
        return last;
    if (last.source == first.source && last.offset + last.length > first.offset)
        first.length = last.offset + last.length - first.offset;
    return first;
}
