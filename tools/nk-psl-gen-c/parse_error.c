/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/nk-psl-gen-c/condition.h>
#include <tools/nk-psl-gen-c/parse_error.h>
#include <tools/nk-psl-gen-c/parse.tab.h>
#include <tools/nk-psl-gen-c/parse_tokens.h>
#include <string.h>

static const struct keyword {
    const char *word;
    int token;
    bool names; /* may also name things, so it says nothing where names are expected */
} keywords[] = {
    {"execute", EXECUTE, true},   {"request", REQUEST, true},     {"response", RESPONSE, true},
    {"error", ERROR, true},       {"security", SECURITY, true},   {"src", SRC, true},
    {"dst", DST, true},           {"interface", INTERFACE, true}, {"component", COMPONENT, true},
    {"endpoint", ENDPOINT, true}, {"method", METHOD, true},       {"audit", AUDIT, false},
    {"default", DEFAULT, true},   {"profile", PROFILE, true},     {"use", USE, true},
    {"EDL", EDL, true},           {"task", TASK, true},           {"class", CLASS, true},
    {"policy", POLICY, true},     {"object", OBJECT, true},       {"type", TYPE, true},
    {"config", CONFIG, true},     {"match", MATCH, false},        {"choice", CHOICE, false},
    {"assert", ASSERT, true},     {"setup", SETUP, true},         {"sequence", SEQUENCE, true},
    {"finally", FINALLY, true},   {"grant", GRANT, true},         {"deny", DENY, true},
    {"any", ANY, true},           {"true", TRUE, false},          {"false", FALSE, false},
    {"message", MESSAGE, false},  {"src_sid", SRC_SID, false},    {"dst_sid", DST_SID, false},
};
#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

int psl_keyword_token(const char *word)
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if (keywords[i].word[0] == word[0] && strcmp(keywords[i].word, word) == 0)
            return keywords[i].token;
    return NAME;
}

/* "'match'" -> its keyword, null for other tokens. */
static const struct keyword *keyword_of(const char *token)
{
    size_t length = strlen(token);
    for (size_t i = 0; length > 2 && token[0] == '\'' && i < KEYWORDS; i++)
        if (strlen(keywords[i].word) == length - 2 && memcmp(keywords[i].word, token + 1, length - 2) == 0)
            return &keywords[i];
    return nullptr;
}

struct words {
    const char *list[32];
    int count;
};

static void add(struct words *words, const char *word)
{
    for (int i = 0; i < words->count; i++)
        if (strcmp(words->list[i], word) == 0)
            return;
    if (words->count < 32)
        words->list[words->count++] = word;
}

static bool has(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool is_operator(const char *token)
{
    static const char *const operators[] = {"'==>'", "'||'", "'&&'", "'=='", "'!='", "'<='", "'>='",
                                            "'<'",   "'>'",  "'+'",  "'-'",  "'*'",  "'&'",  "'|'"};
    return has(operators, sizeof(operators) / sizeof(operators[0]), token);
}

/* Groups tokens: what begins an expression is "a value", operators are "an operator". */
static void group(struct words *words, const char *const *tokens, int count)
{
    bool name = has(tokens, count, "a name");
    bool value = has(tokens, count, "'message'") && has(tokens, count, "a number") && has(tokens, count, "'{'");
    bool operators = has(tokens, count, "'+'") && has(tokens, count, "'=='");
    static const char *const values[] = {
        "a name", "a number", "a text in quotes", "a pattern in ```regex ```", "'{'", "'['", "'('", "'-'",
        "'!'",    "'~'"};
    for (int i = 0; i < count; i++) {
        const struct keyword *keyword = keyword_of(tokens[i]);
        if (keyword != nullptr && name && (keyword->names || value))
            continue;
        if (operators && is_operator(tokens[i]))
            add(words, "an operator");
        else if (value && (keyword != nullptr || has(values, sizeof(values) / sizeof(values[0]), tokens[i])))
            add(words, "a value");
        else
            add(words, tokens[i]);
    }
}

/* Goes on as if the word at `at` were the keyword. */
static void suggest(struct psl_parse *parse, struct location at, const char *keyword)
{
    diagnostic_note(parse->diagnostics, at, "did you mean '%s'?", keyword);
    psl_tokens_correct(parse, at, keyword);
}

/* One of the words before what was not expected, if it looks like one that would have been understood. more: something
 * follows that a section of `match` or `choice`, or a test's case, may be made of. */
static void suggest_before(struct psl_parse *parse, bool value, bool test, bool more)
{
    static const char *const sections[] = {"match", "choice"}, *const values[] = {"message", "src_sid", "dst_sid"};
    const char *const *words = value ? values : test ? psl_event_word : sections;
    unsigned count = value ? 3 : test ? PSL_EVENTS : 2;
    for (unsigned i = 0; i < 3 && parse->words[i].text != nullptr; i++) {
        struct suggestion suggestion = {.wanted = parse->words[i].text};
        for (unsigned j = 0; j < count; j++)
            suggestion_offer(&suggestion, words[j]);
        if (i + 1 < 3 && parse->words[i + 1].text != nullptr && strcmp(parse->words[i + 1].text, "use") == 0)
            suggestion_offer(&suggestion, "EDL");
        bool known = psl_keyword_token(suggestion.wanted) != NAME;
        if (suggestion.nearest == nullptr || known)
            continue;
        if (value || !more)
            diagnostic_note(parse->diagnostics, parse->words[i].at, "did you mean '%s'?", suggestion.nearest);
        else
            suggest(parse, parse->words[i].at, suggestion.nearest);
        return;
    }
}

/* The last word of the line before `at`, if that line is a "use" that is not of an EDL file. */
static bool used_before(struct location at, struct location *word)
{
    const char *text = at.source->text, *end = text + at.offset, *line;
    while (end > text && strchr(" \t\r\n", end[-1]) != nullptr)
        end--;
    for (line = end; line > text && line[-1] != '\n';)
        line--;
    bool same_line = memchr(end, '\n', (size_t)(text + at.offset - end)) == nullptr;
    const char *begin = end;
    while (begin > line && psl_word_begins(begin[-1]))
        begin--;
    *word = (struct location){at.source, (uint32_t)(begin - text), (uint32_t)(end - begin)};
    line += strspn(line, " \t");
    return !same_line && strncmp(line, "use ", 4) == 0 && strncmp(line, "use EDL ", 8) != 0;
}

/* What people of other languages forget. */
static bool suggest_habit(const struct psl_parse *parse, struct location at, const char *got, const char *const *tokens,
                          int count)
{
    const struct name *word = &parse->words[0];
    if (strcmp(got, "=") == 0 && has(tokens, count, "'=='")) {
        diagnostic_note(parse->diagnostics, at, "did you mean '=='?");
        return true;
    }
    struct location used;
    if (has(tokens, count, "'.'") && used_before(at, &used)) {
        diagnostic_note(parse->diagnostics, used, "a file is used by its name and '._'");
        return true;
    }
    if ((strcmp(got, "}") != 0 && strcmp(got, ";") != 0) || word->text == nullptr || !has(tokens, count, "'('"))
        return false;
    for (uint32_t i = word->at.offset + word->at.length; i < at.offset; i++)
        if (at.source->text[i] != ' ' && at.source->text[i] != '\n')
            return false;
    diagnostic_note(parse->diagnostics, word->at, "a call has an argument: '%s ()'", word->text);
    return true;
}

static char closing(struct location open)
{
    char bracket = open.source->text[open.offset];
    return bracket == '(' ? ')' : bracket == '[' ? ']' : '}';
}

void psl_report_syntax(struct psl_parse *parse, struct location at, bool at_end, const char *const *tokens, int count)
{
    struct words words = {.count = 0};
    struct location open, misplaced;
    bool unclosed = psl_tokens_unclosed(parse, &open, &misplaced);
    if (unclosed && misplaced.source != nullptr) {
        diagnostic_error(parse->diagnostics, misplaced, "expected '%c' before the next declaration", closing(open));
        diagnostic_note(parse->diagnostics, open, "this is not closed");
        return;
    }
    group(&words, tokens, count);
    struct text expected = {0};
    text_add(&expected, "expected %s", words.count != 0 ? words.list[0] : "something else");
    for (int i = 1; i < words.count; i++)
        text_add(&expected, "%s%s", i + 1 == words.count ? " or " : ", ", words.list[i]);
    const char *got = pool_copy(parse->pool, at.source->text + at.offset, at.length < 40 ? at.length : 40);
    if (at_end)
        diagnostic_error(parse->diagnostics, at, "%s before the end of the file", expected.bytes);
    if (at_end && unclosed)
        diagnostic_note(parse->diagnostics, open, "this is not closed");
    if (!at_end)
        diagnostic_error(parse->diagnostics, at, "%s, got '%s'", expected.bytes, got);
    text_free(&expected);
    if (!at_end && suggest_habit(parse, at, got, tokens, count))
        return;
    struct suggestion suggestion = {.wanted = got};
    bool word = !at_end && psl_word_begins(got[0]) && psl_keyword_token(got) == NAME;
    for (int i = 0; word && i < count; i++) {
        const struct keyword *keyword = keyword_of(tokens[i]);
        if (keyword != nullptr)
            suggestion_offer(&suggestion, keyword->word);
    }
    if (suggestion.nearest != nullptr)
        suggest(parse, at, suggestion.nearest);
    else if (!at_end)
        suggest_before(parse, !psl_word_begins(got[0]), has(tokens, count, "'~>'"), strcmp(got, "}") != 0);
}
