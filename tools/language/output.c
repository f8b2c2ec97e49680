/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tools/language/output.h>
#include <unistd.h>

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

void output_write(struct diagnostics *diagnostics, const struct output *outputs, unsigned count)
{
    struct pool pool = {0};
    unsigned done = 0;
    const char *failed = nullptr;
    for (; done < count && failed == nullptr; done++)
        if (!same(&pool, &outputs[done]) &&
            !write_beside(pool_print(&pool, "%s.part", outputs[done].path), outputs[done].text))
            failed = outputs[done].path;
    for (unsigned i = 0; i < done; i++) {
        const char *part = pool_print(&pool, "%s.part", outputs[i].path);
        if (failed != nullptr) {
            int error = errno;
            unlink(part);
            errno = error;
        } else if (!same(&pool, &outputs[i]) && rename(part, outputs[i].path) != 0) {
            failed = outputs[i].path;
        }
    }
    if (failed != nullptr)
        diagnostic_error(diagnostics, (struct location){0}, "%s: %s", failed, strerror(errno));
    pool_free(&pool);
}
