/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/vlog/vlog_api.h>
#include <kos/thread.h>
#include <kss/audit.h>
#include <stdio.h>
#include <string.h>
#include <tests/audit/protocol.h>

extern AuditMessage message; /* of the main thread */
extern char line[4096];
extern Handle kss;

void expect(const char *name, long long got, long long expected);
/* What policy.c makes of it; a granted one is answered by the kernel: rcInvalidArgument, for argument is no switch. */
Retcode command(enum audit_command what, nk_uint64_t argument);
/* Takes the next record, null if there is none; adds what was lost to *dropped. */
const struct kos_audit_record *next_record(rtl_uint64_t *dropped);
void drain(void);
/* There is one record, and its text, behind time and number, is this; # stands for any number. */
void expect_text(const char *name, const char *expected);

/* ---- flow.c ---- */
void waiting(void);
void drops(void);
void order(void);
/* ---- security.c ---- */
void security(void);
