/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the models are made of: words that change under a lock and can be undone, and contexts found by their SID.
 *
 * Whoever changes an object is in a transaction that holds its lock; every word is stored by ksm_store, which notes the
 * old one. Readers hold the lock too, or hold none and ask the sequence afterwards (ksm/models/transaction.c): so every
 * function that reads here may meet words of different moments, and must only stay within bounds and end. All words
 * that change are read by ksm_load. Memory is made at boot and never given back.
 *
 *   object's state     buckets[hash of SID] -> context -> context ...      free -> context -> context ...
 *   context            head: SID (0: free), number of the next one + 1 (0: none); then words, as the model says
 */
#pragma once
#include <ksm/models/models.h>
#include <smp/spinlock.h>

struct ksm_state {
    cache_aligned struct spinlock lock;
    bool changing; /* a word was stored by the transaction that holds the lock */
    /* Readers look at these without the lock; they are written with it. */
    cache_aligned u64 sequence; /* odd while words change */
    u64 generation;             /* transactions that changed the object and committed */
    u64 free;                   /* first free context + 1 */
    /* Constant. */
    cache_aligned u64 *buckets;
    u32 bucket_shift; /* 32 - log2 of their number */
    u32 capacity;     /* contexts */
    u32 words;        /* of a context, head included */
    u32 block_shift;  /* log2 of contexts per block */
    u64 *blocks[];
};

/* Numbers of contexts, and of entries in a table, + 1 fit this many bits: see object.c of the policy compiler. */
#define KSM_INDEX_BITS 17U

static inline u64 ksm_load(const u64 *place)
{
    return __atomic_load_n(place, __ATOMIC_RELAXED);
}

/* First change of an object in a transaction. */
void ksm_state_changes(struct ksm_state *state);

static inline void ksm_store(struct ksm_transaction *transaction, struct ksm_state *state, u64 *place, u64 value)
{
    kassert(transaction->undo_count < KSM_UNDO_MAX * KSM_UNDO_WORDS);
    if (!state->changing)
        ksm_state_changes(state);
    transaction->undo[transaction->undo_count++] = (struct ksm_undo){place, *place};
    __atomic_store_n(place, value, __ATOMIC_RELAXED);
}

static inline u64 *ksm_context_at(const struct ksm_state *state, u64 number)
{
    return state->blocks[number >> state->block_shift] + (number & ((1ULL << state->block_shift) - 1)) * state->words;
}

static inline u64 *ksm_bucket_of(const struct ksm_state *state, u32 sid)
{
    return &state->buckets[(u32)(sid * 0x9e3779b1U) >> state->bucket_shift];
}

/* Words of the context of a SID, behind the head: null if there is none. At most `capacity` steps. */
static inline u64 *ksm_context_find(const struct ksm_object *object, u32 sid)
{
    const struct ksm_state *state = object->state;
    if (unlikely(sid - 1 >= KSM_SID_MAX))
        return nullptr;
    u64 next = ksm_load(ksm_bucket_of(state, sid));
    for (u32 left = state->capacity; next != 0 && left != 0; left--) {
        u64 *context = ksm_context_at(state, next - 1), head = ksm_load(context);
        if (likely((u32)head == sid))
            return context + 1;
        next = head >> 32;
    }
    return nullptr;
}

/* A context for a SID that has none, its words as the last owner left them: null if it has one, is none, or all are
 * used. */
u64 *ksm_context_make(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);
/* False if it has none. */
bool ksm_context_drop(struct ksm_transaction *transaction, struct ksm_object *object, u32 sid);

/* Tables of a context are empty when its number is stepped on: what is in them is of an older number. */
static inline void ksm_epoch_step(struct ksm_transaction *transaction, struct ksm_object *object, u64 *epoch)
{
    ksm_store(transaction, object->state, epoch, *epoch + 1);
}

/* Words of a context of each model, without the head. */
u64 ksm_hashset_words(const struct ksm_hashset_configuration *configuration);
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

/* Takes the locks of decision->objects in the order of their indexes, Base's last. Interrupts masked; each is held for
 * one decision at a time, so who waits waits for no more than one of every other CPU. */
void ksm_transaction_lock(struct ksm_transaction *transaction);
/* Commits, or undoes, and gives the locks back. */
void ksm_transaction_unlock(struct ksm_transaction *transaction, bool granted);

extern u64 ksm_seed; /* ksm_models_seed */
