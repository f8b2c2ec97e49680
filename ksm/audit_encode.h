/* SPDX-License-Identifier: Apache-2.0 */
/* From a ring's record, which points into the policy, to bytes that stand for themselves (abi/audit.h). */
#pragma once
#include <ksm/audit_ring.h>

/* The size of what was written; capacity: KOS_AUDIT_RECORD_MAX at least. A text that finds no room is left out. */
u32 ksm_audit_encode(const struct ksm_audit_record *record, const struct ksm_policy *policy, u8 *bytes, u32 capacity);
