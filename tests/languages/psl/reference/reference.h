/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What PSL means, in the simplest words: an interpreter that walks the syntax tree for each event and copies the whole
 * state before it, so that undoing is copying back. It shares with the compiler the parser and the checks (names and
 * types), and nothing behind them. Compiled policies are compared with it; PAL tests run on it.
 *
 * An event: all bindings of its kind whose selectors hold, in source order (files that others use first); in each, all
 * calls, match sections whose selectors hold, and the chosen branches of choices. It is granted if at least one rule
 * was called and all granted; else the state is as before. A rule whose argument cannot be computed denies, as does a
 * choice whose expression cannot.
 */
#pragma once
#include <tools/nk-psl-gen-c/check.h>

#define REFERENCE_SID_MAX 0x7fffffffU

enum value_kind : unsigned { VALUE_UNIT, VALUE_BOOLEAN, VALUE_INTEGER, VALUE_TEXT, VALUE_RECORD, VALUE_LIST };

struct value {
    enum value_kind kind;
    __int128 number; /* integer, Boolean */
    const char *text;
    size_t length;
    struct value *items; /* record, list */
    const char **names;  /* record */
    size_t count;
    bool is_union; /* a record with the one member that is there */
};

struct reference_event {
    enum psl_event event;
    const struct psl_class *source, *destination;
    uint32_t source_sid, destination_sid;
    const struct psl_endpoint *endpoint; /* null: execute */
    const struct method *method;         /* null: execute */
    struct value message;                /* record */
};

/* Context of one SID in one object. */
struct reference_context {
    const struct psl_object *object;
    uint32_t sid;
    size_t size;
    unsigned char *bytes; /* what the model keeps there */
};

struct interpreter {
    struct psl_policy *policy;
    struct pool *event_pool; /* values of the current event */
    struct reference_context *contexts;
    size_t count, room;
    uint32_t audit_level;
    bool no_rule; /* the last event called none */
    /* called for every rule; may be null */
    void (*trace)(void *context, const struct psl_expression *call, bool granted);
    void *trace_context;
};

struct interpreter *reference_make(struct psl_policy *policy);
void reference_free(struct interpreter *reference);
/* A copy of the state, and the way back to it. */
struct interpreter *reference_save(const struct interpreter *reference);
void reference_restore(struct interpreter *reference, struct interpreter *saved);
bool reference_decide(struct interpreter *reference, const struct reference_event *event);
/* A SID is dead. */
void reference_forget(struct interpreter *reference, uint32_t sid);

/* ---- between the files ---- */

/* False: it has no value (overflow, an index outside, an unbound SID, ...). */
bool reference_evaluate(struct interpreter *reference, const struct reference_event *event,
                        const struct psl_expression *expression, struct value *value);
/* A rule, or a model's expression with contexts; arguments are values by the method's fields. */
bool reference_rule(struct interpreter *reference, const struct psl_expression *call, const struct value *arguments);
bool reference_query(struct interpreter *reference, const struct psl_expression *call, const struct value *arguments,
                     struct value *result);
/* A Mic level of the value. */
struct reference_level {
    unsigned degree;
    uint64_t categories;
};
bool reference_level(const struct psl_object *object, const struct value *value, struct reference_level *level);
/* True if the pattern matches the whole text. */
bool reference_match(const char *pattern, bool block, const char *text, size_t length);
bool reference_equal(const struct value *a, const struct value *b);

/* ---- between models.c and mic.c ---- */
bool reference_sid(const struct value *value, uint32_t *sid); /* false: outside the range */
struct reference_context *reference_find(struct interpreter *reference, const struct psl_object *object, uint32_t sid);
/* A fresh context's bytes, zeroed. */
void *reference_add(struct interpreter *reference, const struct psl_object *object, uint32_t sid, size_t size);
bool reference_drop(struct interpreter *reference, struct reference_context *context);
bool reference_mic_rule(struct interpreter *reference, const struct psl_object *object, enum psl_method_id id,
                        const struct value *arguments);
bool reference_mic_query(struct interpreter *reference, const struct psl_object *object, const struct value *arguments,
                         struct value *result);
