/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explains one event: it becomes the last case of a test, behind the starts of the kernel, Einit and both sides, so
 * that contexts are as those starts leave them. Each key=value that is no selector is a parameter of the message.
 */
#include <stdio.h>
#include <string.h>
#include <tests/languages/psl/reference/pal.h>
#include <tools/nk-psl-gen-c/parse.h>

static const char *value_of(char *const *words, int count, const char *key)
{
    size_t length = strlen(key);
    for (int i = 0; i < count; i++)
        if (strncmp(words[i], key, length) == 0 && words[i][length] == '=')
            return words[i] + length + 1;
    return nullptr;
}

static void add_start(struct text *text, const char *variable, const char *class)
{
    bool known = class == nullptr || strcmp(class, "kl.core.Core") == 0 || strcmp(class, "Einit") == 0;
    if (!known)
        text_add(text, "any %s <- execute src=einit dst=%s\n", variable, class);
}

static const char *variable_of(const char *class, const char *variable)
{
    return strcmp(class, "kl.core.Core") == 0 ? "core" : strcmp(class, "Einit") == 0 ? "einit" : variable;
}

/* A value as PSL has it: numbers, records and lists as they are; other words are texts. */
static void add_value(struct text *text, const char *value)
{
    bool literal =
        strchr("0123456789-\"{[(", value[0]) != nullptr || strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
    if (literal && value[0] != '\0') {
        text_add(text, "%s", value);
        return;
    }
    text_add(text, "\"");
    for (; *value != '\0'; value++)
        text_add(text, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    text_add(text, "\"");
}

/* The test as PSL text; null if the words make no event. */
static char *make_test(struct pool *pool, char *const *words, int count)
{
    struct text text = {0};
    const char *source = value_of(words, count, "src"), *destination = value_of(words, count, "dst");
    bool execute = strcmp(words[0], "execute") == 0, security = strcmp(words[0], "security") == 0;
    if (source == nullptr || (destination == nullptr && !security))
        return nullptr;
    text_add(&text,
             "assert { sequence {\nany core <- execute dst=kl.core.Core\nany einit <- execute src=core dst=Einit\n");
    add_start(&text, "source_", source);
    if (!execute)
        add_start(&text, "destination_", destination);
    text_add(&text, "any %s src=%s", words[0], variable_of(source, "source_"));
    if (destination != nullptr && !security)
        text_add(&text, " dst=%s", execute ? destination : variable_of(destination, "destination_"));
    static const char *const selectors[] = {"endpoint", "method", "interface", "component"};
    for (int i = 0; i < 4; i++)
        if (value_of(words, count, selectors[i]) != nullptr)
            text_add(&text, " %s=%s", selectors[i], value_of(words, count, selectors[i]));
    text_add(&text, " {");
    for (int i = 1; i < count; i++) {
        const char *sign = strchr(words[i], '=');
        size_t length = sign != nullptr ? (size_t)(sign - words[i]) : 0;
        bool selector = (length == 3 && (strncmp(words[i], "src", 3) == 0 || strncmp(words[i], "dst", 3) == 0));
        for (int j = 0; j < 4; j++)
            selector |= length == strlen(selectors[j]) && strncmp(words[i], selectors[j], length) == 0;
        if (sign == nullptr || selector)
            continue;
        text_add(&text, " %.*s : ", (int)length, words[i]);
        add_value(&text, sign + 1);
        text_add(&text, ",");
    }
    text_add(&text, " }\n} }\n");
    char *copy = pool_copy(pool, text.bytes, text.length);
    text_free(&text);
    return copy;
}

bool reference_explain(struct psl_policy *policy, char *const *words, int count)
{
    struct pool *pool = policy->pool;
    const char *text = make_test(pool, words, count);
    if (text == nullptr) {
        fprintf(stderr, "expected: EVENT src=CLASS dst=CLASS endpoint=NAME method=NAME [PARAMETER=VALUE]...\n");
        return false;
    }
    struct source *source = POOL_NEW(pool, struct source);
    *source = (struct source){.path = "(the event)", .text = text, .size = (uint32_t)strlen(text)};
    source_index(pool, source);
    policy->declarations.tests = policy->declarations.tests_last = nullptr;
    psl_parse_file(pool, policy->diagnostics, source, (struct psl_text){text, source->size, nullptr},
                   &policy->declarations);
    psl_check_policy(policy);
    if (policy->diagnostics->errors != 0)
        return false;
    reference_run_last(policy, policy->declarations.tests->sequences);
    return true;
}
