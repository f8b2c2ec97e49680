/* SPDX-License-Identifier: Apache-2.0 */
/* Source files of the language tools and places in them. */
#pragma once
#include <stdint.h>
#include <tools/language/memory.h>

struct source {
    const char *path; /* as shown to the user: of an absolute link, its target; of an expanded template, that */
    const char *file; /* as opened */
    const char *text; /* NUL-terminated */
    uint32_t size;    /* bytes before the NUL */
    /* Where lines begin, by source_index; without it places are found by reading from the start. */
    const uint32_t *lines;
    uint32_t line_count;
};

/* Bytes [offset, offset + length) of a source; source may be null: the message then has no place. */
struct location {
    const struct source *source;
    uint32_t offset, length;
};

struct line_column {
    uint32_t line, column;      /* from 1; columns count characters of UTF-8 */
    uint32_t start, line_bytes; /* the line: its first byte and its length without the line end */
};

/* The whole file, in pool, or null with errno set. Files above 16 MiB are refused (EFBIG). */
struct source *source_read(struct pool *pool, const char *path);
/* Makes places in source quick to find. */
void source_index(struct pool *pool, struct source *source);
struct line_column source_line_column(const struct source *source, uint32_t offset);
/* From the start of first to the end of last; both in one source. */
struct location location_join(struct location first, struct location last);
