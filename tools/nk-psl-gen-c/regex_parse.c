/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/condition.h>
#include <tools/nk-psl-gen-c/regex_parse.h>

#define NESTING_MAX 100U

void *regex_fail(struct regex_reader *reader, const char *error)
{
    if (reader->error == nullptr) {
        reader->error = error;
        reader->error_at = reader->at;
    }
    return nullptr;
}

static void skip_space(struct regex_reader *reader)
{
    while (reader->block && psl_is_space(reader->text[reader->at]))
        reader->at++;
}

struct regex_node *regex_make(struct regex_reader *reader, unsigned kind, struct regex_node *left,
                              struct regex_node *right)
{
    struct regex_node *node = POOL_NEW(reader->pool, struct regex_node);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static struct regex_node *either(struct regex_reader *reader);

static struct regex_node *item(struct regex_reader *reader)
{
    struct regex_node *node;
    char c = reader->text[reader->at];
    if (strchr("*+?{", c) != nullptr)
        return regex_fail(reader, "a repetition of nothing");
    if (strchr("^$", c) != nullptr)
        return regex_fail(reader, "'^' and '$' stand at the ends of the pattern only: it matches whole texts");
    if (c == '(') {
        reader->at += strncmp(reader->text + reader->at, "(?:", 3) == 0 ? 3 : 1;
        node = either(reader);
        if (node != nullptr && reader->text[reader->at] != ')')
            return regex_fail(reader, "expected ')'");
        reader->at++;
        return node;
    }
    reader->at++;
    if (c == '[')
        return regex_set(reader);
    node = regex_make(reader, REGEX_SET, nullptr, nullptr);
    if (c == '.') {
        node->ranges = regex_add_range(reader, nullptr, 0, UNICODE_MAX);
        return node;
    }
    uint32_t value = 0;
    if (c == '\\') {
        node->ranges = regex_escape(reader, &value);
    } else {
        reader->at--;
        value = regex_character(reader);
    }
    if (node->ranges == nullptr)
        node->ranges = regex_add_range(reader, nullptr, value, value);
    return node;
}

static unsigned count(struct regex_reader *reader)
{
    unsigned value = 0;
    const char *text = reader->text;
    if (text[reader->at] < '0' || text[reader->at] > '9')
        regex_fail(reader, "expected a number of repetitions");
    for (; text[reader->at] >= '0' && text[reader->at] <= '9'; reader->at++) {
        value = value * 10 + (unsigned)(text[reader->at] - '0');
        if (value > PSL_REGEX_REPEAT_MAX) {
            regex_fail(reader, "more than 1000 repetitions");
            return 0;
        }
    }
    return value;
}

static struct regex_node *repeat(struct regex_reader *reader, struct regex_node *node)
{
    skip_space(reader);
    char c = reader->text[reader->at];
    if (c == '\0' || strchr("*+?{", c) == nullptr)
        return node;
    struct regex_node *result = regex_make(reader, REGEX_REPEAT, node, nullptr);
    reader->at++;
    result->least = c == '+';
    result->most = c == '?' ? 1 : ~0U;
    if (c == '{') {
        result->least = result->most = count(reader);
        if (reader->text[reader->at] == ',') {
            reader->at++;
            result->most = reader->text[reader->at] == '}' ? ~0U : count(reader);
        }
        if (reader->error == nullptr && reader->text[reader->at] != '}')
            return regex_fail(reader, "expected '}'");
        reader->at++;
        if (result->most < result->least)
            return regex_fail(reader, "at most fewer repetitions than at least");
    }
    skip_space(reader);
    if (reader->text[reader->at] != '\0' && strchr("*+?{", reader->text[reader->at]) != nullptr)
        return regex_fail(reader, "a repetition of a repetition; put the first in parentheses");
    return result;
}

static struct regex_node *sequence(struct regex_reader *reader)
{
    struct regex_node *all = regex_make(reader, REGEX_EMPTY, nullptr, nullptr);
    skip_space(reader);
    if (reader->depth == 1 && reader->text[reader->at] == '^')
        reader->at++;
    for (;;) {
        skip_space(reader);
        char c = reader->text[reader->at], next = c != '\0' ? reader->text[reader->at + 1] : '\0';
        if (c == '\0' || c == '|' || c == ')')
            return all;
        if (c == '$' && reader->depth == 1 && (next == '\0' || next == '|' || (reader->block && psl_is_space(next)))) {
            reader->at++;
            skip_space(reader);
            c = reader->text[reader->at];
            return c == '\0' || c == '|' ? all : regex_fail(reader, "'$' stands at the end only");
        }
        struct regex_node *one = item(reader);
        one = one != nullptr ? repeat(reader, one) : nullptr;
        if (one == nullptr || reader->error != nullptr)
            return nullptr;
        all = all->kind == REGEX_EMPTY ? one : regex_make(reader, REGEX_SEQUENCE, all, one);
    }
}

static struct regex_node *either(struct regex_reader *reader)
{
    if (++reader->depth > NESTING_MAX)
        return regex_fail(reader, "more than 100 nested groups");
    struct regex_node *all = sequence(reader);
    while (all != nullptr && reader->text[reader->at] == '|') {
        reader->at++;
        struct regex_node *right = sequence(reader);
        all = right != nullptr ? regex_make(reader, REGEX_EITHER, all, right) : nullptr;
    }
    reader->depth--;
    return all;
}

const struct regex_node *regex_parse(struct pool *pool, const char *text, bool block, const char **error, size_t *at)
{
    struct regex_reader reader = {.pool = pool, .text = text, .block = block};
    struct regex_node *node = either(&reader);
    if (node != nullptr && text[reader.at] != '\0')
        node = regex_fail(&reader, "')' without '('");
    *error = reader.error;
    *at = reader.error_at;
    return reader.error == nullptr ? node : nullptr;
}
