/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint task.Task. */
#include <coresrv/entity/entity_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

/* One character too many for a process, a channel or a resource. */
static const char long_name[] = "a name of sixty-four characters is one too many for a process...";
static_assert(sizeof(long_name) == KOS_SHORT_NAME_SIZE + 1, "one too many");

/* Three strings in a row: chunks {0, 5}, {5, 10}, {15, 5}. */
#define CREATE_STRINGS                         "task\0test.Peer\0Peer"
#define CREATE(name_, class_priority_, flags_) CREATE_WITH(name_, 0, class_priority_, flags_)
#define CREATE_WITH(name_, stack_, class_priority_, flags_)                                                            \
    REQUEST(TASK, Create, name_, CHUNK(5, 10), CHUNK(15, 5), stack_, class_priority_, flags_), STRING(CREATE_STRINGS), \
        .response_count = 2

static Retcode create(const char *name, const char *class, const char *file)
{
    Handle task;
    Retcode rc = KnTaskCreate(name, class, file, KOS_CLASS_STANDARD, 15, &task);
    if (rc == rcOk)
        (void)KnHandleClose(task);
    return rc;
}

static void create_tests(void)
{
    const char *name = "task/Create";
    struct core_request request = {CREATE(CHUNK(0, 5), 15, 0)};
    expect_string_errors("task/Create/name", &request, 0);
    expect_string_errors("task/Create/class", &request, 1);
    expect_string_errors("task/Create/file", &request, 2);
    expect(name, "standard_16", CORE(CREATE(CHUNK(0, 5), 16, 0)).rc, rcInvalidArgument);
    expect(name, "fifo_32", CORE(CREATE(CHUNK(0, 5), 1 << 8 | 32, 0)).rc, rcInvalidArgument);
    expect(name, "class_3", CORE(CREATE(CHUNK(0, 5), 3 << 8, 0)).rc, rcInvalidArgument);
    expect(name, "priority_high_bits", CORE(CREATE(CHUNK(0, 5), 1ULL << 40 | 15, 0)).rc, rcInvalidArgument);
    expect(name, "unknown_flag", CORE(CREATE(CHUNK(0, 5), 15, 1)).rc, rcInvalidArgument);
    expect(name, "stack_too_large", CORE(CREATE_WITH(CHUNK(0, 5), 1ULL << 50, 15, 0)).rc, rcInvalidArgument);
    expect(name, "stack_overflows", CORE(CREATE_WITH(CHUNK(0, 5), ~0ULL, 15, 0)).rc, rcInvalidArgument);
    expect(name, "unknown_class", create("task", "test.Nobody", "Peer"), rcResourceNotFound);
    expect(name, "unknown_file", create("task", "test.Peer", "Nothing"), rcResourceNotFound);
    static char longest[KOS_NAME_SIZE];
    memset(longest, 'x', sizeof(longest) - 1);
    expect(name, "longest_class", create("task", longest, "Peer"), rcResourceNotFound);
    expect(name, "longest_file", create("task", "test.Peer", longest), rcResourceNotFound);
    expect(name, "all_too_long", create(longest, longest, longest), rcInvalidArgument);
    expect(name, "denied_by_policy", create("task", "test.Orphan", "Peer"), rcSecurityDisallow);
    expect(name, "not_a_program", create("task", "test.Peer", "License"), rcBadImage);
    expect(name, "name_in_use", create("Einit", "test.Peer", "Peer"), rcAlreadyExists);
    expect(name, "name_too_long", create(long_name, "test.Peer", "Peer"), rcInvalidArgument);
    expect(name, "longest_name", create(long_name + 1, "test.Peer", "Peer"), rcOk);
    (void)KnSleep(20); /* the thread that never ran ends on its own */
    expect(name, "same_name_after_close", create(long_name + 1, "test.Peer", "Peer"), rcOk);
    struct kos_core_result made = core_request(&request);
    expect(name, NK_NULL, made.rc, rcOk);
    expect(name, "twice", core_request(&request).rc, rcAlreadyExists);
    expect(name, "closed", KnHandleClose((Handle)made.w[0]), rcOk);
    (void)KnSleep(20);
}

static void handle_error_tests(Handle task, Handle weak)
{
    static const char text[] = "x";
    const struct core_request requests[] = {
        {REQUEST(TASK, SetEnv, task, 0, 0)},
        {REQUEST(TASK, Connect, task, task, CHUNK(0, 2), 0), STRING(text), .response_count = 1},
        {REQUEST(TASK, AddResource, task, task, 0, CHUNK(0, 2)), STRING(text), .response_count = 1},
        {REQUEST(TASK, Resume, task)},
        {REQUEST(TASK, Terminate, task, 1)},
        {REQUEST(TASK, Wait, task, 0)},
        {REQUEST(TASK, GetInfo, task)},
        {REQUEST(TASK, SetQuota, task, 1000, 1000)},
    };
    static const char *const names[] = {"task/SetEnv",    "task/Connect", "task/AddResource", "task/Resume",
                                        "task/Terminate", "task/Wait",    "task/GetInfo",     "task/SetQuota"};
    for (unsigned i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        expect_handle_errors(names[i], &requests[i], 0, KOS_CORE_HANDLE, weak);
    expect_handle_errors("task/Connect/server", &requests[1], 1, KOS_CORE_HANDLE, weak);
    struct core_request add = requests[2];
    expect_handle_errors("task/AddResource/handle", &add, 1, INVALID_HANDLE, weak);
    expect(
        "task/AddResource", "core_handle",
        CORE(REQUEST(TASK, AddResource, task, KOS_CORE_HANDLE, 0, CHUNK(0, 2)), STRING(text), .response_count = 1).rc,
        rcNoCapability);
    expect_string_errors("task/Connect/channel", &requests[1], 2);
    expect_string_errors("task/AddResource/name", &requests[2], 3);
    char out[KOS_NAME_SIZE];
    struct core_request name = {REQUEST(TASK, GetName, task), .response_count = 2, .out = out, .out_size = sizeof(out)};
    expect_handle_errors("task/GetName", &name, 0, KOS_CORE_HANDLE, weak);
}

static void environment_tests(Handle task)
{
    static const char row[64] = "no terminator";
    expect("task/SetEnv", "args_outside_arena",
           CORE(REQUEST(TASK, SetEnv, task, CHUNK(60, 5), 0), STRING(row), .response_count = 1).rc, rcInvalidArgument);
    expect("task/SetEnv", "envs_outside_arena",
           CORE(REQUEST(TASK, SetEnv, task, 0, CHUNK(0xffffffffU, 2)), STRING(row), .response_count = 1).rc,
           rcInvalidArgument);
    expect("task/SetEnv", "args_unterminated",
           CORE(REQUEST(TASK, SetEnv, task, CHUNK(0, 5), 0), STRING(row), .response_count = 1).rc, rcInvalidArgument);
    expect("task/SetEnv", "envs_unterminated",
           CORE(REQUEST(TASK, SetEnv, task, 0, CHUNK(0, 5)), STRING(row), .response_count = 1).rc, rcInvalidArgument);
    static char large[60000];
    expect(
        "task/SetEnv", "larger_than_defined",
        CORE(REQUEST(TASK, SetEnv, task, CHUNK(0, 32 * KOS_NAME_SIZE + 1), 0), STRING(large), .response_count = 1).rc,
        rcInvalidArgument);
    expect("task/SetEnv", "large_strings",
           CORE(REQUEST(TASK, SetEnv, task, CHUNK(0, 32 * KOS_NAME_SIZE), 0), STRING(large), .response_count = 1).rc,
           rcBufferTooLarge);
    memset(large, 'l', sizeof(large) - 1);
    expect("task/SetEnv", "large_string",
           CORE(REQUEST(TASK, SetEnv, task, 0, CHUNK(60000 - 32 * KOS_NAME_SIZE, 32 * KOS_NAME_SIZE)), STRING(large),
                .response_count = 1)
               .rc,
           rcBufferTooLarge);
    large[999] = '\0';
    expect("task/SetEnv", "replaced",
           CORE(REQUEST(TASK, SetEnv, task, CHUNK(0, 1000), 0), STRING(large), .response_count = 1).rc, rcOk);
    const char *const args[] = {"peer", "environment", "a b", "", RTL_NULL}, *const envs[] = {"X=1", "Y=", RTL_NULL};
    expect("task/SetEnv", NK_NULL, KnTaskSetEnv(task, args, envs), rcOk);
}

static void resource_tests(Handle task)
{
    Handle user = user_object(KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID), found;
    expect("task/AddResource", NK_NULL, KnTaskAddResource(task, user, ~0U, "gift"), rcOk);
    expect("task/AddResource", "twice", KnTaskAddResource(task, user, ~0U, "gift"), rcAlreadyExists);
    expect("task/AddResource", "name_too_long", KnTaskAddResource(task, user, ~0U, long_name), rcInvalidArgument);
    expect("task/AddResource", "to_running", KnTaskAddResource(INVALID_HANDLE, user, ~0U, "own"), rcInvalidOperation);
    expect("task/Close", "gift", KnHandleClose(user), rcOk);
    expect("task/Connect", NK_NULL, KnTaskConnect(INVALID_HANDLE, task, "task.channel"), rcOk);
    expect("task/Connect", "twice", KnTaskConnect(INVALID_HANDLE, task, "task.channel"), rcAlreadyExists);
    expect("task/Connect", "to_itself", KnTaskConnect(task, task, "self"), rcOk);
    expect("task/Connect", "running_server", KnTaskConnect(task, INVALID_HANDLE, "main"), rcInvalidOperation);
    expect("task/Connect", "name_too_long", KnTaskConnect(INVALID_HANDLE, task, long_name), rcInvalidArgument);
    expect("task/LookupResource", NK_NULL, KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "task.channel", &found), rcOk);
    expect("task/LookupResource", "closes", KnHandleClose(found), rcOk);
    expect("task/LookupResource", "closed", KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "task.channel", &found),
           rcResourceNotFound);
    expect("task/Connect", "name_is_free_again", KnTaskConnect(INVALID_HANDLE, task, "task.channel"), rcOk);
    expect("task/LookupResource", "again", KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "task.channel", &found), rcOk);
    expect("task/LookupResource", "closes_again", KnHandleClose(found), rcOk);
    expect("task/LookupResource", "other_kind", KnTaskLookupResource(KOS_RESOURCE_HANDLE, "task.channel", &found),
           rcResourceNotFound);
    expect("task/LookupResource", "unknown_kind", KnTaskLookupResource(77, "task.channel", &found), rcResourceNotFound);
    expect("task/LookupResource", "unknown_name", KnTaskLookupResource(KOS_RESOURCE_LISTENER, "none", &found),
           rcResourceNotFound);
    struct core_request lookup = {REQUEST(TASK, LookupResource, KOS_RESOURCE_CHANNEL, CHUNK(0, 5)), STRING("none"),
                                  .response_count = 2};
    expect_string_errors("task/LookupResource", &lookup, 1);
}

static void name_tests(Handle task)
{
    char out[KOS_NAME_SIZE] = "";
    struct core_request name = {REQUEST(TASK, GetName, task), .response_count = 2, .out = out, .out_size = sizeof(out)};
    struct kos_core_result r = core_request(&name);
    expect("task/GetName", NK_NULL, r.rc, rcOk);
    expect("task/GetName", "chunk", (long long)r.w[0], CHUNK(0, 5));
    expect("task/GetName", "text", strcmp(out, "task"), 0);
    name.words[0] = INVALID_HANDLE;
    expect("task/GetName", "own", core_request(&name).rc == rcOk && strcmp(out, "Einit") == 0, 1);
    name.out_size = 5;
    expect("task/GetName", "arena_too_small", core_request(&name).rc, rcBufferTooSmall);
    name.out_size = 6;
    expect("task/GetName", "arena_just_right", core_request(&name).rc, rcOk);
    name.out_size = sizeof(out);
    name.out = (void *)KERNEL_ADDRESS; /* NOLINT */
    expect("task/GetName", "kernel_arena", core_request(&name).rc, rcTargetFault);
    expect("task/GetName", "no_buffer", RC(TASK, GetName, INVALID_HANDLE), rcBufferTooSmall);
}

static void quota_tests(Handle task)
{
    expect("task/SetQuota", NK_NULL, RC(TASK, SetQuota, task, 1000, 900), rcOk);
    struct kos_core_result info = KOS_CORE(TASK, GetInfo, task);
    expect("task/GetInfo", NK_NULL, info.rc, rcOk);
    expect("task/GetInfo", "id", (long long)info.w[0] != (long long)KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[0], 1);
    expect("task/GetInfo", "created", (long long)info.w[1], 0);
    expect("task/GetInfo", "has_pages", info.w[2] > 0 && info.w[2] < 1000, 1);
    expect("task/GetInfo", "page_limit", (long long)info.w[3], 1000);
    expect("task/GetInfo", "has_objects", info.w[4] > 0 && info.w[4] < 900, 1);
    expect("task/GetInfo", "object_limit", (long long)info.w[5], 900);
    expect("task/Wait", "timeout_too_wide", RC(TASK, Wait, task, 1ULL << 32), rcInvalidArgument);
    expect("task/SetQuota", "running", RC(TASK, SetQuota, INVALID_HANDLE, 1000, 900), rcInvalidOperation);
}

static void waiter(void *argument)
{
    rtl_int32_t code = -1;
    rtl_uint32_t reason = 9;
    Retcode rc = KnTaskWait((Handle)(rtl_uintptr_t)argument, INFINITE_TIMEOUT, &code, &reason);
    KnThreadExit(rc == rcOk && reason == KOS_TASK_TERMINATED ? code : -1);
}

/* A process with stacks of that size; pages: what it then finds. */
static void stack_test(const char *name, rtl_size_t size, rtl_int32_t pages)
{
    const char *const args[] = {"peer", "stacks", RTL_NULL};
    Handle task;
    expect(name, "created", KnTaskCreateEx("stacks", "test.Peer", "Peer", size, KOS_CLASS_STANDARD, 15, &task), rcOk);
    expect(name, "arguments", KnTaskSetEnv(task, args, RTL_NULL), rcOk);
    peer_run(name, task, pages, KOS_TASK_EXITED);
}

static void end_tests(unsigned cpus)
{
    rtl_int32_t code;
    rtl_uint32_t reason;
    Handle task = peer_create("task.asleep", "test.Peer", "Peer", "sleep"), waiters[2];
    expect("task/Wait", "self", KnTaskWait(INVALID_HANDLE, 0, &code, &reason), rcInvalidOperation);
    expect("task/Resume", "self", RC(TASK, Resume, INVALID_HANDLE), rcInvalidOperation);
    expect("task/Wait", "not_running", KnTaskWait(task, 3, &code, &reason), rcTimeout);
    expect("task/Resume", NK_NULL, KnTaskResume(task), rcOk);
    expect("task/Resume", "twice", KnTaskResume(task), rcInvalidOperation);
    expect("task/SetEnv", "running", RC(TASK, SetEnv, task, 0, 0), rcInvalidOperation);
    expect("task/Connect", "running_client", KnTaskConnect(task, task, "x"), rcInvalidOperation);
    expect("task/SetQuota", "of_running", RC(TASK, SetQuota, task, 1000, 900), rcInvalidOperation);
    expect("task/GetInfo", "running", (long long)KOS_CORE(TASK, GetInfo, task).w[1], 1);
    expect("task/Wait", "timeout", KnTaskWait(task, 10, &code, &reason), rcTimeout);
    for (unsigned i = 0; i < 2; i++)
        waiters[i] = thread_on((cpus - 1) * i, waiter, (void *)(rtl_uintptr_t)task, 0);
    (void)KnSleep(10);
    expect("task/Terminate", NK_NULL, KnTaskTerminate(task, -9), rcOk);
    for (unsigned i = 0; i < 2; i++)
        thread_join("task/Wait/several", waiters[i], -9);
    expect("task/Wait", "ended", KnTaskWait(task, INFINITE_TIMEOUT, &code, &reason), rcOk);
    expect("task/Wait", "code", code, -9);
    expect("task/Wait", "reason", reason, KOS_TASK_TERMINATED);
    expect("task/Terminate", "ended", KnTaskTerminate(task, 1), rcOk);
    expect("task/Wait", "again", KnTaskWait(task, 0, &code, &reason), rcOk);
    expect("task/Wait", "first_code", code, -9);
    expect("task/Resume", "ended", KnTaskResume(task), rcInvalidOperation);
    expect("task/SetEnv", "ended", RC(TASK, SetEnv, task, 0, 0), rcInvalidOperation);
    expect("task/GetInfo", "ended", (long long)KOS_CORE(TASK, GetInfo, task).w[1], 3);
    expect("task/GetInfo", "no_page_left", (long long)KOS_CORE(TASK, GetInfo, task).w[2], 0);
    expect("task/Close", "ended", KnHandleClose(task), rcOk);
    task = peer_create("task.asleep", "test.Peer", "Peer", "sleep");
    expect("task/Terminate", "not_running", KnTaskTerminate(task, 8), rcOk);
    expect("task/Wait", "terminated_before_it_ran", KnTaskWait(task, PATIENCE_MS, &code, &reason), rcOk);
    expect("task/Wait", "code_before_it_ran", code, 8);
    expect("task/Close", "never_run", KnHandleClose(task), rcOk);
    peer_run("task/Exit", peer_create("task.exit", "test.Peer", "Peer", "42"), 42, KOS_TASK_EXITED);
    peer_run("task/last_thread_returns", peer_create("task.exit", "test.Peer", "Peer", "thread"), 43, KOS_TASK_EXITED);
    peer_run("task/Terminate/self", peer_create("task.exit", "test.Peer", "Peer", "self"), 44, KOS_TASK_TERMINATED);
    peer_run("task/denied_by_policy", peer_create("task.weak", "test.Weak", "Peer", "weak"), 45, KOS_TASK_EXITED);
}

#define RESERVE(task_, budget_) RC(THREAD, SetReservation, task_, budget_, 10000000, 10000000, KOS_RESERVATION_THROTTLE)

/* The handle of a task that does not run yet means its first thread. cpu: the last one. */
static void first_thread_tests(unsigned cpu)
{
    static const EntityInfo peer = {.eiid = "test.Peer"};
    const char *const args[] = {"peer", "schedule", RTL_NULL};
    unsigned long long before = KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[3];
    expect("task/first/SetAffinity", "here", RC(THREAD, SetAffinity, INVALID_HANDLE, 1), rcOk);
    Handle running = peer_create("task.first", "test.Peer", "Peer", "sleep"), other, weak;
    expect("task/first/Copy", NK_NULL, KnHandleCopy(running, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    expect("task/first/SetPriority", "without_right", RC(THREAD, SetPriority, weak, 3), rcNoCapability);
    expect("task/first/SetPriority", "fifo_32", RC(THREAD, SetPriority, running, 1U << 8 | 32), rcInvalidArgument);
    expect("task/first/GetInfo", NK_NULL, RC(THREAD, GetInfo, running), rcInvalidArgument);
    expect("task/first/Close", "weak", KnHandleClose(weak), rcOk);
    expect("task/first/SetReservation", "most", RESERVE(running, 9000000), rcOk);
    other = peer_create("task.other", "test.Peer", "Peer", "schedule");
    expect("task/first/SetReservation", "too_much", RESERVE(other, 1000000), rcBusy);
    expect("task/first/SetReservation", "taken_back", RESERVE(running, 0), rcOk);
    expect("task/first/SetReservation", "now_it_fits", RESERVE(other, 1000000), rcOk);
    peer_run("task/first/reservation", other, KOS_CLASS_RESERVATION << 16 | 1 << 4 | 1, KOS_TASK_EXITED);
    expect("task/first/Resume", NK_NULL, KnTaskResume(running), rcOk);
    expect("task/first/SetPriority", "running", RC(THREAD, SetPriority, running, 3), rcInvalidOperation);
    expect("task/first/Terminate", NK_NULL, KnTaskTerminate(running, 1), rcOk);
    expect("task/first/Close", NK_NULL, KnHandleClose(running), rcOk);

    Entity *entity = EntityInitOnCpus(&peer, "task.pinned", "Peer", 1ULL << cpu);
    expect("task/first/EntityInitOnCpus", NK_NULL, entity != RTL_NULL, 1);
    expect("task/first/EntityInitOnCpus", "caller", (long long)KOS_CORE(THREAD, GetInfo, INVALID_HANDLE).w[3], 1);
    expect("task/first/SetEnv", NK_NULL, KnTaskSetEnv(EntityGetHandle(entity), args, RTL_NULL), rcOk);
    expect("task/first/EntitySetPriority", NK_NULL, EntitySetPriority(entity, KOS_CLASS_FIFO, 7), rcOk);
    peer_run("task/first/pinned", EntityGetHandle(entity),
             (rtl_int32_t)(cpu << 24 | KOS_CLASS_FIFO << 16 | 7U << 8 | (cpu < 4 ? 1U << cpu : 0U) << 4),
             KOS_TASK_EXITED);
    expect("task/first/EntityInitOnCpus", "none", EntityInitOnCpus(&peer, "task.nowhere", "Peer", 0) == RTL_NULL, 1);
    expect("task/first/SetAffinity", "as_it_was", RC(THREAD, SetAffinity, INVALID_HANDLE, before), rcOk);
}

void task_tests(unsigned cpus)
{
    create_tests();
    Handle task = (Handle)CORE(CREATE(CHUNK(0, 5), 15, 0)).w[0], weak;
    expect("task/Copy", NK_NULL, KnHandleCopy(task, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    handle_error_tests(task, weak);
    expect("task/Close", "weak", KnHandleClose(weak), rcOk);
    environment_tests(task);
    resource_tests(task);
    name_tests(task);
    quota_tests(task);
    peer_run("task/environment_and_resources", task, 46, KOS_TASK_EXITED);
    stack_test("task/Create/stack_default", 0, 16);
    stack_test("task/Create/stack_large", 600000, 147);
    stack_test("task/Create/stack_small", 8192, 2);
    end_tests(cpus);
    first_thread_tests(cpus - 1);
}
