/* SPDX-License-Identifier: Apache-2.0 */
/* Einit may do everything but what the tests want denied. The rules of PM.SetCpuOnline are written as nk-psl-gen-c
 * writes them, in a policy.psl that there is not. */
#include <abi/core.h>
#include <abi/ipc.h>
#include <ksm/audit.h>
#include <ksm/message.h>
#include <ksm/models/models.h>
#include <ksm/table_policy.h>
#include <tests/audit/protocol.h>

enum { CORE, EINIT, WEAK, ORPHAN };
static const struct ksm_method methods[] = {
    {.name = "Put", .request = {.size = AUDIT_METHOD_SIZE}, .response = {.size = KOS_MESSAGE_HEADER_SIZE}}};
static const struct ksm_interface interface = {"test.Main", methods, array_length(methods)};
static const struct ksm_endpoint endpoints[] = {{"main", &interface}};
static const struct ksm_chunk text[] = {{KOS_MESSAGE_HEADER_SIZE + 8, 32, 1}};
#define QUESTION(name_, arena_)                                                                                        \
    {                                                                                                                  \
        .name = (name_),                                                                                               \
        .request = {.size = AUDIT_QUESTION_SIZE, .arena_size = (arena_), .chunk_count = 1, .chunks = text},            \
        .response = {                                                                                                  \
            .size = KOS_MESSAGE_HEADER_SIZE                                                                            \
        }                                                                                                              \
    }
static const struct ksm_method questions[] = {QUESTION("Small", 0), QUESTION("Never", 0), QUESTION("Text", 32)};
static const struct ksm_interface guard = {"test.Guard", questions, array_length(questions)};
static const struct ksm_endpoint guards[] = {{"", &guard}};
static const struct ksm_class classes[] = {
    KSM_CORE_CLASS,
    {.name = "Einit", .endpoints = endpoints, .endpoint_count = 1, .security = guards, .security_count = 1},
    {.name = "test.Weak"},
    {.name = "test.Orphan"}};

#define BOTH (KSM_AUDIT_GRANTED | KSM_AUDIT_DENIED)
static struct ksm_object base = {.name = "base", .model = KSM_BASE};
static const struct ksm_audit_configuration both[] = {{.level = 0, .results = BOTH}},
                                            other_level[] = {{.level = 3, .results = BOTH}},
                                            denials[] = {{.level = 0, .results = KSM_AUDIT_DENIED}};
#define SITE(name, method_, line_, configurations_)                                                                    \
    static const struct ksm_audit_site name = {.object = &base,                                                        \
                                               .method = (method_),                                                    \
                                               .file = "policy.psl",                                                   \
                                               .line = (line_),                                                        \
                                               .column = 5,                                                            \
                                               .configuration_count = 1,                                               \
                                               .configurations = (configurations_)}
SITE(deny, "deny", 12, both);
SITE(grant, "grant", 13, both);
SITE(query, "query", 14, both);
SITE(elsewhere, "deny", 15, other_level);
SITE(denials_only, "assert", 16, denials);

static bool many(struct ksm_transaction *transaction)
{
    for (u32 i = 0; i < 100; i++)
        ksm_audit_rule(transaction, &grant, true, 0);
    ksm_audit_rule(transaction, &deny, false, 0);
    return false;
}

static bool run(struct ksm_transaction *transaction, word command, word argument)
{
    switch ((enum audit_command)command) {
    case AUDIT_DENY:
        ksm_audit_rule(transaction, &deny, false, 0);
        return false;
    case AUDIT_MIXED:
        ksm_audit_rule(transaction, &grant, true, 0);
        ksm_audit_expression(transaction, &query, true, 0, 0);
        ksm_audit_rule(transaction, &deny, false, 0);
        return false;
    case AUDIT_GRANT:
        ksm_audit_rule(transaction, &grant, true, 0);
        return true;
    case AUDIT_QUIET:
        ksm_audit_rule(transaction, &elsewhere, false, 0);
        return false;
    case AUDIT_ONE_WAY:
        ksm_audit_rule(transaction, &denials_only, argument != 0, 0);
        return argument != 0;
    case AUDIT_MANY:
        return many(transaction);
    case AUDIT_CHOSEN:
        ksm_audit_expression(transaction, &query, true, 0, 0);
        return ksm_outcome(transaction, 0);
    case AUDIT_NONE:
        return ksm_outcome(transaction, 0);
    }
    return true;
}

static bool by_command(const struct ksm_query *request)
{
    struct ksm_transaction transaction = {.query = request};
    word words[2];
    memcpy(words, request->constant_part, sizeof(words));
    bool granted = run(&transaction, words[0], words[1]);
    ksm_audit_end(&transaction, granted);
    return granted;
}

static bool small(const struct ksm_query *question)
{
    struct ksm_transaction transaction = {.query = question};
    word value;
    memcpy(&value, question->constant_part, sizeof(value));
    if (value > 7)
        ksm_audit_rule(&transaction, &deny, false, 0);
    ksm_audit_end(&transaction, value <= 7);
    return value <= 7;
}

static bool begins_with_y(const struct ksm_query *question)
{
    u64 available;
    const char *letter =
        question->arena != nullptr ? question->arena->span(question->arena->context, 0, &available) : nullptr;
    return letter != nullptr && *letter == 'y';
}

#define PM_SET KOS_RIID_PM, KOS_CORE_MID(PM, SetCpuOnline)
static const struct ksm_rule rules[] = {
    {KSM_EXECUTE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_EXECUTE, EINIT, WEAK, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, EINIT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, EINIT, EINIT, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, PM_SET, KSM_EVALUATE, by_command},
    {KSM_SECURITY, EINIT, KSM_ANY, 0, AUDIT_ASK_SMALL, KSM_EVALUATE, small},
    {KSM_SECURITY, EINIT, KSM_ANY, 0, AUDIT_ASK_TEXT, KSM_EVALUATE, begins_with_y},
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_TASK, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_THREAD, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_REQUEST, WEAK, CORE, KOS_RIID_VMM, KSM_ANY, KSM_GRANT, nullptr},
    {KSM_RESPONSE, CORE, KSM_ANY, KSM_ANY, KSM_ANY, KSM_GRANT, nullptr},
#define ALL(riid_) {KSM_REQUEST, EINIT, CORE, KOS_RIID_##riid_, KSM_ANY, KSM_GRANT, nullptr}
    ALL(VMM),
    ALL(THREAD),
    ALL(HANDLE),
    ALL(TASK),
    ALL(SYNC),
    ALL(TIME),
    ALL(PM),
    ALL(IPC),
    ALL(AUDIT),
    {KSM_REQUEST, EINIT, CORE, KOS_RIID_HAL, KOS_CORE_MID(HAL, DebugWrite), KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, KOS_RIID_HAL, KOS_CORE_MID(HAL, GetCpuCount), KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, KOS_RIID_HAL, KOS_CORE_MID(HAL, GetEntropy), KSM_GRANT, nullptr},
    {KSM_REQUEST, EINIT, CORE, KOS_RIID_FS, KOS_CORE_MID(FS, GetFsSize), KSM_DENY, nullptr},
    /* HAL.GetEnv, the start of test.Orphan: no rule */
};

KSM_TABLE_POLICY(classes, rules)
