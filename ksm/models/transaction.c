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

void ksm_state_changes(struct ksm_state *state)
{
    state->changing = true;
    __atomic_store_n(&state->sequence, state->sequence + 1, __ATOMIC_RELAXED);
    /* Whoever reads a word stored behind this finds the sequence odd, or other than before. */
    atomic_thread_fence(memory_order_release);
}

/* Every generation is stepped before the first sequence is even: who reads something new finds no old generation. */
static void commit(const struct ksm_decision *decision)
{
    for (u32 i = 0; i < decision->object_count; i++) {
        struct ksm_state *state = state_of(decision, i);
        if (state->changing && likely(state != &ksm_base_state))
            __atomic_store_n(&state->generation, state->generation + 1, __ATOMIC_RELAXED);
    }
}

static void undo(struct ksm_transaction *transaction)
{
    while (transaction->undo_count != 0) {
        const struct ksm_undo *entry = &transaction->undo[--transaction->undo_count];
        __atomic_store_n(entry->place, entry->value, __ATOMIC_RELAXED);
    }
}

static inline void settle(struct ksm_state *state)
{
    if (state->changing) {
        state->changing = false;
        __atomic_store_n(&state->sequence, state->sequence + 1, __ATOMIC_RELEASE);
    }
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

static void prepare(struct ksm_transaction *transaction, const struct ksm_query *query,
                    const struct ksm_decision *decision)
{
    struct ksm_cpu *cpu = ksm_cpu_self();
    *transaction =
        (struct ksm_transaction){.query = query, .decision = decision, .undo = cpu->undo, .scratch = cpu->scratch};
    ksm_audit_begin(transaction);
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
    ksm_audit_end(transaction, granted);
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

static inline void see(const struct ksm_decision *decision, struct ksm_seen *seen)
{
    if (seen == nullptr)
        return;
    ksm_seen_nothing(seen);
    for (u32 i = 0; i < KSM_SEEN_MAX && i < decision->object_count; i++) {
        seen->generations[i] = &state_of(decision, i)->generation;
        seen->values[i] = ksm_load(seen->generations[i]);
    }
}

/* Evaluates what may be changing meanwhile; false if it was. */
static inline bool try_unlocked(struct ksm_transaction *transaction, struct ksm_seen *seen, bool *granted)
{
    const struct ksm_decision *decision = transaction->decision;
    u64 sequences[READERS_MAX];
    for (u32 i = 0; i < decision->object_count; i++) {
        /* acquire: pairs with settle; what is read behind is no older */
        sequences[i] = __atomic_load_n(&state_of(decision, i)->sequence, __ATOMIC_ACQUIRE);
        if (sequences[i] % 2 != 0)
            return false;
    }
    see(decision, seen);
    *granted = decision->evaluate(transaction);
    atomic_thread_fence(memory_order_acquire); /* pairs with the fence of ksm_state_changes */
    for (u32 i = 0; i < decision->object_count; i++)
        if (ksm_load(&state_of(decision, i)->sequence) != sequences[i])
            return false;
    return true;
}

[[gnu::noinline]] static bool run_locked(struct ksm_transaction *transaction, struct ksm_seen *seen)
{
    const struct ksm_decision *decision = transaction->decision;
    transaction->audit_count = transaction->scratch_used = 0;
    if (decision->object_count != 0)
        ksm_transaction_lock(transaction);
    see(decision, seen);
    bool granted = decision->evaluate(transaction);
    ksm_transaction_end(transaction, granted);
    return granted;
}

bool ksm_transaction_run(const struct ksm_query *query, const struct ksm_decision *decision, struct ksm_seen *seen)
{
    struct ksm_transaction transaction;
    bool granted;
    prepare(&transaction, query, decision);
    if ((decision->flags & KSM_CHANGES_STATE) != 0 || decision->object_count > READERS_MAX)
        return run_locked(&transaction, seen);
    for (u32 tries = 0; !likely(try_unlocked(&transaction, seen, &granted));) {
        if (++tries == TRIES_MAX)
            return run_locked(&transaction, seen);
        transaction.audit_count = transaction.scratch_used = 0;
    }
    ksm_audit_end(&transaction, granted);
    return granted;
}
