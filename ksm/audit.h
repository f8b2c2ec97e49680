/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the transaction tells the audit, besides ksm_audit_rule and ksm_audit_expression (ksm/models/transaction.h). Any
 * CPU, interrupts masked.
 */
#pragma once
#include <ksm/models/transaction.h>

/* Begin of an event: gives transaction->audit its memory, this CPU's. */
void ksm_audit_begin(struct ksm_transaction *transaction);
/* End of an event, its objects unlocked: the record of what was noted, and of every denial. */
void ksm_audit_end(const struct ksm_transaction *transaction, bool granted);
/* An event that was denied without a transaction: no rule, a constant, or a cached denial. */
void ksm_audit_denied(const struct ksm_query *query);
