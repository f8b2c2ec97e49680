/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of rules and expressions, called by compiled policies. */
#include <abi/audit.h>
#include <ksm/audit.h>
#include <ksm/audit_ring.h>
#include <ksm/cpu.h>
#include <ksm/models/models.h>

/* What the site's profile says at the level that is in force: null for silence. */
static const struct ksm_audit_configuration *configuration(const struct ksm_audit_site *site)
{
    u32 level = ksm_audit_level();
    for (u32 i = 0; i < site->configuration_count; i++)
        if (site->configurations[i].level == level)
            return &site->configurations[i];
    return nullptr;
}

static bool omitted(struct ksm_transaction *transaction, const struct ksm_audit_site *site, const u64 *omit, u32 sid)
{
    u32 state;
    return omit != nullptr && ksm_flow_query(transaction, (struct ksm_object *)(uintptr_t)site->object, sid, &state) &&
           (omit[state / 64] >> (state % 64) & 1U) != 0;
}

#define NOTES_AT_ONCE 8U /* between two pauses */

/* Beyond the last place everything is counted; a denial then takes that place, unless a denial has it. */
static void note(struct ksm_transaction *transaction, const struct ksm_audit_site *site, u32 result)
{
    struct ksm_audit_result *notes = ksm_audit_notes();
    if (notes == nullptr)
        return;
    u32 place = transaction->audit_count++;
    if (unlikely(place % NOTES_AT_ONCE == NOTES_AT_ONCE - 1))
        ksm_pause();
    if (place >= KSM_AUDIT_RESULTS) {
        place = KSM_AUDIT_RESULTS - 1;
        if ((result & KSM_AUDIT_GRANTED) != 0 || (notes[place].result & KSM_AUDIT_DENIED) != 0)
            return;
    }
    notes[place] = (struct ksm_audit_result){site, result};
}

void ksm_audit_rule(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool granted, u32 sid)
{
    const struct ksm_audit_configuration *now = configuration(site);
    u32 result = granted ? KSM_AUDIT_GRANTED : KSM_AUDIT_DENIED;
    if (now != nullptr && (now->results & result) != 0 && !omitted(transaction, site, now->omit, sid))
        note(transaction, site, result);
}

void ksm_audit_expression(struct ksm_transaction *transaction, const struct ksm_audit_site *site, bool ok, u32 kind,
                          u32 sid)
{
    const struct ksm_audit_configuration *now = configuration(site);
    u32 wanted = kind != 0 ? kind : KSM_AUDIT_GRANTED | KSM_AUDIT_DENIED;
    if (now != nullptr && (now->results & wanted) != 0 && !omitted(transaction, site, now->omit, sid))
        note(transaction, site, (ok ? KSM_AUDIT_GRANTED : KSM_AUDIT_DENIED) | KSM_AUDIT_EXPRESSION);
}
