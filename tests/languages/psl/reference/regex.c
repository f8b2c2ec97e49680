/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns, read while they are matched: a piece of a pattern turns a set of places in the text into the set of places
 * behind what it matches. Texts and patterns are split into characters first. */
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/reference/reference.h>

struct matcher {
    const uint32_t *pattern, *text;
    size_t pattern_length, length, at;
    bool block;
};

/* UTF-8 to characters; returns how many. */
static size_t split(const char *text, size_t length, uint32_t *characters)
{
    size_t count = 0;
    for (size_t i = 0; i < length;) {
        unsigned char first = (unsigned char)text[i];
        unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
        uint32_t value = more == 0 ? first : first & (0x3fU >> more);
        for (i++; more != 0 && i < length; more--, i++)
            value = value << 6 | ((unsigned char)text[i] & 0x3f);
        characters[count++] = value;
    }
    return count;
}

static uint32_t peek(const struct matcher *m)
{
    return m->at < m->pattern_length ? m->pattern[m->at] : 0;
}

static bool is_white(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip(struct matcher *m)
{
    while (m->block && is_white(peek(m)))
        m->at++;
}

static bool class_letter(uint32_t c)
{
    return c != 0 && c < 128 && strchr("dDwWsS", (int)c) != nullptr;
}

static bool in_class(char letter, uint32_t c)
{
    bool digit = c >= '0' && c <= '9';
    switch (letter) {
    case 'd':
        return digit;
    case 'D':
        return !digit;
    case 's':
        return is_white(c);
    case 'S':
        return !is_white(c);
    default:
        digit |= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        return digit == (letter == 'w');
    }
}

/* A single character behind a backslash. */
static uint32_t escaped(struct matcher *m)
{
    static const char names[] = "nrtfv", values[] = "\n\r\t\f\v";
    uint32_t c = m->pattern[m->at++];
    const char *known = c < 128 ? strchr(names, (int)c) : nullptr;
    if (known != nullptr && c != 0)
        return (uint32_t)values[known - names];
    if (c != 'x')
        return c;
    char digits[3] = {(char)m->pattern[m->at], (char)m->pattern[m->at + 1], '\0'};
    m->at += 2;
    return (uint32_t)strtoul(digits, nullptr, 16);
}

/* Reads one item that matches a single character; true if it matches c. */
static bool single(struct matcher *m, uint32_t c)
{
    uint32_t p = m->pattern[m->at++];
    if (p == '.')
        return true;
    if (p == '\\' && class_letter(peek(m)))
        return in_class((char)m->pattern[m->at++], c);
    if (p == '\\')
        return escaped(m) == c;
    if (p != '[')
        return p == c;
    bool negated = peek(m) == '^', found = false;
    m->at += negated;
    for (bool first = true; first || peek(m) != ']'; first = false) {
        uint32_t from = m->pattern[m->at++];
        if (from == '\\' && class_letter(peek(m))) {
            found |= in_class((char)m->pattern[m->at++], c);
            continue;
        }
        if (from == '\\')
            from = escaped(m);
        uint32_t to = from;
        if (peek(m) == '-' && m->pattern[m->at + 1] != ']') {
            m->at++;
            to = m->pattern[m->at++];
            to = to == '\\' ? escaped(m) : to;
        }
        found |= c >= from && c <= to;
    }
    m->at++;
    return found != negated;
}

static void alternatives(struct matcher *m, const bool *from, bool *to);

/* One item without its repetition. */
static void item(struct matcher *m, const bool *from, bool *to)
{
    size_t start = m->at;
    memset(to, 0, m->length + 1);
    if (peek(m) == '(') {
        m->at++;
        if (peek(m) == '?')
            m->at += 2;
        alternatives(m, from, to);
        m->at++;
        return;
    }
    for (size_t i = 0; i <= m->length; i++) {
        m->at = start;
        bool matches = single(m, i < m->length ? m->text[i] : 0x110000);
        if (i < m->length && from[i] && matches)
            to[i + 1] = true;
    }
}

static unsigned number(struct matcher *m)
{
    unsigned value = 0;
    while (peek(m) >= '0' && peek(m) <= '9')
        value = value * 10 + m->pattern[m->at++] - '0';
    return value;
}

/* An item and its repetition. */
static void repeated(struct matcher *m, const bool *from, bool *to)
{
    size_t start = m->at, size = m->length + 1;
    bool *now = malloc(size), *next = malloc(size);
    item(m, from, next); /* to find its end */
    skip(m);
    unsigned least = 1, most = 1;
    uint32_t sign = peek(m);
    if (sign == '*' || sign == '+' || sign == '?') {
        m->at++;
        least = sign == '+';
        most = sign == '?' ? 1 : ~0U;
    } else if (sign == '{') {
        m->at++;
        least = most = number(m);
        if (peek(m) == ',') {
            m->at++;
            most = peek(m) == '}' ? ~0U : number(m);
        }
        m->at++;
    }
    size_t end = m->at;
    memcpy(now, from, size);
    memset(to, 0, size);
    for (unsigned i = 0;; i++) {
        bool more = false;
        for (size_t j = 0; j < size && i >= least; j++) {
            more |= now[j] && !to[j];
            to[j] |= now[j];
        }
        if (i == most || (i >= least && !more))
            break;
        m->at = start;
        item(m, now, next);
        memcpy(now, next, size);
    }
    m->at = end;
    free(now);
    free(next);
}

static void sequence(struct matcher *m, const bool *from, bool *to)
{
    size_t size = m->length + 1;
    bool *now = malloc(size);
    memcpy(now, from, size);
    for (skip(m); m->at < m->pattern_length && peek(m) != '|' && peek(m) != ')'; skip(m)) {
        if (peek(m) == '^' || peek(m) == '$') {
            m->at++;
            continue;
        }
        repeated(m, now, to);
        memcpy(now, to, size);
    }
    memcpy(to, now, size);
    free(now);
}

static void alternatives(struct matcher *m, const bool *from, bool *to)
{
    size_t size = m->length + 1;
    bool *one = malloc(size);
    sequence(m, from, to);
    while (peek(m) == '|') {
        m->at++;
        sequence(m, from, one);
        for (size_t i = 0; i < size; i++)
            to[i] |= one[i];
    }
    free(one);
}

bool reference_match(const char *pattern, bool block, const char *text, size_t length)
{
    size_t pattern_size = strlen(pattern);
    uint32_t *characters = malloc(sizeof(uint32_t) * (pattern_size + 3)),
             *letters = malloc(sizeof(uint32_t) * (length + 1));
    struct matcher m = {.pattern = characters, .text = letters, .block = block};
    m.pattern_length = split(pattern, pattern_size, characters);
    characters[m.pattern_length] = characters[m.pattern_length + 1] = 0;
    m.length = split(text, length, letters);
    bool *from = calloc(m.length + 1, 1), *to = calloc(m.length + 1, 1);
    from[0] = true;
    alternatives(&m, from, to);
    bool matches = to[m.length];
    free(from);
    free(to);
    free(characters);
    free(letters);
    return matches;
}
