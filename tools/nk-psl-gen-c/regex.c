/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns to a nondeterministic automaton over bytes, that to a deterministic one, and that made small. */
#include <string.h>
#include <tools/nk-psl-gen-c/regex_automaton.h>
#include <tools/nk-psl-gen-c/regex_parse.h>

#define PATTERN_SIZE_MAX 4096U

static unsigned add_state(struct regex_automaton *automaton)
{
    if (automaton->count == REGEX_NFA_MAX) {
        automaton->full = true;
        return 0;
    }
    if (automaton->states == nullptr)
        automaton->states = pool_allocate(automaton->pool, sizeof(*automaton->states) * REGEX_NFA_MAX);
    automaton->states[automaton->count] = (struct regex_state){.next = {REGEX_NONE, REGEX_NONE}};
    return automaton->count++;
}

static void connect(struct regex_automaton *automaton, unsigned from, unsigned to)
{
    unsigned *next = automaton->states[from].next;
    while (!automaton->full && next[0] != REGEX_NONE && next[1] != REGEX_NONE) {
        /* Both taken: a fresh state takes the second one over. */
        unsigned more = add_state(automaton);
        automaton->states[more].next[0] = next[1];
        next[1] = more;
        next = automaton->states[more].next;
    }
    next[next[0] != REGEX_NONE] = to;
}

/* A chain of byte ranges from one state to another. */
static void add_bytes(struct regex_automaton *automaton, unsigned from, unsigned to, const uint8_t *first,
                      const uint8_t *last, unsigned length)
{
    for (unsigned i = 0; i < length; i++) {
        unsigned step = add_state(automaton);
        connect(automaton, from, step);
        automaton->states[step].first = first[i];
        automaton->states[step].last = last[i];
        automaton->states[step].eats = true;
        from = i + 1 < length ? add_state(automaton) : to;
        automaton->states[step].next[0] = from;
    }
}

static unsigned encode(uint32_t character, uint8_t *bytes)
{
    if (character < 0x80) {
        bytes[0] = (uint8_t)character;
        return 1;
    }
    unsigned length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (unsigned i = length; i-- > 1; character >>= 6)
        bytes[i] = (uint8_t)(0x80 | (character & 0x3f));
    bytes[0] = (uint8_t)((0xf00U >> length & 0xff) | character);
    return length;
}

/* Characters [first, last] as chains of byte ranges: split where the encoding's length or a byte's range changes. */
static void add_characters(struct regex_automaton *automaton, unsigned from, unsigned to, uint32_t first, uint32_t last)
{
    static const uint32_t ends[] = {0x7f, 0x7ff, 0xffff};
    for (unsigned i = 0; i < 3; i++) {
        if (first <= ends[i] && last > ends[i]) {
            add_characters(automaton, from, to, first, ends[i]);
            add_characters(automaton, from, to, ends[i] + 1, last);
            return;
        }
    }
    for (unsigned shift = 6; first >= 0x80 && shift <= 18; shift += 6) {
        uint32_t low = ((uint32_t)1 << shift) - 1;
        if ((first & ~low) == (last & ~low))
            break;
        if ((first & low) != 0) {
            add_characters(automaton, from, to, first, first | low);
            add_characters(automaton, from, to, (first | low) + 1, last);
            return;
        }
        if ((last & low) != low) {
            add_characters(automaton, from, to, first, (last & ~low) - 1);
            add_characters(automaton, from, to, last & ~low, last);
            return;
        }
    }
    uint8_t low[4], high[4];
    unsigned length = encode(first, low);
    encode(last, high);
    add_bytes(automaton, from, to, low, high, length);
}

/* The node from one state to another. */
static void add_node(struct regex_automaton *automaton, const struct regex_node *node, unsigned from, unsigned to)
{
    if (automaton->full)
        return;
    unsigned middle;
    switch (node->kind) {
    case REGEX_EMPTY:
        connect(automaton, from, to);
        break;
    case REGEX_SET:
        for (const struct regex_range *range = node->ranges; range != nullptr; range = range->next)
            add_characters(automaton, from, to, range->first, range->last);
        break;
    case REGEX_SEQUENCE:
        middle = add_state(automaton);
        add_node(automaton, node->left, from, middle);
        add_node(automaton, node->right, middle, to);
        break;
    case REGEX_EITHER:
        add_node(automaton, node->left, from, to);
        add_node(automaton, node->right, from, to);
        break;
    case REGEX_REPEAT:
        for (unsigned i = 0; i < node->least && !automaton->full; i++, from = middle) {
            middle = add_state(automaton);
            add_node(automaton, node->left, from, middle);
        }
        if (node->most == ~0U) {
            unsigned loop = add_state(automaton), end = add_state(automaton);
            connect(automaton, from, loop);
            add_node(automaton, node->left, loop, end);
            connect(automaton, end, loop);
            connect(automaton, loop, to);
            break;
        }
        for (unsigned i = node->least; i < node->most && !automaton->full; i++, from = middle) {
            middle = add_state(automaton);
            connect(automaton, from, to);
            add_node(automaton, node->left, from, middle);
        }
        connect(automaton, from, to);
        break;
    }
}

static bool report(struct psl_policy *policy, const struct psl_expression *pattern, const char *error, size_t at)
{
    bool block = pattern->operation == PSL_REGEX;
    struct location place = pattern->at;
    const char *source = place.source->text + place.offset;
    size_t skip = block ? 8 : 1;
    /* The place within the literal, where nothing before it was an escape. */
    if (at + skip < place.length && memcmp(source + skip, pattern->text, at) == 0)
        place = (struct location){place.source, place.offset + (uint32_t)(at + skip), 1};
    diagnostic_error(policy->diagnostics, place, "in the pattern: %s", error);
    return false;
}

static bool add_pattern(struct psl_policy *policy, struct regex_automaton *automaton,
                        const struct psl_expression *pattern, unsigned number)
{
    const char *error;
    size_t at;
    if (strlen(pattern->text) > PATTERN_SIZE_MAX)
        return report(policy, pattern, "longer than 4096 bytes", 0);
    const struct regex_node *node =
        regex_parse(automaton->pool, pattern->text, pattern->operation == PSL_REGEX, &error, &at);
    if (node == nullptr)
        return report(policy, pattern, error, at);
    unsigned start = add_state(automaton), end = add_state(automaton);
    connect(automaton, automaton->start, start);
    automaton->states[end].accepts = number + 1;
    add_node(automaton, node, start, end);
    return !automaton->full || report(policy, pattern, "too large for an automaton", 0);
}

const struct psl_dfa *psl_regex_compile(struct psl_policy *policy, const struct psl_expression *const *patterns,
                                        unsigned count)
{
    struct pool pool = {0};
    struct regex_automaton automaton = {.pool = &pool};
    const struct psl_dfa *dfa = nullptr;
    automaton.start = add_state(&automaton);
    bool good = true;
    for (unsigned i = 0; i < count; i++)
        good &= add_pattern(policy, &automaton, patterns[i], i);
    if (good) {
        dfa = regex_determine(policy->pool, &automaton);
        if (dfa == nullptr && count != 0)
            diagnostic_error(policy->diagnostics, patterns[count - 1]->at,
                             "in the pattern: its automaton has more than %u states or %u KiB", PSL_DFA_STATES_MAX,
                             PSL_DFA_BYTES_MAX / 1024);
    }
    pool_free(&pool);
    return dfa;
}

bool psl_regex_check(struct psl_policy *policy, const struct psl_expression *pattern)
{
    return psl_regex_compile(policy, &pattern, 1) != nullptr;
}
