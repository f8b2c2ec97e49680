/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <tools/nk-psl-gen-c/regex_automaton.h>

/* Sets of nondeterministic states are sorted lists of those that eat or accept. */
struct set {
    unsigned *members, count;
    uint64_t hash;
};

struct build {
    struct pool pool; /* of this construction */
    const struct regex_automaton *automaton;
    unsigned *stack, *list; /* work space of closures */
    bool *seen;
    struct set *sets;
    unsigned set_count;
    uint8_t classes[256];
    unsigned class_count;
    uint8_t example[256]; /* one byte of each class */
    uint16_t (*next)[256];
};

/* Bytes that no range tells apart share a class. */
static void make_classes(struct build *build)
{
    bool starts[257] = {true};
    for (unsigned i = 0; i < build->automaton->count; i++) {
        const struct regex_state *state = &build->automaton->states[i];
        if (state->eats)
            starts[state->first] = starts[state->last + 1] = true;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        if (starts[byte])
            build->example[build->class_count++] = (uint8_t)byte;
        build->classes[byte] = (uint8_t)(build->class_count - 1);
    }
}

static int compare(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return x < y ? -1 : x > y;
}

/* Number of the set that holds all that `count` states lead to by themselves; REGEX_NONE if there are too many sets. */
static unsigned closure(struct build *build, unsigned depth)
{
    unsigned count = 0;
    memset(build->seen, 0, build->automaton->count);
    unsigned given = depth;
    depth = 0;
    for (unsigned i = 0; i < given; i++) {
        unsigned at = build->stack[i];
        if (!build->seen[at])
            build->stack[depth++] = at;
        build->seen[at] = true;
    }
    while (depth != 0) {
        unsigned at = build->stack[--depth];
        const struct regex_state *state = &build->automaton->states[at];
        if (state->eats || state->accepts != 0)
            build->list[count++] = at;
        for (unsigned i = 0; i < 2 && !state->eats; i++) {
            if (state->next[i] == REGEX_NONE || build->seen[state->next[i]])
                continue;
            build->seen[state->next[i]] = true;
            build->stack[depth++] = state->next[i];
        }
    }
    qsort(build->list, count, sizeof(unsigned), compare);
    uint64_t hash = 14695981039346656037ULL;
    for (unsigned i = 0; i < count; i++)
        hash = (hash ^ build->list[i]) * 1099511628211ULL;
    for (unsigned i = 0; i < build->set_count; i++)
        if (build->sets[i].hash == hash && build->sets[i].count == count &&
            memcmp(build->sets[i].members, build->list, count * sizeof(unsigned)) == 0)
            return i;
    if (build->set_count == PSL_DFA_STATES_MAX)
        return REGEX_NONE;
    struct set *set = &build->sets[build->set_count];
    *set = (struct set){pool_allocate(&build->pool, count * sizeof(unsigned) + 1), count, hash};
    memcpy(set->members, build->list, count * sizeof(unsigned));
    return build->set_count++;
}

static bool explore(struct build *build)
{
    build->stack[0] = build->automaton->start;
    if (closure(build, 0) == REGEX_NONE || closure(build, 1) == REGEX_NONE) /* 0: the empty, dead set */
        return false;
    for (unsigned i = 0; i < build->set_count; i++) {
        for (unsigned class = 0; class < build->class_count; class ++) {
            unsigned depth = 0;
            for (unsigned j = 0; j < build->sets[i].count; j++) {
                const struct regex_state *state = &build->automaton->states[build->sets[i].members[j]];
                uint8_t byte = build->example[class];
                if (state->eats && byte >= state->first && byte <= state->last && state->next[0] != REGEX_NONE)
                    build->stack[depth++] = state->next[0];
            }
            unsigned to = closure(build, depth);
            if (to == REGEX_NONE)
                return false;
            build->next[i][class] = (uint16_t)to;
        }
    }
    return true;
}

static unsigned accepted(const struct build *build, unsigned set)
{
    unsigned best = 0;
    for (unsigned i = 0; i < build->sets[set].count; i++) {
        unsigned accepts = build->automaton->states[build->sets[set].members[i]].accepts;
        best = accepts != 0 && (best == 0 || accepts < best) ? accepts : best;
    }
    return best;
}

static bool alike(const struct build *build, const unsigned *group, unsigned a, unsigned b)
{
    bool same = group[a] == group[b];
    for (unsigned c = 0; c < build->class_count && same; c++)
        same = group[build->next[a][c]] == group[build->next[b][c]];
    return same;
}

#define TABLE_SIZE (4 * PSL_DFA_STATES_MAX)

/* One round: states of one group that lead to different groups part. Groups are numbered as they are met. */
static unsigned split(const struct build *build, const unsigned *group, unsigned *fresh, unsigned *table)
{
    unsigned groups = 0;
    memset(table, 0xff, TABLE_SIZE * sizeof(unsigned));
    for (unsigned i = 0; i < build->set_count; i++) {
        uint64_t hash = group[i];
        for (unsigned c = 0; c < build->class_count; c++)
            hash = (hash ^ group[build->next[i][c]]) * 1099511628211ULL;
        unsigned place = (unsigned)(hash >> 32) % TABLE_SIZE;
        while (table[place] != REGEX_NONE && !alike(build, group, table[place], i))
            place = (place + 1) % TABLE_SIZE;
        if (table[place] == REGEX_NONE) {
            table[place] = i;
            fresh[i] = groups++;
        } else {
            fresh[i] = fresh[table[place]];
        }
    }
    return groups;
}

static unsigned minimize(struct build *build, unsigned *group)
{
    unsigned *table = pool_allocate(&build->pool, TABLE_SIZE * sizeof(unsigned));
    unsigned *fresh = pool_allocate(&build->pool, sizeof(unsigned) * build->set_count);
    unsigned groups = 0, before;
    for (unsigned i = 0; i < build->set_count; i++)
        group[i] = accepted(build, i);
    do {
        before = groups;
        groups = split(build, group, fresh, table);
        memcpy(group, fresh, sizeof(unsigned) * build->set_count);
    } while (groups != before);
    return groups;
}

static struct psl_dfa *finish(struct pool *pool, struct build *build)
{
    unsigned *group = pool_allocate(&build->pool, sizeof(unsigned) * build->set_count);
    unsigned groups = minimize(build, group); /* the dead set is the first state, so group 0 */
    struct psl_dfa *dfa = nullptr;
    if ((size_t)groups * build->class_count * sizeof(uint16_t) <= PSL_DFA_BYTES_MAX) {
        dfa = POOL_NEW(pool, struct psl_dfa);
        memcpy(dfa->classes, build->classes, sizeof(dfa->classes));
        dfa->class_count = build->class_count;
        dfa->state_count = groups;
        dfa->start = group[build->set_count > 1 ? 1 : 0]; /* a pattern that matches nothing starts dead */
        dfa->next = pool_allocate(pool, (size_t)groups * build->class_count * sizeof(uint16_t));
        dfa->accepts = pool_allocate(pool, groups * sizeof(uint16_t));
        for (unsigned i = 0; i < build->set_count; i++) {
            for (unsigned c = 0; c < build->class_count; c++)
                dfa->next[group[i] * build->class_count + c] = (uint16_t)group[build->next[i][c]];
            dfa->accepts[group[i]] = (uint16_t)accepted(build, i);
        }
    }
    return dfa;
}

const struct psl_dfa *regex_determine(struct pool *pool, const struct regex_automaton *automaton)
{
    struct build build = {.automaton = automaton};
    build.stack = pool_allocate(&build.pool, sizeof(unsigned) * (automaton->count + 1U));
    build.list = pool_allocate(&build.pool, sizeof(unsigned) * (automaton->count + 1U));
    build.seen = pool_allocate(&build.pool, automaton->count + 1U);
    build.sets = pool_allocate(&build.pool, sizeof(*build.sets) * PSL_DFA_STATES_MAX);
    build.next = pool_allocate(&build.pool, sizeof(*build.next) * PSL_DFA_STATES_MAX);
    make_classes(&build);
    const struct psl_dfa *dfa = explore(&build) ? finish(pool, &build) : nullptr;
    pool_free(&build.pool);
    return dfa;
}
