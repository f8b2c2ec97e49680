/* SPDX-License-Identifier: Apache-2.0 */
/* What policy.c does with a request of PM.SetCpuOnline, by its first word; nothing of it changes a CPU. */
#pragma once

enum audit_command {
    AUDIT_DENY = 100, /* one rule, denied; no CPU has such a number */
    AUDIT_MIXED,      /* granted, an expression, denied */
    AUDIT_GRANT,      /* one rule, granted, audited at the level in force */
    AUDIT_QUIET,      /* denied by a rule that is audited at another level only */
    AUDIT_ONE_WAY,    /* denied and granted by a rule of which denials are audited only */
    AUDIT_MANY,       /* 100 granted rules, then a denied one */
    AUDIT_NONE,       /* a choice none of whose branches is taken */
    AUDIT_CHOSEN,     /* the same, with its expression recorded */
};

/* Questions of Einit's security interface, test.Guard: a value, a text. */
enum audit_question {
    AUDIT_ASK_SMALL, /* granted up to 7 */
    AUDIT_ASK_NEVER, /* no rule */
    AUDIT_ASK_TEXT,  /* granted if the text begins with y */
};
#define AUDIT_QUESTION_SIZE 40U

/* Einit's own endpoint, which it calls through a channel of its own. */
#define AUDIT_METHOD_SIZE 32U
