/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event as the rules see it, and what a decision says of itself. Shared by the compiled policy (written by
 * nk-psl-gen-c), which calls rules, and the runtime, which implements them.
 *
 * A decision function runs the rules of its event in source order and returns true if all of them granted. Whoever
 * calls it (ksm_decide, the tests) brackets it:
 *
 *   ksm_transaction_begin    takes what the decision's objects need (locks in the order of their indexes)
 *   decision->evaluate       rules change contexts in place, noting in the transaction how to undo it
 *   ksm_transaction_end      commits (one generation step for every object that changed), or undoes in reverse order
 *
 * A rule sees what earlier rules of its event did. A rule that denies has changed nothing. Rules behind a denied one
 * still run: their results are audited. No function here blocks, allocates or loops beyond a bound that is known when
 * the policy is compiled. Any CPU, interrupts masked, the query's memory stable until the end of the transaction.
 *
 * Errors: functions that compute a value (query, get, contains, ...) return false if they cannot; the compiled rule
 * then denies. Nothing else is done with the value.
 */
#pragma once
#include <ksm/message.h>

struct ksm_object;
struct ksm_audit_site;

/* Text or bytes in a message's arena or in the compiled policy; a text's terminator is not counted. */
struct ksm_text {
    const char *bytes;
    u32 length;
};

enum ksm_decision_flags : u32 {
    KSM_READS_MESSAGE = 1U << 0, /* the constant part */
    KSM_READS_ARENA = 1U << 1,   /* query.arena must be memory that nobody can change */
    KSM_READS_HANDLES = 1U << 2, /* query.sids must be filled */
    KSM_READS_STATE = 1U << 3,   /* contexts of the objects in `objects` */
    KSM_CHANGES_STATE = 1U << 4, /* of some of them: never cached */
    KSM_READS_SIDS = 1U << 5,    /* src_sid or dst_sid */
    KSM_AUDITED = 1U << 6,       /* some level of its profiles records something: see ksm_audit_rule */
    KSM_LONG = 1U << 7, /* set by the runtime: reads a message, changes nothing, costs more than KSM_COST_LONG */
};

/*
 * What the policy says to one kind of event. A decision that has none of READS_MESSAGE, READS_ARENA, READS_HANDLES and
 * CHANGES_STATE is a function of the event's kind, its SIDs and the generations of `objects`, so it may be cached
 * under them; audited or not, its audit must be recorded at each event.
 */
struct ksm_decision {
    enum ksm_verdict verdict; /* KSM_EVALUATE: evaluate tells; else constant, and evaluate only audits (or is null) */
    enum ksm_decision_flags flags;
    bool (*evaluate)(struct ksm_transaction *transaction); /* true grants */
    const u16 *objects;                                    /* indexes in ascending order: those read or changed */
    const u16 *changes;                                    /* of those: the ones that may change */
    u16 object_count, change_count;
    struct ksm_object *single; /* the only one of objects, if that has contexts; else, or where nobody cares, null */
    u16 rule_count;            /* called at most */
    u16 handle_words;          /* of a call of the kernel: bit n: word n of the constant part is a handle of the caller
                                  that is looked at. The rules get its SID in query.sids[n], its rights in the word's
                                  upper half */
    u32 undo_count;            /* context cells changed at most: the transaction's log needs no more */
    u32 cost;                  /* worst case in abstract steps, about instructions; excludes begin and end */
};

/* A decision that may cost more is evaluated with pauses (ksm/cpu.h), if it changes nothing: one that changes something
 * holds locks. */
#define KSM_COST_LONG 600U

/* What blocks of rules return: bits, so that the results of several are joined by "or". Granted: KSM_RULE_CALLED. */
#define KSM_RULE_DENIED 1U /* some rule denied, or a choice could not be made */
#define KSM_RULE_CALLED 2U /* at least one rule was called */
static inline u32 ksm_rule(bool granted)
{
    return granted ? KSM_RULE_CALLED : KSM_RULE_CALLED | KSM_RULE_DENIED;
}

/* What the rules of an event came to. If none was called (a choice took no branch), that is always recorded. */
void ksm_audit_no_rule(struct ksm_transaction *transaction);
static inline bool ksm_outcome(struct ksm_transaction *transaction, u32 outcome)
{
    if (likely(outcome == KSM_RULE_CALLED))
        return true;
    if (outcome == 0)
        ksm_audit_no_rule(transaction);
    return false;
}

#define KSM_UNDO_MAX   256U /* the compiler refuses decisions that need more */
#define KSM_UNDO_WORDS 16U  /* a change of a cell takes fewer: see ksm/models/README.md */

#define KSM_SCRATCH_SIZE 8192U

/* What an event may need, each CPU's own. The log's entries belong to the runtime: a word and what it held. */
struct ksm_undo {
    u64 *place;
    u64 value;
};
struct ksm_memory {
    struct ksm_undo undo[KSM_UNDO_MAX * KSM_UNDO_WORDS];
    alignas(8) u8 scratch[KSM_SCRATCH_SIZE]; /* for texts that cross pages */
};

struct ksm_transaction {
    const struct ksm_query *query;
    const struct ksm_decision *decision;
    struct ksm_memory *memory; /* this CPU's */
    u16 undo_count;            /* words */
    u16 scratch_used;          /* bytes */
    u32 audit_count;           /* results noted for this event; KSM_AUDIT_NONE_CALLED */
};

void ksm_transaction_begin(struct ksm_transaction *transaction, const struct ksm_query *query,
                           const struct ksm_decision *decision);
/* granted: what evaluate said. Writes the event's audit record if anything was noted. */
void ksm_transaction_end(struct ksm_transaction *transaction, bool granted);

/* The generations of the objects that an event read: as long as they stay, its verdict does. */
#define KSM_SEEN_MAX 2U
struct ksm_seen {
    const u64 *generations[KSM_SEEN_MAX]; /* those behind the last one are a constant 0 */
    u64 values[KSM_SEEN_MAX];
};
void ksm_seen_nothing(struct ksm_seen *seen); /* what always stays */
void ksm_seen_never(struct ksm_seen *seen);   /* what never is now */
/* What never is now, and is of the objects of a decision, KSM_SEEN_MAX at most. */
void ksm_seen_watch(struct ksm_seen *seen, const struct ksm_decision *decision);

/* begin, evaluate and end in one; without locks if the decision changes nothing and nobody changes what it reads
 * meanwhile. seen: made by ksm_seen_watch for this decision, then holds what the verdict depends on; may be null. rcOk,
 * or rcSecurityDisallow. */
retcode ksm_transaction_run(const struct ksm_query *query, const struct ksm_decision *decision, struct ksm_seen *seen);

/* ---- audit ---- */

#define KSM_AUDIT_GRANTED    (1U << 0) /* results of rules and expressions that are recorded */
#define KSM_AUDIT_DENIED     (1U << 1)
#define KSM_AUDIT_MATCH      (1U << 2) /* Regex: which expressions */
#define KSM_AUDIT_SELECT     (1U << 3)
#define KSM_AUDIT_EXPRESSION (1U << 4) /* a result is an expression's, not a rule's */

#define KSM_AUDIT_NONE_CALLED (1U << 31) /* in audit_count: no rule was called */

/* One profile's configuration of one object at one level. */
struct ksm_audit_configuration {
    u32 level;
    u32 results;     /* KSM_AUDIT_* */
    const u64 *omit; /* Flow: bit set of states in which nothing is recorded; may be null */
};

/* A place in the policy that calls a method, under the profile that is in force there. */
struct ksm_audit_site {
    const struct ksm_object *object;
    const char *method;
    const char *file;
    u32 line, column;
    u32 configuration_count;
    const struct ksm_audit_configuration *configurations; /* by ascending level; a level that is absent: silence */
};

struct ksm_audit_result {
    const struct ksm_audit_site *site;
    u32 result; /* KSM_AUDIT_GRANTED or KSM_AUDIT_DENIED; and KSM_AUDIT_EXPRESSION */
};

/* Called behind a rule at an audited site: notes the result if the site's configuration at the current level says so.
 * sid: the context's, for Flow's omit (looked up after the rule); else 0. */
void ksm_audit_rule(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool granted, u32 sid);
/* Behind an expression; ok: it had a value; kind: KSM_AUDIT_MATCH or SELECT for Regex, else 0: then it is recorded if
 * the configuration records any result. */
void ksm_audit_expression(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool ok, u32 kind,
                          u32 sid);

/* ---- the message ----
 * A place is an address in the constant part (its offset counts from behind the header) or in the arena. Verification
 * has put every place inside its memory; chunks are checked again here, as those inside an arena are made of data. */

static inline const u8 *ksm_message(const struct ksm_transaction *transaction)
{
    return transaction->query->constant_part;
}
/* SID behind handle number `index` of the message; 0, which is no SID, for an absent handle. */
static inline u32 ksm_message_sid(const struct ksm_transaction *transaction, u32 index)
{
    return transaction->query->sids[index];
}

#define KSM_LOAD(type)                                                                                                 \
    static inline type ksm_load_##type(const u8 *place)                                                                \
    {                                                                                                                  \
        type value;                                                                                                    \
        __builtin_memcpy(&value, place, sizeof(value));                                                                \
        return value;                                                                                                  \
    }
KSM_LOAD(u8)
KSM_LOAD(u16)
KSM_LOAD(u32)
KSM_LOAD(u64)
KSM_LOAD(s8)
KSM_LOAD(s16)
KSM_LOAD(s32)
KSM_LOAD(s64)
#undef KSM_LOAD

/* The bytes of the chunk whose descriptor is at place: false if they do not lie in the arena, or do not fit what is
 * left of the scratch memory where the arena is not in one piece. They stay until the end of the transaction. */
bool ksm_chunk(struct ksm_transaction *transaction, const u8 *place, struct ksm_text *chunk);
/* A string, without its terminator: false also if it has none; an empty chunk is an empty text. */
bool ksm_chunk_text(struct ksm_transaction *transaction, const u8 *place, struct ksm_text *text);
/* Element of a sequence, null if it has none of this number, or as above; elements are `size` bytes. */
const u8 *ksm_chunk_element(struct ksm_transaction *transaction, const u8 *place, u64 index, u32 size);
/* Number of elements of `size` bytes: the descriptor tells, the arena is not read. */
static inline u32 ksm_chunk_count(const u8 *place, u32 size)
{
    return ksm_load_u32(place + 4) / size;
}
static inline bool ksm_text_equal(struct ksm_text a, struct ksm_text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}
