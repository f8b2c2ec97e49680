/* SPDX-License-Identifier: Apache-2.0 */
/* The security audit from the reader's side: what leaves a record, what it says, and who may read it. */
#include <abi/ipc.h>
#include <coresrv/pm/pm_api.h>
#include <tests/audit/audit.h>
#include <tests/patience.h>

AuditMessage message;
char line[4096];
Handle kss;

void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %lld, got %lld (%llx)\n", name, expected, got, (unsigned long long)got);
}

Retcode command(enum audit_command what, nk_uint64_t argument)
{
    return KOS_CORE(PM, SetCpuOnline, what, argument).rc;
}

const struct kos_audit_record *next_record(rtl_uint64_t *dropped)
{
    rtl_size_t lost;
    if (KnAuReadTimeout(kss, &message, &lost, 0) != rcOk)
        return RTL_NULL;
    if (dropped != RTL_NULL)
        *dropped += lost;
    return (const struct kos_audit_record *)(const void *)message.data;
}

void drain(void)
{
    while (next_record(RTL_NULL) != RTL_NULL)
        ;
}

/* The text of the next record from its verdict on: behind time, CPU and number. */
static const char *next_text(void)
{
    if (next_record(RTL_NULL) == RTL_NULL || kss_audit_decode(message.data, message.size, line, sizeof(line)) < 0)
        return "nothing";
    const char *number = strchr(line, '#');
    const char *verdict = number != RTL_NULL ? strchr(number, ' ') : RTL_NULL;
    return verdict != RTL_NULL ? verdict + 1 : line;
}

/* The next record reads "expected", where # stands for a number; and it is the last one. */
static bool reads(const char *text, const char *expected)
{
    for (; *expected != '\0'; expected++) {
        if (*expected != '#') {
            if (*text++ != *expected)
                return false;
            continue;
        }
        if (*text < '0' || *text > '9')
            return false;
        while (*text >= '0' && *text <= '9')
            text++;
    }
    return *text == '\0';
}

void expect_text(const char *name, const char *expected)
{
    const char *text = next_text();
    if (!reads(text, expected))
        printf("FAIL %s: expected '%s', got '%s'\n", name, expected, text);
    else if (next_record(RTL_NULL) != RTL_NULL)
        printf("FAIL %s: expected one record\n", name);
    else
        printf("PASS %s\n", name);
}

static void nothing_recorded(const char *name)
{
    expect(name, next_record(RTL_NULL) == RTL_NULL, 1);
}

/* ---- what is recorded ---- */

static void by_rules(void)
{
    expect("rule/denied", command(AUDIT_DENY, 0), rcSecurityDisallow);
    expect_text("rule/denied/record",
                "denied request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: base.deny denied "
                "at policy.psl:12:5");
    expect("rule/mixed", command(AUDIT_MIXED, 0), rcSecurityDisallow);
    expect_text("rule/mixed/record", "denied request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: base.grant "
                                     "granted at policy.psl:13:5, base.query evaluated at policy.psl:14:5, base.deny "
                                     "denied at policy.psl:12:5");
    expect("rule/granted", command(AUDIT_GRANT, 1), rcInvalidArgument); /* the handler's answer: no such CPU */
    expect_text("rule/granted/record", "granted request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: base.grant "
                                       "granted at policy.psl:13:5");
    expect("rule/other_level", command(AUDIT_QUIET, 0), rcSecurityDisallow);
    nothing_recorded("rule/other_level/record");
    expect("rule/denials_only/granted", command(AUDIT_ONE_WAY, 2), rcInvalidArgument);
    nothing_recorded("rule/denials_only/granted/record");
    expect("rule/denials_only/denied", command(AUDIT_ONE_WAY, 0), rcSecurityDisallow);
    expect_text("rule/denials_only/denied/record", "denied request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: "
                                                   "base.assert denied at policy.psl:16:5");
}

/* Rules are bound to the event, but none was called. */
static void by_no_rule(void)
{
    static const char record[] = "denied request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: no rule";
    expect("choice/denied", command(AUDIT_NONE, 0), rcSecurityDisallow);
    expect_text("choice/record", record);
    expect("choice/again/denied", command(AUDIT_NONE, 0), rcSecurityDisallow);
    expect_text("choice/again/record", record);
    expect("choice/expression/denied", command(AUDIT_CHOSEN, 0), rcSecurityDisallow);
    expect_text("choice/expression/record",
                "denied request Einit (#) -> kl.core.Core (#), pm.PM.SetCpuOnline: no rule: "
                "base.query evaluated at policy.psl:14:5");
}

/* More results than a record holds: those behind are counted, and the denial is not among them. */
static void by_many_rules(void)
{
    expect("rule/many", command(AUDIT_MANY, 0), rcSecurityDisallow);
    const struct kos_audit_record *record = next_record(RTL_NULL);
    expect("rule/many/record", record != RTL_NULL, 1);
    if (record == RTL_NULL)
        return;
    expect("rule/many/sum", record->result_count + record->left_out, 101);
    expect("rule/many/denial_is_there", kos_audit_results(record)[record->result_count - 1].flags & KOS_AUDIT_GRANTED,
           0);
    expect("rule/many/line", kos_audit_results(record)[record->result_count - 1].line, 12);
    expect("rule/many/text", kss_audit_decode(message.data, message.size, line, sizeof(line)), KSS_AUDIT_POSITION_DENY);
}

static void without_rules(void)
{
    static char value[64];
    Handle task;
    expect("no_rule/request", KnHalGetEnv("x", value, sizeof(value)), rcSecurityDisallow);
    expect_text("no_rule/request/record", "denied request Einit (#) -> kl.core.Core (#), hal.HAL.GetEnv: no rule");
    expect("no_rule/execute", KnTaskCreate("Orphan", "test.Orphan", "Weak", KOS_CLASS_STANDARD, 8, &task),
           rcSecurityDisallow);
    expect_text("no_rule/execute/record", "denied execute Einit (#) -> test.Orphan (#): no rule");
    /* a rule denies, and no profile covers it */
    expect("constant_denial", KOS_CORE0(FS, GetFsSize).rc, rcSecurityDisallow);
    nothing_recorded("constant_denial/record");
}

static void malformed(void)
{
    const nk_uint64_t words[8] = {0};
    expect("malformed/size", kos_core_call(KOS_RIID_THREAD, KOS_CORE_MID(THREAD, Sleep), 3, words).rc,
           rcInvalidArgument);
    expect_text("malformed/size/record", "denied request Einit (#) -> kl.core.Core (#), thread.Thread.Sleep: malformed "
                                         "message (48 bytes, arena 0, handles 0)");
    expect("malformed/method", kos_core_call(KOS_RIID_THREAD, 77, 1, words).rc, rcInvalidArgument);
    expect_text("malformed/method/record", "denied request Einit (#) -> kl.core.Core (#), thread.Thread, method 77: "
                                           "malformed message (32 bytes, arena 0, handles 0)");
    expect("malformed/endpoint", kos_core_call(77, 3, 1, words).rc, rcInvalidArgument);
    expect_text("malformed/endpoint/record", "denied request Einit (#) -> kl.core.Core (#), endpoint 77, method 3: "
                                             "malformed message (32 bytes, arena 0, handles 0)");
    Handle listener, server, client;
    expect("malformed/channel", KnHandleConnect(INVALID_HANDLE, &listener, &server, &client), rcOk);
    struct kos_message_words call = {.selector = client, .info = KOS_INFO(0, 0, AUDIT_METHOD_SIZE + 8, 0)};
    kos_system_call(&call);
    expect("malformed/server", (Retcode)(rtl_uint32_t)call.selector, rcInvalidArgument);
    expect_text("malformed/server/record", "denied request Einit (#) -> Einit (#), main.Put: malformed message (40 "
                                           "bytes, arena 0, handles 0)");
}

/* ---- who may read ---- */

static void rights(void)
{
    Handle other = INVALID_HANDLE, weak = INVALID_HANDLE, closed = INVALID_HANDLE;
    rtl_size_t dropped;
    expect("open/no_such_log", KnAuOpen("core", &other), rcResourceNotFound);
    expect("open/again", KnAuOpen("kss", &closed), rcOk);
    expect("close", KnAuClose(closed), rcOk);
    expect("close/twice", KnAuClose(closed), rcInvalidHandle);
    expect("read/closed", KnAuReadTimeout(closed, &message, &dropped, 0), rcInvalidHandle);
    expect("read/core_handle", KnAuReadTimeout(KOS_CORE_HANDLE, &message, &dropped, 0), rcInvalidArgument);
    expect("copy", KnHandleCopy(kss, KOS_RIGHT_GET_SID, INVALID_HANDLE, &weak), rcOk);
    expect("deny", command(AUDIT_DENY, 0), rcSecurityDisallow);
    expect("read/without_right", KnAuReadTimeout(weak, &message, &dropped, 0), rcNoCapability);
    expect("wait/without_right", KOS_CORE(AUDIT, Wait, weak, 0).rc, rcNoCapability);
    expect("wait/argument", KOS_CORE(AUDIT, Wait, kss, 1ULL << 32).rc, rcInvalidArgument);
    nk_uint64_t words[8] = {kss};
    expect("read/buffer_too_small",
           KOS_CORE_ARENA(AUDIT, Read, words, RTL_NULL, 0, message.data, sizeof(message.data) - 1), rcBufferTooSmall);
    expect("read/still_there", next_record(RTL_NULL) != RTL_NULL, 1);
    expect("close/weak", KnAuClose(weak), rcOk);
}

static void denied_reader(void)
{
    Handle task;
    rtl_int32_t code = 0;
    rtl_uint32_t reason;
    bool started = KnTaskCreate("Weak", "test.Weak", "Weak", KOS_CLASS_STANDARD, 8, &task) == rcOk &&
                   KnTaskResume(task) == rcOk && KnTaskWait(task, PATIENCE_MS, &code, &reason) == rcOk;
    expect("policy/start", started, 1);
    expect("policy/open_denied", code, 7);
    expect_text("policy/record", "denied request test.Weak (#) -> kl.core.Core (#), audit.Audit.Open: no rule");
}

int main(void)
{
    expect("open", KnAuOpen("kss", &kss), rcOk);
    expect("first_read", next_record(RTL_NULL) == RTL_NULL, 1);
    by_rules();
    by_no_rule();
    by_many_rules();
    without_rules();
    malformed();
    rights();
    denied_reader();
    waiting();
    security();
    drops();
    order();
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? 0 : 1;
}
