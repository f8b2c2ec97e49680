/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of the security audit's records. */
#pragma once
#include <abi/audit.h>
#ifdef __cplusplus
extern "C" {
#endif

/* What a record reports: a denial, or something that was granted. */
#define KSS_AUDIT_POSITION_DENY  0
#define KSS_AUDIT_POSITION_GRANT 1

/*
 * Ours, like the text. One line, without its end, for the record of that many bytes; cut to fit text, NUL-terminated.
 * Returns the position, or -1 for what is no record. Bytes may be anything.
 *
 *   12.000345 cpu 0 #7 denied request app.Client (5) -> app.Server (4), store.store.Put: store.allow denied at
 *   policy.psl:12:5, base.grant granted at policy.psl:13:5
 */
int kss_audit_decode(const void *record, unsigned long size, char *text, unsigned long text_size);
#ifdef __cplusplus
}
#endif
