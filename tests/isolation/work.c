/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/isolation/program.h>

struct message {
    struct nk_message base_;
    nk_uint64_t word;
};

void expect(const char *name, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", name);
    else
        printf("FAIL %s: expected %lld, got %lld\n", name, expected, got);
}

static void begin(void *routine, void *argument)
{
    ((void (*)(void *))(rtl_uintptr_t)routine)(argument);
    KnThreadExit(0);
}

Handle start(unsigned class_priority, unsigned cpu, void (*routine)(void *argument), void *argument)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    Retcode rc =
        KnThreadCreateByHandle(&thread, &tid, class_priority & 0xff, 16384, begin, (void *)(rtl_uintptr_t)routine,
                               argument, KOS_THREAD_SUSPENDED | (class_priority >> 8) << KOS_THREAD_CLASS_SHIFT);
    if (rc == rcOk)
        rc = KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
    if (rc == rcOk)
        rc = KnThreadResumeByHandle(thread);
    if (rc != rcOk)
        expect("start", rc, rcOk);
    return thread;
}

int call(Handle client, nk_uint64_t word)
{
    struct message request = {.word = word}, response = {.word = 0};
    *(nk_uint64_t *)&request = WORK_INFO;
    SMsgHdr out = {.constant_part = (rtl_uintptr_t)&request, .constant_size = sizeof(request)};
    SMsgHdr in = {.constant_part = (rtl_uintptr_t)&response, .constant_size = sizeof(response)};
    return Call(client, &out, &in) == rcOk && response.word == word + 1;
}

void serve(void *listener)
{
    struct message message;
    SMsgHdr header = {.constant_part = (rtl_uintptr_t)&message, .constant_size = sizeof(message)};
    while (Recv((Handle)(rtl_uintptr_t)listener, &header) == rcOk) {
        message.word++;
        *(nk_uint64_t *)&message = WORK_INFO;
        if (Reply((Handle)(rtl_uintptr_t)listener, &header) != rcOk)
            return;
    }
}
