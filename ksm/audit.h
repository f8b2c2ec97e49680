/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The security audit: which decisions leave a record, and how readers get it. docs/audit.md tells what is recorded.
 *
 * Deciding: any CPU, interrupts masked; nothing here waits. What the transaction tells the audit, besides
 * ksm_audit_rule and ksm_audit_expression (ksm/models/transaction.h):
 */
#pragma once
#include <ksm/models/transaction.h>

/* Boot, before the first decision: a ring for each CPU. rcOutOfMemory. */
retcode ksm_audit_init(u32 cpus);

/* Where this CPU notes the results of its event, KSM_AUDIT_RESULTS of them: null before ksm_audit_init. */
struct ksm_audit_result *ksm_audit_notes(void);
/* From now on another page: the one before, with what is noted there. For who goes on later with the event. */
void *ksm_audit_notes_change(void *page);
/* End of an event, its objects unlocked: the record of what was noted. */
void ksm_audit_end(const struct ksm_transaction *transaction, bool granted);
/* An event that was denied without a transaction: no rule, a constant, or a cached denial. Recorded if no rule is bound
 * to it. */
void ksm_audit_denied(const struct ksm_query *query);
/* A message that is none of its method, or whose method there is not: denied before any rule, and always recorded.
 * Sizes and count as in the message. */
struct ksm_audit_message {
    u32 constant_size, arena_size, handle_count;
};
void ksm_audit_malformed(const struct ksm_query *query, struct ksm_audit_message message);

/* ---- readers: any CPU, interrupts masked ---- */

/* True if there is a record. */
bool ksm_audit_pending(void);
/* With checkpoints. Takes the oldest record, in the form of abi/audit.h: its size, 0 if there is none. capacity:
 * KOS_AUDIT_RECORD_MAX at least. *dropped: records lost on all CPUs since the last call that was told. */
u32 ksm_audit_read(u8 *bytes, u32 capacity, u64 *dropped);
/* Called behind every new record, no locks held; set at boot by the kernel's endpoint, or null. */
extern void (*ksm_audit_written)(void);
