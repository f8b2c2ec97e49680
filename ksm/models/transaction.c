/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: ksm/models/README.md says why they are one. */
#include <ksm/audit.h>
#include <ksm/cpu.h>
#include <ksm/models/state.h>

#define READERS_MAX 8U /* objects read without locks */
#define TRIES_MAX   3U

static inline struct ksm_state *state_of(const struct ksm_decision *decision, u32 i)
{
    return ksm_objects.all[decision->objects[i]]->state;
}

/* Base's objects share one lock, which is the last in the order. */
void ksm_transaction_lock(struct ksm_transaction *transaction)
{
    const struct ksm_decision *decision = transaction->decision;
    bool base = false;
    for (u32 i = 0; i < decision->object_count; i++) {
        struct ksm_state *state = state_of(decision, i);
        if (likely(state != &ksm_base_state))
            spinlock_lock(&state->lock);
        else
            base = true;
    }
    if (unlikely(base))
        spinlock_lock(&ksm_base_state.lock);
}

/* Every generation is stepped before the first sequence is even: who reads something new finds no old generation. */
static void commit(const struct ksm_decision *decision)
{
    for (u32 i = 0; i < decision->object_count; i++) {
        struct ksm_state *state = state_of(decision, i);
        if (!ksm_state_changing(state))
            continue;
        if (likely(state != &ksm_base_state))
            __atomic_store_n(&state->generation, state->generation + 1, __ATOMIC_RELAXED);
        else
            ksm_base_commit();
    }
}

static void undo(struct ksm_transaction *transaction)
{
    while (transaction->undo_count != 0) {
        const struct ksm_undo *entry = &transaction->memory->undo[--transaction->undo_count];
        __atomic_store_n(entry->place, entry->value, __ATOMIC_RELAXED);
    }
}

static inline void settle(struct ksm_state *state)
{
    if (ksm_state_changing(state))
        __atomic_store_n(&state->sequence, state->sequence + 1, __ATOMIC_RELEASE);
}

void ksm_transaction_unlock(struct ksm_transaction *transaction, bool granted)
{
    const struct ksm_decision *decision = transaction->decision;
    if (granted)
        commit(decision);
    else
        undo(transaction);
    bool base = false;
    for (u32 i = 0; i < decision->object_count; i++) {
        struct ksm_state *state = state_of(decision, i);
        settle(state);
        if (likely(state != &ksm_base_state))
            spinlock_unlock(&state->lock);
        else
            base = true;
    }
    if (unlikely(base))
        spinlock_unlock(&ksm_base_state.lock);
}

static inline void prepare(struct ksm_transaction *transaction, const struct ksm_query *query,
                           const struct ksm_decision *decision)
{
    *transaction = (struct ksm_transaction){.query = query, .decision = decision, .memory = ksm_cpu_self()->memory};
}

/* What an event leaves in the audit. */
static inline bool recorded(const struct ksm_transaction *transaction, bool granted)
{
    if (unlikely(transaction->audit_count != 0))
        ksm_audit_end(transaction, granted);
    return granted;
}

void ksm_transaction_begin(struct ksm_transaction *transaction, const struct ksm_query *query,
                           const struct ksm_decision *decision)
{
    prepare(transaction, query, decision);
    if (decision->object_count != 0)
        ksm_transaction_lock(transaction);
}

void ksm_transaction_end(struct ksm_transaction *transaction, bool granted)
{
    if (transaction->decision->object_count != 0)
        ksm_transaction_unlock(transaction, granted);
    recorded(transaction, granted);
}

static const u64 no_generation;

void ksm_seen_nothing(struct ksm_seen *seen)
{
    for (u32 i = 0; i < KSM_SEEN_MAX; i++) {
        seen->generations[i] = &no_generation;
        seen->values[i] = 0;
    }
}

void ksm_seen_never(struct ksm_seen *seen)
{
    ksm_seen_nothing(seen);
    seen->values[0]--;
}

void ksm_seen_watch(struct ksm_seen *seen, const struct ksm_decision *decision)
{
    ksm_seen_never(seen);
    for (u32 i = 0; i < KSM_SEEN_MAX && i < decision->object_count; i++)
        seen->generations[i] = &state_of(decision, i)->generation;
}

static inline void see(struct ksm_seen *seen)
{
    if (seen != nullptr)
        for (u32 i = 0; i < KSM_SEEN_MAX; i++)
            seen->values[i] = ksm_load(seen->generations[i]);
}

static inline void again(struct ksm_transaction *transaction)
{
    transaction->audit_count = 0;
    transaction->scratch_used = 0;
}

/* acquire: pairs with settle; what is read behind is no older. False: words are changing. */
static inline bool sequence_read(const struct ksm_state *state, u64 *sequence)
{
    *sequence = __atomic_load_n(&state->sequence, __ATOMIC_ACQUIRE);
    return likely(*sequence % 2 == 0);
}

/* Evaluates what may be changing meanwhile; false if it was. */
static inline bool try_unlocked(struct ksm_transaction *transaction, struct ksm_seen *seen, bool *granted)
{
    const struct ksm_decision *decision = transaction->decision;
    u64 sequences[READERS_MAX];
    for (u32 i = 0; i < decision->object_count; i++)
        if (!sequence_read(state_of(decision, i), &sequences[i]))
            return false;
    see(seen);
    *granted = decision->evaluate(transaction);
    atomic_thread_fence(memory_order_acquire); /* pairs with the fence of ksm_state_changes */
    for (u32 i = 0; i < decision->object_count; i++)
        if (ksm_load(&state_of(decision, i)->sequence) != sequences[i])
            return false;
    return true;
}

static bool run_locked(struct ksm_transaction *transaction, struct ksm_seen *seen)
{
    again(transaction);
    ksm_transaction_lock(transaction);
    see(seen);
    bool granted = transaction->decision->evaluate(transaction);
    ksm_transaction_unlock(transaction, granted);
    return recorded(transaction, granted);
}

/* tries: made already. */
[[gnu::noinline]] static bool run_any(struct ksm_transaction *transaction, struct ksm_seen *seen, u32 tries)
{
    const struct ksm_decision *decision = transaction->decision;
    bool granted, reads = (decision->flags & KSM_CHANGES_STATE) == 0 && decision->object_count <= READERS_MAX;
    for (; reads; tries++) {
        if (tries == TRIES_MAX) {
            ksm_cpu_self()->pauser = nullptr; /* there will be locks */
            break;
        }
        again(transaction);
        if (likely(try_unlocked(transaction, seen, &granted)))
            return recorded(transaction, granted);
    }
    return run_locked(transaction, seen);
}

/* The same with one object, which is what most events have. */

static inline bool run_one_changed(struct ksm_transaction *transaction, struct ksm_state *state)
{
    spinlock_lock(&state->lock);
    bool granted = transaction->decision->evaluate(transaction);
    if (ksm_state_changing(state)) {
        if (likely(granted))
            __atomic_store_n(&state->generation, state->generation + 1, __ATOMIC_RELAXED);
        else
            undo(transaction);
        __atomic_store_n(&state->sequence, state->sequence + 1, __ATOMIC_RELEASE);
    }
    spinlock_unlock(&state->lock);
    return recorded(transaction, granted);
}

static inline bool run_one_read(struct ksm_transaction *transaction, const struct ksm_state *state,
                                struct ksm_seen *seen)
{
    u64 sequence;
    if (!sequence_read(state, &sequence))
        return run_any(transaction, seen, 1);
    see(seen);
    bool granted = transaction->decision->evaluate(transaction);
    atomic_thread_fence(memory_order_acquire); /* as in try_unlocked */
    if (unlikely(ksm_load(&state->sequence) != sequence))
        return run_any(transaction, seen, 1);
    return recorded(transaction, granted);
}

static inline bool run(struct ksm_transaction *transaction, const struct ksm_decision *decision, struct ksm_seen *seen)
{
    if (unlikely(decision->single == nullptr))
        return decision->object_count == 0 ? recorded(transaction, decision->evaluate(transaction))
                                           : run_any(transaction, seen, 0);
    struct ksm_state *state = decision->single->state;
    return (decision->flags & KSM_CHANGES_STATE) != 0 ? run_one_changed(transaction, state)
                                                      : run_one_read(transaction, state, seen);
}

retcode ksm_transaction_run(const struct ksm_query *query, const struct ksm_decision *decision, struct ksm_seen *seen)
{
    struct ksm_transaction transaction;
    prepare(&transaction, query, decision);
    return run(&transaction, decision, seen) ? rcOk : rcSecurityDisallow;
}
