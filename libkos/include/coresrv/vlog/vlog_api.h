/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the log of the security audit. A record that one reader has taken, no other gets. */
#pragma once
#include <abi/audit.h>
#include <handle/handletype.h>
#include <rtl/retcode.h>
#include <rtl/stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* data: a struct kos_audit_record (abi/audit.h), which kss/audit.h turns into text. */
#define AUDIT_MESSAGE_SIZE (KOS_AUDIT_RECORD_MAX + sizeof(rtl_uint64_t))
typedef struct AuditMessage {
    rtl_size_t size; /* of data, bytes */
    char data[KOS_AUDIT_RECORD_MAX];
} AuditMessage;

/* name: "kss". rcResourceNotFound: no such log; rcSecurityDisallow; rcQuotaExceeded. */
Retcode KnAuOpen(const char *name, Handle *outRID);
Retcode KnAuClose(Handle rid);
/* Waits for a record and takes it. *outDropMsgs: records lost since the last one that any reader was told.
 * rcNoCapability, rcInvalidHandle. */
Retcode KnAuRead(Handle rid, AuditMessage *msg, rtl_size_t *outDropMsgs);
/* Ours: waits that many milliseconds at most; 0: not at all. rcTimeout. */
Retcode KnAuReadTimeout(Handle rid, AuditMessage *msg, rtl_size_t *outDropMsgs, rtl_uint32_t mdelay);
#ifdef __cplusplus
}
#endif
