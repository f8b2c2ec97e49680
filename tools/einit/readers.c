/* SPDX-License-Identifier: Apache-2.0 */
/* A shared arena is read by its receiver while its sender may write: what a rule saw there is not what arrives. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tools/einit/solution.h>

/* One line of what nk-psl-gen-c --arena-readers writes, its parts ended in place. */
struct reader {
    char *client, *server, *method, *path;
    unsigned line, column;
};

static bool parse(char *line, struct reader *reader)
{
    char *parts[6];
    for (unsigned i = 0; i < 6; i++) {
        parts[i] = line;
        line += strcspn(line, "\t");
        if (i < 5 && *line == '\0')
            return false;
        *line++ = '\0';
    }
    *reader = (struct reader){parts[0],
                              parts[1],
                              parts[2],
                              parts[3],
                              (unsigned)strtoul(parts[4], nullptr, 10),
                              (unsigned)strtoul(parts[5], nullptr, 10)};
    return true;
}

/* The rule's place, if its file can be read. */
static struct location place_of(struct pool *pool, const struct reader *reader)
{
    struct source *source = source_read(pool, reader->path);
    if (source == nullptr || reader->line == 0 || reader->line > source->line_count)
        return (struct location){0};
    return (struct location){source, source->lines[reader->line - 1] + reader->column - 1, 1};
}

static void check_channel(struct pool *pool, struct diagnostics *diagnostics, const struct entity *client,
                          const struct channel *channel, const struct reader *reader)
{
    if (channel->arena != ARENA_SHARED || channel->server == nullptr ||
        strcmp(client->class.text, reader->client) != 0 || strcmp(channel->server->class.text, reader->server) != 0)
        return;
    diagnostic_error(diagnostics, channel->arena_at,
                     "a rule reads what lies in the arena of '%s'; expected 'copied' or 'sealed', not 'shared'",
                     reader->method);
    diagnostic_note(diagnostics, place_of(pool, reader), "the rule is here");
}

void readers_check(struct pool *pool, struct diagnostics *diagnostics, const struct solution *solution,
                   const char *path)
{
    struct source *source = source_read(pool, path);
    if (source == nullptr) {
        diagnostic_error(diagnostics, (struct location){0}, "%s: %s", path, strerror(errno));
        return;
    }
    char *text = pool_copy(pool, source->text, source->size);
    for (char *line = text, *next; *line != '\0'; line = next) {
        struct reader reader;
        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        if (!parse(line, &reader)) {
            diagnostic_error(diagnostics, (struct location){0}, "%s: not as nk-psl-gen-c --arena-readers writes it",
                             path);
            return;
        }
        for (const struct entity *client = solution->entities; client != nullptr; client = client->next)
            for (const struct channel *channel = client->channels; channel != nullptr; channel = channel->next)
                check_channel(pool, diagnostics, client, channel, &reader);
    }
}
