/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>
#include <stdio.h>
#include <string.h>
#include <tools/language/diagnostic.h>

static uint64_t hash(const char *text)
{
    uint64_t value = 14695981039346656037ULL;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211ULL;
    return value;
}

/* The source line, and a caret under the place: tabs stay tabs so that the caret stands right. */
static void show_line(FILE *stream, const struct source *source, struct line_column place, struct location at)
{
    const char *line = source->text + place.start;
    struct text carets = {0};
    for (uint32_t i = place.start; i < at.offset && i < place.start + place.line_bytes; i++)
        if (((unsigned char)source->text[i] & 0xc0U) != 0x80U)
            text_add(&carets, "%c", source->text[i] == '\t' ? '\t' : ' ');
    text_add(&carets, "^");
    for (uint32_t i = at.offset + 1; i < at.offset + at.length && i < place.start + place.line_bytes; i++)
        if (((unsigned char)source->text[i] & 0xc0U) != 0x80U)
            text_add(&carets, "~");
    fprintf(stream, "  %.*s\n  %s\n", (int)place.line_bytes, line, carets.bytes);
    text_free(&carets);
}

[[gnu::format(printf, 4, 0)]] static void show(struct diagnostics *diagnostics, const char *kind, struct location at,
                                               const char *format, va_list arguments)
{
    FILE *stream = diagnostics->stream != nullptr ? diagnostics->stream : stderr;
    struct text text = {0};
    text_add_list(&text, format, arguments);
    uint64_t identity = hash(text.bytes);
    bool note = kind[0] == 'n', error = kind[0] == 'e';
    bool twice = at.source != nullptr && at.source == diagnostics->last.source &&
                 at.offset == diagnostics->last.offset && identity == diagnostics->last_text;
    twice |= at.source != nullptr && at.source == diagnostics->said.source && at.offset <= diagnostics->said.offset;
    if (!note) {
        diagnostics->silent = twice || (error && diagnostics->errors >= DIAGNOSTIC_ERRORS_MAX);
        diagnostics->last = at;
        diagnostics->last_text = identity;
        if (!twice)
            *(error ? &diagnostics->errors : &diagnostics->warnings) += 1;
    }
    if (!diagnostics->silent && at.source == nullptr) {
        fprintf(stream, "%s: %s: %s\n", diagnostics->tool, kind, text.bytes);
    } else if (!diagnostics->silent) {
        struct line_column place = source_line_column(at.source, at.offset);
        fprintf(stream, "%s:%u:%u: %s: %s\n", at.source->path, place.line, place.column, kind, text.bytes);
        show_line(stream, at.source, place, at);
    } else if (error && !twice && diagnostics->errors == DIAGNOSTIC_ERRORS_MAX + 1) {
        fprintf(stream, "%s: more errors are not shown\n", diagnostics->tool);
    }
    text_free(&text);
}

#define SHOW(kind)                                                                                                     \
    va_list arguments;                                                                                                 \
    va_start(arguments, format);                                                                                       \
    show(diagnostics, kind, at, format, arguments);                                                                    \
    va_end(arguments)

void diagnostic_error(struct diagnostics *diagnostics, struct location at, const char *format, ...)
{
    SHOW("error");
}
void diagnostic_warning(struct diagnostics *diagnostics, struct location at, const char *format, ...)
{
    SHOW("warning");
}
void diagnostic_note(struct diagnostics *diagnostics, struct location at, const char *format, ...)
{
    SHOW("note");
}

#define NAME_MAX_LENGTH 64U

/* Edits from a to b: insert, delete, change, swap of neighbours; a change of case is one. */
static unsigned distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > NAME_MAX_LENGTH || b_length > NAME_MAX_LENGTH)
        return ~0U;
    if (strcasecmp(a, b) == 0)
        return strcmp(a, b) != 0;
    unsigned rows[3][NAME_MAX_LENGTH + 1];
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two_above[j - 2] + 1 < best)
                best = two_above[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    const char *wanted = suggestion->wanted, *name = candidate;
    for (size_t i = 0; wanted[i] != '\0' && wanted[i] == candidate[i]; i++) /* a.b.C: the package says nothing of C */
        if (wanted[i] == '.')
            name = candidate + i + 1;
    unsigned edits = distance(wanted + (name - candidate), name);
    size_t length = strlen(name);
    if (edits == ~0U || edits == 0 || edits > (length + 2) / 3)
        return;
    if (suggestion->nearest == nullptr || edits < suggestion->distance) {
        suggestion->nearest = candidate;
        suggestion->distance = edits;
    }
}
