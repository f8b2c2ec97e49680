/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <tools/nk-psl-gen-c/condition.h>

#define NESTING_MAX 100U

enum token_kind : unsigned { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_SIGN };

struct reader {
    struct pool *pool;
    struct diagnostics *diagnostics;
    const struct psl_definition *definitions;
    const struct source *source;
    uint32_t offset, end;
    bool failed;
    unsigned depth;
    /* the token that comes next */
    enum token_kind kind;
    struct location at;
    const char *text; /* the token; of a text, what is between the quotes */
};

const char *psl_definition_find(const struct psl_definition *definitions, const char *name, size_t length)
{
    for (const struct psl_definition *d = definitions; d != nullptr; d = d->next)
        if (strlen(d->name) == length && memcmp(d->name, name, length) == 0)
            return d->value;
    return nullptr;
}

static void fail(struct reader *reader, const char *expected)
{
    if (reader->failed)
        return;
    reader->failed = true;
    if (reader->kind == TOKEN_END)
        diagnostic_error(reader->diagnostics, reader->at, "expected %s before the end of the directive", expected);
    else
        diagnostic_error(reader->diagnostics, reader->at, "expected %s, got '%s'", expected,
                         pool_copy(reader->pool, reader->source->text + reader->at.offset, reader->at.length));
}

static uint32_t token_length(struct reader *reader, const char *start, uint32_t left)
{
    uint32_t length = 1;
    if (psl_word_begins(start[0])) {
        reader->kind = TOKEN_WORD;
        while (length < left && psl_word_goes_on(start[length]))
            length++;
    } else if ((start[0] >= '0' && start[0] <= '9') || (start[0] == '-' && left > 1)) {
        reader->kind = TOKEN_NUMBER;
        while (length < left && psl_word_goes_on(start[length]))
            length++;
    } else if (start[0] == '"' || start[0] == '\'') {
        reader->kind = TOKEN_TEXT;
        while (length < left && start[length] != start[0] && start[length] != '\n')
            length++;
        if (length == left || start[length] != start[0])
            reader->kind = TOKEN_SIGN; /* not closed: an error where it is met */
        else
            length++;
    } else {
        reader->kind = TOKEN_SIGN;
        if (left > 1 && start[1] == '=' && strchr("=!<>", start[0]) != nullptr)
            length = 2;
    }
    return length;
}

static void advance(struct reader *reader)
{
    while (reader->offset < reader->end && psl_is_space(reader->source->text[reader->offset]))
        reader->offset++;
    const char *start = reader->source->text + reader->offset;
    uint32_t length = 0;
    reader->kind = TOKEN_END;
    if (reader->offset < reader->end)
        length = token_length(reader, start, reader->end - reader->offset);
    bool quoted = reader->kind == TOKEN_TEXT;
    reader->at = (struct location){reader->source, reader->offset, length};
    reader->text = pool_copy(reader->pool, start + quoted, length - 2U * quoted);
    reader->offset += length;
}

static bool take(struct reader *reader, const char *word)
{
    if ((reader->kind != TOKEN_WORD && reader->kind != TOKEN_SIGN) || strcmp(reader->text, word) != 0)
        return false;
    advance(reader);
    return true;
}

/* The operand's value, null if it is an undefined variable. */
static const char *operand(struct reader *reader)
{
    const char *value = reader->text;
    if (reader->kind == TOKEN_WORD)
        value = psl_definition_find(reader->definitions, value, strlen(value));
    else if (reader->kind != TOKEN_TEXT && reader->kind != TOKEN_NUMBER)
        fail(reader, "a variable, a text in quotes or a number");
    advance(reader);
    return value;
}

static bool integer(const char *text, long long *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 0);
    return text[0] != '\0' && *end == '\0' && errno == 0;
}

static bool compare(struct reader *reader, const char *sign, struct location at, const char *left, const char *right)
{
    long long a = 0, b = 0;
    bool equality = sign[1] == '=' && (sign[0] == '=' || sign[0] == '!');
    bool numbers = left != nullptr && right != nullptr && integer(left, &a) && integer(right, &b);
    if (equality) {
        bool equal = numbers ? a == b : left != nullptr && right != nullptr && strcmp(left, right) == 0;
        return equal == (sign[0] == '=');
    }
    if (!numbers) {
        if (!reader->failed)
            diagnostic_error(reader->diagnostics, at, "'%s' compares integers; one side is %s", sign,
                             left == nullptr || right == nullptr ? "not defined" : "not one");
        reader->failed = true;
        return false;
    }
    bool less = a < b, equal = a == b;
    return sign[0] == '<' ? less || (equal && sign[1] == '=') : (!less && !equal) || (equal && sign[1] == '=');
}

static bool disjunction(struct reader *reader);

static bool test(struct reader *reader)
{
    if (take(reader, "(")) {
        bool value = disjunction(reader);
        if (!take(reader, ")"))
            fail(reader, "')'");
        return value;
    }
    const char *left = operand(reader);
    if (take(reader, "is")) {
        bool negated = take(reader, "not");
        if (!take(reader, "defined"))
            fail(reader, "'defined'");
        return (left != nullptr) != negated;
    }
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        struct location at = reader->at;
        if (take(reader, signs[i]))
            return compare(reader, signs[i], at, left, operand(reader));
    }
    return left != nullptr && left[0] != '\0' && strcmp(left, "0") != 0 && strcasecmp(left, "false") != 0;
}

static bool negation(struct reader *reader)
{
    bool negated = false;
    while (take(reader, "not"))
        negated = !negated;
    return test(reader) != negated;
}

static bool conjunction(struct reader *reader)
{
    bool value = negation(reader);
    while (take(reader, "and"))
        value &= negation(reader);
    return value;
}

static bool disjunction(struct reader *reader)
{
    if (++reader->depth > NESTING_MAX) {
        fail(reader, "fewer parentheses");
        reader->offset = reader->end;
        advance(reader);
        return false;
    }
    bool value = conjunction(reader);
    while (take(reader, "or"))
        value |= conjunction(reader);
    reader->depth--;
    return value;
}

bool psl_condition(struct pool *pool, struct diagnostics *diagnostics, const struct psl_definition *definitions,
                   struct location at)
{
    struct reader reader = {.pool = pool,
                            .diagnostics = diagnostics,
                            .definitions = definitions,
                            .source = at.source,
                            .offset = at.offset,
                            .end = at.offset + at.length};
    advance(&reader);
    bool value = disjunction(&reader);
    if (reader.kind != TOKEN_END)
        fail(&reader, "the end of the directive, an operator, 'and' or 'or'");
    return value && !reader.failed;
}
