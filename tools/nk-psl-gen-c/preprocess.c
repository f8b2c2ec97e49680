/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <tools/nk-psl-gen-c/condition.h>

#define NESTING_MAX 64U

/* One {% if %} that is open. */
struct branch {
    struct location at;
    bool outside; /* text around it is taken */
    bool taken;   /* one of its branches was */
    bool active;  /* this branch is */
    bool last;    /* {% else %} was met */
};

struct run {
    struct pool *pool;
    struct diagnostics *diagnostics;
    const struct source *source;
    const struct psl_definition *definitions;
    struct text output;
    uint32_t *origin; /* null until a variable was replaced */
    size_t origin_capacity;
    struct branch stack[NESTING_MAX];
    unsigned depth;
};

static bool active(const struct run *run)
{
    return run->depth == 0 || run->stack[run->depth - 1].active;
}

static struct location place(const struct run *run, uint32_t start, uint32_t end)
{
    return (struct location){run->source, start, end - start};
}

/* Records where the output's next `count` bytes come from; step: 1 for copies, 0 for a variable's value. */
static void note_origin(struct run *run, uint32_t from, size_t count, uint32_t step)
{
    if (run->origin == nullptr && step == 1)
        return; /* identity so far */
    size_t have = run->output.length, need = have + count + 1;
    if (need > run->origin_capacity) {
        size_t capacity = need * 2 > run->source->size ? need * 2 : run->source->size;
        uint32_t *grown = pool_allocate(run->pool, capacity * sizeof(*grown));
        if (run->origin != nullptr)
            memcpy(grown, run->origin, have * sizeof(*grown));
        for (size_t i = 0; run->origin == nullptr && i < have; i++)
            grown[i] = (uint32_t)i;
        run->origin = grown;
        run->origin_capacity = capacity;
    }
    for (size_t i = 0; i <= count; i++)
        run->origin[have + i] = from + (uint32_t)i * step;
}

static void copy(struct run *run, uint32_t from, uint32_t to)
{
    note_origin(run, from, to - from, 1);
    text_add_bytes(&run->output, run->source->text + from, to - from);
}

/* Spaces for bytes that are not taken. */
static void blank(struct run *run, uint32_t from, uint32_t to)
{
    note_origin(run, from, to - from, 1);
    for (uint32_t i = from; i < to; i++) {
        char c = run->source->text[i];
        text_add_bytes(&run->output, c == '\n' || c == '\r' ? &c : " ", 1);
    }
}

static void open_branch(struct run *run, struct location at, struct location condition)
{
    if (run->depth == NESTING_MAX) {
        diagnostic_error(run->diagnostics, at, "more than %u nested {%% if %%}", NESTING_MAX);
        return;
    }
    struct branch branch = {.at = at, .outside = active(run)};
    branch.active = psl_condition(run->pool, run->diagnostics, run->definitions, condition) && branch.outside;
    branch.taken = branch.active;
    run->stack[run->depth++] = branch;
}

static void next_branch(struct run *run, struct location at, const char *word, const struct location *condition)
{
    if (run->depth == 0) {
        diagnostic_error(run->diagnostics, at, "{%% %s %%} without {%% if %%}", word);
        return;
    }
    struct branch *branch = &run->stack[run->depth - 1];
    if (branch->last) {
        diagnostic_error(run->diagnostics, at, "{%% %s %%} after {%% else %%}; expected {%% endif %%}", word);
        diagnostic_note(run->diagnostics, branch->at, "it belongs to this {%% if %%}");
        return;
    }
    bool chosen = condition == nullptr || psl_condition(run->pool, run->diagnostics, run->definitions, *condition);
    branch->active = branch->outside && !branch->taken && chosen;
    branch->taken |= branch->active;
    branch->last = condition == nullptr;
}

static void expect_nothing(struct run *run, struct location rest, const char *word)
{
    if (rest.length != 0)
        diagnostic_error(run->diagnostics, rest, "expected '%%}' behind '%s'", word);
}

/* What is between the percent signs. */
static void directive(struct run *run, uint32_t start, uint32_t end, struct location whole)
{
    const char *text = run->source->text;
    while (start < end && (psl_is_space(text[start]) || text[start] == '-'))
        start++;
    while (end > start && (psl_is_space(text[end - 1]) || text[end - 1] == '-'))
        end--;
    uint32_t word_end = start;
    while (word_end < end && psl_word_goes_on(text[word_end]))
        word_end++;
    const char *word = pool_copy(run->pool, text + start, word_end - start);
    uint32_t rest_start = word_end;
    while (rest_start < end && psl_is_space(text[rest_start]))
        rest_start++;
    struct location rest = place(run, rest_start, end);
    if (strcmp(word, "if") == 0) {
        open_branch(run, whole, rest);
    } else if (strcmp(word, "elif") == 0) {
        next_branch(run, whole, word, &rest);
    } else if (strcmp(word, "else") == 0) {
        expect_nothing(run, rest, word);
        next_branch(run, whole, word, nullptr);
    } else if (strcmp(word, "endif") == 0) {
        expect_nothing(run, rest, word);
        if (run->depth == 0)
            diagnostic_error(run->diagnostics, whole, "{%% endif %%} without {%% if %%}");
        else
            run->depth--;
    } else {
        struct suggestion suggestion = {.wanted = word};
        static const char *const words[] = {"if", "elif", "else", "endif"};
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            suggestion_offer(&suggestion, words[i]);
        struct location at = place(run, start, word_end);
        diagnostic_error(run->diagnostics, at.length != 0 ? at : whole,
                         "expected 'if', 'elif', 'else' or 'endif' in a directive%s%s%s",
                         at.length != 0 ? ", got '" : "", word, at.length != 0 ? "'" : "");
        if (suggestion.nearest != nullptr)
            diagnostic_note(run->diagnostics, at, "did you mean '%s'?", suggestion.nearest);
    }
}

/* {{ NAME }} at offset: its value instead. Returns the offset behind it, or offset if this is something else. */
static uint32_t variable(struct run *run, uint32_t offset)
{
    const char *text = run->source->text;
    uint32_t start = offset + 2;
    while (psl_is_space(text[start]))
        start++;
    uint32_t end = start;
    while (psl_word_goes_on(text[end]))
        end++;
    uint32_t after = end;
    while (psl_is_space(text[after]))
        after++;
    if (!psl_word_begins(text[start]) || text[after] != '}' || text[after + 1] != '}')
        return offset;
    after += 2;
    if (!active(run)) {
        blank(run, offset, after);
        return after;
    }
    const char *value = psl_definition_find(run->definitions, text + start, end - start);
    if (value == nullptr) {
        const char *name = pool_copy(run->pool, text + start, end - start);
        struct suggestion suggestion = {.wanted = name};
        for (const struct psl_definition *d = run->definitions; d != nullptr; d = d->next)
            suggestion_offer(&suggestion, d->name);
        diagnostic_error(run->diagnostics, place(run, start, end),
                         "the variable '%s' is not defined (--preprocessor-definition)", name);
        if (suggestion.nearest != nullptr)
            diagnostic_note(run->diagnostics, place(run, start, end), "did you mean '%s'?", suggestion.nearest);
        value = "";
    }
    note_origin(run, offset, strlen(value), 0);
    text_add_bytes(&run->output, value, strlen(value));
    return after;
}

/* The offset behind the closing sign of what opens at offset: "%}" or "#}". */
static uint32_t close_sign(struct run *run, uint32_t offset, char sign)
{
    for (uint32_t end = offset + 2; end + 1 < run->source->size; end++)
        if (run->source->text[end] == sign && run->source->text[end + 1] == '}')
            return end + 2;
    diagnostic_error(run->diagnostics, place(run, offset, offset + 2), "expected '%c}' before the end of the file",
                     sign);
    return run->source->size;
}

bool psl_has_directives(const struct source *source)
{
    return strstr(source->text, "{%") != nullptr;
}

struct psl_text psl_preprocess(struct pool *pool, struct diagnostics *diagnostics, const struct source *source,
                               const struct psl_definition *definitions)
{
    struct run run = {.pool = pool, .diagnostics = diagnostics, .source = source, .definitions = definitions};
    for (uint32_t offset = 0; offset < source->size;) {
        const char *text = source->text + offset;
        uint32_t next = offset;
        if (text[0] == '{' && (text[1] == '%' || text[1] == '#')) {
            next = close_sign(&run, offset, text[1]);
            if (text[1] == '%' && next >= offset + 4 && source->text[next - 2] == '%')
                directive(&run, offset + 2, next - 2, place(&run, offset, next));
            blank(&run, offset, next);
        } else if (text[0] == '{' && text[1] == '{') {
            next = variable(&run, offset);
        }
        if (next == offset) {
            next = offset + 1;
            while (next < source->size && source->text[next] != '{')
                next++;
            (active(&run) ? copy : blank)(&run, offset, next);
        }
        offset = next;
    }
    if (run.depth != 0)
        diagnostic_error(diagnostics, run.stack[run.depth - 1].at, "this {%% if %%} has no {%% endif %%}");
    struct psl_text result = {pool_copy(pool, run.output.bytes != nullptr ? run.output.bytes : "", run.output.length),
                              (uint32_t)run.output.length, run.origin};
    text_free(&run.output);
    return result;
}
