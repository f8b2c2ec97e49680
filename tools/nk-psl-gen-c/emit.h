/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security module as C. A block of rules becomes a function that runs them in order and returns their joined
 * results; a decision a function that joins its blocks. A rule becomes
 *
 *     {                                   policy.psl:12:5: the call's text
 *         bool granted = false;
 *         ... temporaries, in the order of evaluation; goto behindN if one has no value ...
 *         granted = ksm_flow_enter(...);
 *     behindN:
 *         outcome |= ksm_rule(granted);
 *     }
 *
 * Values: integers in the C type of their PSL type, so that checked arithmetic is exact; Booleans as bool; texts as
 * struct ksm_text; parts of messages by their address. Emitters of values append statements and return the C
 * expression of the result, in the pool.
 */
#pragma once
#include <tools/nk-psl-gen-c/decision.h>

/* Keys, each once, numbered in the order of their coming. Zero-initialized. */
struct emit_set {
    struct unique **buckets;
    unsigned count;
};

struct emitter {
    struct psl_policy *policy;
    struct psl_analysis *analysis;
    struct text globals; /* constants of the blocks */
    struct text code;
    unsigned serial; /* of the module's names */
    unsigned local;  /* of a block's names */
    unsigned indent;
    unsigned behind;                         /* label of the rule at hand */
    bool goes_behind;                        /* it is used */
    const char *sid;                         /* of the last call of Flow, for its audit */
    const struct psl_audit_profile *profile; /* in force */
    const struct psl_conditions *conditions; /* of the block */
    unsigned *object_index;                  /* number in the module, by index of the policy; ~0U: not in it */
    unsigned object_count;
    struct emit_set lists, constants; /* written so far: lists of objects, constants of blocks */
    unsigned *decision_number;        /* in the module, by index of the analysis */
};

/* The whole module. The policy was checked, without errors. */
void psl_emit(struct psl_policy *policy, struct psl_analysis *analysis, const char *path, struct text *output);

/* ---- between the emitters ---- */
/* The number of a key; true if it is new. The key lives on in the set. */
bool emit_unique(struct emitter *emitter, struct emit_set *set, const char *key, unsigned *number);
[[gnu::format(printf, 2, 3)]] void emit_line(struct emitter *emitter, const char *format, ...);
[[gnu::format(printf, 2, 3)]] const char *emit_print(struct emitter *emitter, const char *format, ...);
/* A fresh name: "t7". */
const char *emit_name(struct emitter *emitter);
/* "if (!(condition)) goto behindN;" */
void emit_unless(struct emitter *emitter, const char *condition);
/* "if (condition) goto behindN;" */
void emit_when(struct emitter *emitter, const char *condition);
/* A literal of C: "\"a\\012\"". */
const char *emit_quoted(struct emitter *emitter, const char *text);
const char *emit_integer(struct emitter *emitter, __int128 number, const struct psl_type *type);
const char *emit_c_type(const struct psl_type *type);
/* "path:line:column" */
const char *emit_place(struct emitter *emitter, struct location at);
/* The source's text there as it may stand in a comment: on one line, without the end of one. */
const char *emit_source(struct emitter *emitter, struct location at, unsigned length);

/* The value of a number, Boolean or text. */
const char *emit_value(struct emitter *emitter, const struct psl_expression *e);
/* Computes it for its errors only. */
void emit_effects(struct emitter *emitter, const struct psl_expression *e);
const char *emit_operation(struct emitter *emitter, const struct psl_expression *e);
/* A model's expression; the index of a Flow's state is emit_state's. */
const char *emit_expression_call(struct emitter *emitter, const struct psl_expression *call);
/* Calls Flow's query or Mic's query_level into a fresh variable. */
void emit_query(struct emitter *emitter, const struct psl_expression *call, const char *name);
/* The C expression of a rule, "true" if it always grants. */
const char *emit_rule_call(struct emitter *emitter, const struct psl_expression *call);
/* Audit of the call just made; granted: a C expression. */
void emit_audit(struct emitter *emitter, const struct psl_expression *call, const char *granted);

/* A part of the message. */
struct emit_part {
    const char *address;    /* C expression of type const u8 * */
    const char *handles;    /* number of handles before it in the message */
    const struct type *idl; /* null: the message itself */
};
struct emit_part emit_part(struct emitter *emitter, const struct psl_expression *path);
/* The value at a part. */
const char *emit_load(struct emitter *emitter, struct emit_part part, const struct psl_type *type);
struct emit_part emit_member(struct emitter *emitter, struct emit_part part, const struct member *member);
/* Number of elements of a collection, as u32. */
const char *emit_size(struct emitter *emitter, const struct psl_expression *e);

/* Arguments of models. */
const char *emit_sid(struct emitter *emitter, const struct psl_expression *e);
const char *emit_entry(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e);
const char *emit_key(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e);
const char *emit_state(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e);
const char *emit_states(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e);
/* A struct ksm_mic_level's name. */
const char *emit_level(struct emitter *emitter, const struct psl_object *object, const struct psl_expression *e);
/* The name of a struct ksm_regex. */
const char *emit_regex(struct emitter *emitter, const struct psl_expression *const *patterns, unsigned count);

/* The selectors of a match section that is in a branch, as a C condition. */
const char *emit_condition(struct emitter *emitter, const struct psl_conditions *conditions);

void emit_objects(struct emitter *emitter, struct text *output);
/* The function's body, with its braces. */
void emit_block(struct emitter *emitter, const struct psl_block *block);
void emit_tables(struct emitter *emitter, struct text *output);
void emit_decisions(struct emitter *emitter, struct text *output);
