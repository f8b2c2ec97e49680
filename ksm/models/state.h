/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the models are made of: words that change under a lock and can be undone, and contexts found by their SID.
 *
 * Whoever changes an object is in a transaction that holds its lock; every word is stored by ksm_store, which notes the
 * old one. Readers hold the lock too, or hold none and ask the sequence afterwards (ksm/models/transaction.c): so every
 * function that reads here may meet words of different moments, and must only stay within bounds and end. All words
 * that change are read by ksm_load. Memory is made at boot and never given back.
 *
 *   object's state     buckets[hash of SID] -> context -> context ... -> none     free -> context ... -> none
 *   context            SID (0: free), address of the next one; then words, as the model says
 *
 * Every chain ends at the state's own `none`, whose SID nobody has: a search compares SIDs, and nothing else.
 */
#pragma once
#include <ksm/models/models.h>
#include <smp/spinlock.h>

#define KSM_CONTEXT_HEAD 2U           /* words */
#define KSM_NOBODY       (1ULL << 63) /* `none`'s SID */

struct ksm_state {
    cache_aligned struct spinlock lock;
    /* Readers look at these without the lock; they are written with it. */
    cache_aligned u64 sequence; /* odd while words change: from the first store of a transaction to its end */
    u64 generation;             /* transactions that changed the object and committed */
    u64 free;                   /* address of the first free context */
    /* Constant. */
    cache_aligned u64 *buckets;
    u64 none[KSM_CONTEXT_HEAD]; /* KSM_NOBODY, own address */
    u32 bucket_shift;           /* 32 - log2 of their number */
    u32 capacity;               /* contexts */
    u32 words;                  /* of a context, head included */
    u32 block_shift;            /* log2 of contexts per block */
    u64 table_seed;             /* of a HashSet's tables: what entries are mixed with, */
    u64 table_factor;           /* and multiplied by; here, for it takes four instructions to make; */
    u64 table_shift;            /* 64 - log2 of buckets; */
    u64 table_entries;          /* where the entries are, */
    u64 table_next;             /* and the numbers of those that follow them; */
    u64 table_more;             /* words of an entry behind the first; */
    u32 table_size;             /* entries */
    u64 *blocks[];
};

/* Numbers of entries in a table, + 1, fit this many bits: see object.c of the policy compiler. */
#define KSM_INDEX_BITS 17U

static inline u64 ksm_load(const u64 *place)
{
    return __atomic_load_n(place, __ATOMIC_RELAXED);
}

static inline bool ksm_state_changing(const struct ksm_state *state)
{
    return (state->sequence & 1) != 0;
}

/* First change of an object in a transaction. */
static inline void ksm_state_changes(struct ksm_state *state)
{
    __atomic_store_n(&state->sequence, state->sequence + 1, __ATOMIC_RELAXED);
    /* Whoever reads a word stored behind this finds the sequence odd, or other than before. */
    atomic_thread_fence(memory_order_release);
}

static inline void ksm_store(struct ksm_transaction *transaction, struct ksm_state *state, u64 *place, u64 value)
{
    kassert(transaction->undo_count < KSM_UNDO_MAX * KSM_UNDO_WORDS);
    if (!ksm_state_changing(state))
        ksm_state_changes(state);
    transaction->memory->undo[transaction->undo_count++] = (struct ksm_undo){place, *place};
    __atomic_store_n(place, value, __ATOMIC_RELAXED);
}

/* By number, 0 to capacity - 1. */
static inline u64 *ksm_context_at(const struct ksm_state *state, u64 number)
{
    return state->blocks[number >> state->block_shift] + (number & ((1ULL << state->block_shift) - 1)) * state->words;
}

static inline u64 *ksm_bucket_of(const struct ksm_state *state, u32 sid)
{
    return &state->buckets[(u32)(sid * 0x9e3779b1U) >> state->bucket_shift];
}

static inline u64 *ksm_context_linked(u64 link)
{
    return (u64 *)(uintptr_t)link;
}

/* Called seldom from where registers are dear: the callee saves them. */
#define KSM_ASIDE [[clang::preserve_most, gnu::noinline]]

/* What follows in the chain behind one that is another's. At most `capacity` steps. */
KSM_ASIDE u64 *ksm_context_find_behind(const struct ksm_state *state, const u64 *context, u32 sid);

/* Words of the context of a SID, behind the head: null if there is none. */
static inline u64 *ksm_context_find(const struct ksm_object *object, u32 sid)
{
    const struct ksm_state *state = object->state;
    u64 *context = ksm_context_linked(ksm_load(ksm_bucket_of(state, sid)));
    return likely(ksm_load(context) == sid) ? context + KSM_CONTEXT_HEAD : ksm_context_find_behind(state, context, sid);
}

/* A context for a SID that has none, its words as the last owner left them: null if it has one, is none, or all are
 * used. */
u64 *ksm_context_make(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* False if it has none. */
bool ksm_context_drop(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);

/* Words of a context of each model, without the head. */
u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration);
void ksm_hashset_measure(struct ksm_state *state, const struct ksm_hashset_configuration *configuration);
u64 ksm_staticmap_words(const struct ksm_staticmap_configuration *configuration);
#define KSM_FLOW_WORDS 1U
#define KSM_MIC_WORDS  4U

/* All objects of the policy, from ksm_models_init. */
struct ksm_objects {
    struct ksm_object *const *all;
    u32 count;
};
extern struct ksm_objects ksm_objects;

/* What Base's objects share: all set the one level. */
extern struct ksm_state ksm_base_state;
void ksm_base_reset(void);
/* The event that set the level is granted: from now on it is in force. */
void ksm_base_commit(void);

/* Takes the locks of decision->objects in the order of their indexes, Base's last. Interrupts masked; each is held for
 * one decision at a time, so who waits waits for no more than one of every other CPU. */
void ksm_transaction_lock(struct ksm_transaction *transaction);
/* Commits, or undoes, and gives the locks back. */
void ksm_transaction_unlock(struct ksm_transaction *transaction, bool granted);

extern u64 ksm_seed; /* ksm_models_seed */
