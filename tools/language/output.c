/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tools/language/output.h>
#include <unistd.h>

void output_add_make_path(struct text *text, const char *path)
{
    for (; *path != '\0'; path++)
        text_add(text, *path == ' ' || *path == '#' ? "\\%c" : *path == '$' ? "$%c" : "%c", *path);
}

static bool same(struct pool *pool, const struct output *output)
{
    const struct source *old = source_read(pool, output->path);
    return old != nullptr && old->size == output->text->length &&
           memcmp(old->text, output->text->bytes, old->size) == 0;
}

static bool write_beside(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "wb");
    if (file == nullptr)
        return false;
    bool written = fwrite(text->bytes, 1, text->length, file) == text->length;
    return fclose(file) == 0 && written;
}

/* Removes what this run has made. */
static void take_back(struct pool *pool, const struct output *outputs, unsigned count, unsigned renamed)
{
    int error = errno;
    for (unsigned i = 0; i < count; i++) {
        unlink(pool_print(pool, "%s.part", outputs[i].path));
        if (i < renamed)
            unlink(outputs[i].path);
    }
    errno = error;
}

void output_write(struct diagnostics *diagnostics, const struct output *outputs, unsigned count)
{
    struct pool pool = {0};
    unsigned done = 0;
    const char *failed = nullptr;
    for (unsigned i = 0; i < count && failed == nullptr; i++)
        if (!same(&pool, &outputs[i]) && !write_beside(pool_print(&pool, "%s.part", outputs[i].path), outputs[i].text))
            failed = outputs[i].path;
    for (; done < count && failed == nullptr; done++)
        if (!same(&pool, &outputs[done]) &&
            rename(pool_print(&pool, "%s.part", outputs[done].path), outputs[done].path) != 0)
            failed = outputs[done].path;
    if (failed != nullptr) {
        take_back(&pool, outputs, count, done);
        diagnostic_error(diagnostics, (struct location){0}, "%s: %s", failed, strerror(errno));
    }
    pool_free(&pool);
}
