/* SPDX-License-Identifier: Apache-2.0 */
/* No event is recorded. */
#include <ksm/audit.h>

void ksm_audit_begin(struct ksm_transaction *transaction)
{
    transaction->audit = nullptr;
}

void ksm_audit_end(const struct ksm_transaction *transaction, bool granted)
{
    (void)transaction, (void)granted;
}

void ksm_audit_denied(const struct ksm_query *query)
{
    (void)query;
}

void ksm_audit_rule(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool granted, u32 sid)
{
    (void)transaction, (void)site, (void)granted, (void)sid;
}

void ksm_audit_expression(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool ok, u32 kind,
                          u32 sid)
{
    (void)transaction, (void)site, (void)ok, (void)kind, (void)sid;
}
