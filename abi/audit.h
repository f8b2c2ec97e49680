/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of the security audit, as Audit.Read hands it out: this header, its results, and the texts that both name by
 * their offset from the start of the record; offset 0: no such text. Texts are NUL-terminated and lie in the record.
 */
#pragma once
#include <abi/limits.h>

#define KOS_AUDIT_RECORD_MAX KOS_PAGE_SIZE /* bytes */
#define KOS_AUDIT_LOG        "kss"         /* the log's name, for Audit.Open */

/* Events, numbered as in ksm/policy.h. */
#define KOS_AUDIT_EXECUTE  0U
#define KOS_AUDIT_REQUEST  1U
#define KOS_AUDIT_RESPONSE 2U
#define KOS_AUDIT_ERROR    3U
#define KOS_AUDIT_SECURITY 4U

/* Why the event was granted or denied. */
#define KOS_AUDIT_BY_RULES  0U
#define KOS_AUDIT_NO_RULE   1U /* denied: the policy binds no rule to this event, or its choices came to none */
#define KOS_AUDIT_MALFORMED 2U /* denied: the message is none of this method, or there is no such method */

/* Results: bits. */
#define KOS_AUDIT_GRANTED    (1U << 0)
#define KOS_AUDIT_EXPRESSION (1U << 1) /* no rule; granted: it had a value */

struct kos_audit_result {
    unsigned object, method, file; /* texts */
    unsigned line, column;
    unsigned flags; /* KOS_AUDIT_GRANTED, KOS_AUDIT_EXPRESSION */
};

struct kos_audit_record {
    unsigned size; /* of the record, bytes */
    unsigned char event, granted, reason, cpu;
    unsigned long long time;                  /* ns since boot */
    unsigned long long sequence;              /* of that CPU's records, from 1; a gap: that many were dropped */
    unsigned source_sid, destination_sid;     /* 0: none, or not known */
    unsigned source_class, destination_class; /* texts */
    unsigned endpoint, method;                /* texts; 0 for execute, and where the class has no such thing */
    unsigned riid, mid;
    unsigned constant_size, arena_size, handle_count; /* of the message; sizes in bytes, header included */
    unsigned result_count;
    unsigned left_out; /* results that did not fit */
    unsigned reserved; /* 0 */
}; /* its results follow */
KOS_STATIC_ASSERT(sizeof(struct kos_audit_record) == 80, "part of the interface");
static inline const struct kos_audit_result *kos_audit_results(const struct kos_audit_record *record)
{
    return (const struct kos_audit_result *)(const void *)(record + 1);
}
