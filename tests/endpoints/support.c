/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

void expect(const char *name, const char *part, long long got, long long expected)
{
    const char *slash = part != RTL_NULL ? "/" : "";
    part = part != RTL_NULL ? part : "";
    if (got == expected)
        printf("PASS %s%s%s\n", name, slash, part);
    else
        printf("FAIL %s%s%s: expected %lld, got %lld (%llx)\n", name, slash, part, expected, got,
               (unsigned long long)got);
}

struct kos_core_result core_request(const struct core_request *request)
{
    struct kos_core_result result = {.rc = rcOk};
    if (request->arena == RTL_NULL && request->out == RTL_NULL)
        return kos_core_call(request->riid, request->mid, request->count, request->words);
    nk_uint64_t words[8];
    memcpy(words, request->words, sizeof(words));
    result.rc = KosCoreCallArena(request->riid, request->mid, request->count, words, request->arena,
                                 request->arena_size, request->response_count, request->out, request->out_size);
    memcpy(result.w, words + 1, sizeof(result.w));
    return result;
}

static Retcode with_word(const struct core_request *request, unsigned place, nk_uint64_t value)
{
    struct core_request changed = *request;
    changed.words[place] = value;
    return core_request(&changed).rc;
}

void expect_handle_errors(const char *name, const struct core_request *request, unsigned place, Handle wrong_type,
                          Handle powerless)
{
    expect(name, "handle_zero", with_word(request, place, 0), rcInvalidHandle);
    expect(name, "handle_index_zero", with_word(request, place, 0x10000), rcInvalidHandle);
    expect(name, "handle_forged", with_word(request, place, 0x00017777), rcInvalidHandle);
    expect(name, "handle_other_generation", with_word(request, place, KOS_CORE_HANDLE + 0x10000), rcInvalidHandle);
    expect(name, "handle_stale", with_word(request, place, stale_handle()), rcInvalidHandle);
    Handle original = user_object(~0U), derived = INVALID_HANDLE;
    (void)KnHandleCopy(original, ~0U, INVALID_HANDLE, &derived);
    (void)KnHandleRevoke(original);
    expect(name, "handle_revoked", with_word(request, place, derived), rcHandleRevoked);
    (void)KnHandleClose(derived);
    if (wrong_type != INVALID_HANDLE)
        expect(name, "handle_wrong_type", with_word(request, place, wrong_type), rcInvalidArgument);
    if (powerless != INVALID_HANDLE)
        expect(name, "handle_without_right", with_word(request, place, powerless), rcNoCapability);
}

void expect_string_errors(const char *name, const struct core_request *request, unsigned place)
{
    static char text[2048];
    struct core_request changed = *request;
    memset(text, 'x', sizeof(text));
    text[8] = text[16] = text[1024 + 200] = '\0';
    changed.arena = text;
    changed.arena_size = 128;
    expect(name, "string_empty_chunk", with_word(&changed, place, CHUNK(0, 0)), rcInvalidArgument);
    expect(name, "string_empty", with_word(&changed, place, CHUNK(8, 1)), rcInvalidArgument);
    expect(name, "string_unterminated", with_word(&changed, place, CHUNK(0, 8)), rcInvalidArgument);
    expect(name, "string_nul_inside", with_word(&changed, place, CHUNK(0, 17)), rcInvalidArgument);
    expect(name, "string_outside_arena", with_word(&changed, place, CHUNK(120, 17)), rcInvalidArgument);
    expect(name, "string_far_outside", with_word(&changed, place, CHUNK(0xffffffffU, 0xffffffffU)), rcInvalidArgument);
    static const char *const not_utf8[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82"};
    for (unsigned i = 0; i < sizeof(not_utf8) / sizeof(not_utf8[0]); i++) {
        memcpy(text + 20, not_utf8[i], strlen(not_utf8[i]) + 1);
        expect(name, "string_not_utf8", with_word(&changed, place, CHUNK(17, 4 + strlen(not_utf8[i]))),
               rcInvalidArgument);
    }
    text[8] = text[16] = 'x';
    changed.arena_size = 1024 + 201;
    /* Either the arena is beyond what the method takes, or the string beyond what a name may be. */
    expect(name, "string_too_long", with_word(&changed, place, CHUNK(0, 1024 + 201)), rcInvalidArgument);
    /* Nothing is called so. That it takes no longer path than a short one, bench/interrupts_off sees. */
    text[KOS_NAME_SIZE - 1] = '\0';
    changed.arena_size = KOS_NAME_SIZE;
    expect(name, "string_longest", with_word(&changed, place, CHUNK(0, KOS_NAME_SIZE)) != rcOk, 1);
}

Retcode raw_call(struct kos_message_words *m)
{
    kos_system_call(m);
    return (Retcode)(rtl_uint32_t)m->selector;
}

Handle user_object(rtl_uint32_t rights)
{
    Handle handle;
    return KnHandleCreateUserObject(1, rights, RTL_NULL, &handle) == rcOk ? handle : INVALID_HANDLE;
}

Handle stale_handle(void)
{
    Handle handle = user_object(~0U);
    (void)KnHandleClose(handle);
    return handle;
}

void thread_start(void *routine, void *argument)
{
    ((void (*)(void *))routine)(argument);
    KnThreadExit(0);
}

Handle thread_on(unsigned cpu, void (*routine)(void *), void *argument, rtl_uint32_t flags)
{
    Handle thread;
    Tid tid;
    if (KnThreadCreateByHandle(&thread, &tid, 15, 0, thread_start, (void *)routine, argument,
                               flags | KOS_THREAD_SUSPENDED) != rcOk ||
        KnThreadSetAffinityByHandle(thread, 1ULL << cpu) != rcOk ||
        ((flags & KOS_THREAD_SUSPENDED) == 0 && KnThreadResumeByHandle(thread) != rcOk)) {
        printf("FAIL thread_on: no thread on CPU %u\n", cpu);
        return INVALID_HANDLE;
    }
    return thread;
}

void thread_join(const char *name, Handle thread, rtl_int32_t code)
{
    rtl_int32_t got = 0;
    expect(name, "joined", KnThreadWaitByHandle(thread, PATIENCE_MS, &got), rcOk);
    expect(name, "exit_code", got, code);
    expect(name, "closed", KnHandleClose(thread), rcOk);
}

nk_uint64_t uptime_ms(void)
{
    struct kos_core_result r = KOS_CORE0(TIME, GetUpTime);
    return r.w[0] * 1000 + r.w[1] / 1000000;
}

nk_uint64_t pages_allocate(nk_uint64_t size, unsigned flags)
{
    struct kos_core_result r = KOS_CORE(VMM, Allocate, 0, size, flags);
    return r.rc == rcOk ? r.w[0] : 0;
}

Handle peer_create(const char *name, const char *class, const char *file, const char *order)
{
    Handle task;
    const char *const args[] = {name, order, RTL_NULL};
    if (KnTaskCreate(name, class, file, KOS_CLASS_STANDARD, 15, &task) == rcOk) {
        if (KnTaskSetEnv(task, args, RTL_NULL) == rcOk)
            return task;
        (void)KnHandleClose(task);
    }
    printf("FAIL peer_create: no process for '%s'\n", order);
    return INVALID_HANDLE;
}

void peer_run(const char *name, Handle task, rtl_int32_t code, rtl_uint32_t reason)
{
    rtl_int32_t got_code = 0;
    rtl_uint32_t got_reason = 0;
    expect(name, "resumed", KnTaskResume(task), rcOk);
    expect(name, "waited_for", KnTaskWait(task, PATIENCE_MS, &got_code, &got_reason), rcOk);
    if (reason == KOS_TASK_EXITED)
        expect(name, "exit_code", got_code, code);
    expect(name, "exit_reason", got_reason, reason);
    expect(name, "closed", KnHandleClose(task), rcOk);
}
