/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/libkos/check.h>
#include <tests/patience.h>

static int give_seven(void *context)
{
    (void)context;
    return 7;
}

static void deep_exit(void)
{
    KosThreadExit(21);
}

static int exit_inside(void *context)
{
    (void)context;
    deep_exit();
    return 1;
}

static void create_and_wait(void)
{
    Tid tid = 0;
    CHECK_SAME(KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, give_seven, RTL_NULL, 0), rcOk);
    CHECK(tid != 0 && tid != KosThreadCurrentId());
    CHECK_SAME(KosThreadWait(tid, INFINITE_TIMEOUT), 7);
    CHECK_SAME(KosThreadWait(tid, 0), -1); /* told once */
    CHECK_SAME(KosThreadCreate(&tid, ThreadPriorityHighest, 32768, exit_inside, RTL_NULL, 0), rcOk);
    CHECK_SAME(KosThreadWait(tid, PATIENCE_MS), 21);
}

static void refused(void)
{
    Tid tid;
    CHECK_SAME(KosThreadCreate(&tid, 32, 0, give_seven, RTL_NULL, 0), rcInvalidArgument);
    CHECK_SAME(KosThreadCreate(&tid, 0, 0, RTL_NULL, RTL_NULL, 0), rcInvalidArgument);
    CHECK_SAME(KosThreadCreate(RTL_NULL, 0, 0, give_seven, RTL_NULL, 0), rcInvalidArgument);
    CHECK_SAME(KosThreadCreate(&tid, 0, 1U << 30, give_seven, RTL_NULL, 0), rcInvalidArgument);
    CHECK_SAME(KosThreadWait(0x7fffffff, 0), -1);
    CHECK_SAME(KosThreadWait(KosThreadCurrentId(), 0), -1);
    CHECK_SAME(KosThreadResume(0x7fffffff), rcResourceNotFound);
    CHECK_SAME(KosThreadResume(KosThreadCurrentId()), rcInvalidThreadState);
    CHECK_SAME(KosThreadTerminate(0x7fffffff, 1), rcResourceNotFound);
    CHECK_SAME(KosThreadSuspend(0x7fffffff), rcInvalidOperation);
    CHECK_SAME(KosThreadGetHandle(0x7fffffff), INVALID_HANDLE);
}

static volatile int progress;

static int suspend_itself(void *context)
{
    (void)context;
    progress = 1;
    CHECK_SAME(KosThreadSuspend(KosThreadCurrentId()), rcOk);
    progress = 2;
    return 7;
}

static void wait_for_progress(int value)
{
    for (int i = 0; i < PATIENCE_MS && progress != value; i++)
        (void)KosThreadSleep(1);
    CHECK_SAME(progress, value);
}

static unsigned state_of(Tid tid)
{
    return (unsigned)KOS_CORE(THREAD, GetInfo, KosThreadGetHandle(tid)).w[1];
}

static void suspend_and_resume(void)
{
    Tid tid;
    progress = 0;
    CHECK_SAME(KosThreadCreate(&tid, 15, 0, suspend_itself, RTL_NULL, 1), rcOk);
    (void)KosThreadSleep(3);
    CHECK_SAME(progress, 0);
    CHECK_SAME(KosThreadWait(tid, 1), -1); /* time limit */
    CHECK_SAME(KosThreadResume(tid), rcOk);
    wait_for_progress(1);
    for (int i = 0; i < PATIENCE_MS && state_of(tid) != KOS_THREAD_STATE_SUSPENDED; i++)
        (void)KosThreadSleep(1);
    CHECK_SAME(KosThreadResume(tid), rcOk);
    join(tid);
    CHECK_SAME(progress, 2);
}

static void terminate_suspended_only(void)
{
    Tid tid;
    progress = 0;
    CHECK_SAME(KosThreadCreate(&tid, 15, 0, suspend_itself, RTL_NULL, 1), rcOk);
    CHECK_SAME(KosThreadTerminate(tid, 33), rcOk);
    CHECK_SAME(KosThreadWait(tid, PATIENCE_MS), 33);
    CHECK_SAME(progress, 0);
    CHECK_SAME(KosThreadTerminate(KosThreadCurrentId(), 1), rcResourceNotFound);
}

static int sleep_long(void *context)
{
    progress = 1;
    (void)KosThreadSleep((rtl_uint32_t)(rtl_uintptr_t)context);
    return 7;
}

static void terminate_running_is_refused(void)
{
    Tid tid;
    progress = 0;
    CHECK_SAME(KosThreadCreate(&tid, 15, 0, sleep_long, (void *)50, 0), rcOk);
    wait_for_progress(1);
    CHECK_SAME(KosThreadTerminate(tid, 1), rcInvalidThreadState);
    join(tid);
}

static int tell_done(void *context)
{
    __atomic_fetch_add((int *)context, 1, __ATOMIC_SEQ_CST);
    return 3;
}

static nk_uint64_t objects_used(void)
{
    return KOS_CORE(TASK, GetInfo, INVALID_HANDLE).w[4];
}

static void detached_threads_leave_nothing(void)
{
    int done = 0;
    Tid tid = 0;
    nk_uint64_t before = objects_used();
    for (int i = 0; i < 100; i++) {
        CHECK_SAME(KosThreadCreateDetached(&tid, 15, 0, tell_done, &done, i & 1), rcOk);
        if ((i & 1) != 0) {
            CHECK_SAME(KosThreadWait(tid, 0), -1);
            CHECK_SAME(KosThreadResume(tid), rcOk);
        }
        while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) <= i)
            KosThreadYield();
    }
    for (int i = 0; i < PATIENCE_MS && objects_used() > before; i++)
        (void)KosThreadSleep(1);
    CHECK(objects_used() <= before);
    CHECK_SAME(KosThreadGetHandle(tid), INVALID_HANDLE);
    CHECK_SAME(KosThreadCreateDetached(&tid, 15, 0, tell_done, &done, 1), rcOk);
    CHECK_SAME(KosThreadTerminate(tid, 1), rcOk);
    CHECK_SAME(KosThreadGetHandle(tid), INVALID_HANDLE);
}

static int own_pointer(void *context)
{
    CHECK(KosThreadTlsGet() == RTL_NULL);
    CHECK_SAME(KosThreadTlsSet(context), rcOk);
    for (int i = 0; i < 50; i++) {
        KosThreadYield();
        CHECK(KosThreadTlsGet() == context);
    }
    return 7;
}

static void thread_pointers(void)
{
    Tid threads[6];
    int places[6];
    CHECK_SAME(KosThreadTlsSet(threads), rcOk);
    for (unsigned i = 0; i < 6; i++)
        threads[i] = spawn(i, own_pointer, &places[i]);
    for (unsigned i = 0; i < 6; i++)
        join(threads[i]);
    CHECK(KosThreadTlsGet() == threads);
    CHECK_SAME(KosThreadTlsSet(RTL_NULL), rcOk);
}

static int stack_of_itself(void *context)
{
    rtl_uint32_t size = 0;
    _Alignas(16) char aligned[16];
    rtl_uintptr_t at = (rtl_uintptr_t)aligned;
    char *base = KosThreadGetStack(KosThreadCurrentId(), &size);
    __asm__("" : "+r"(at) : : "memory"); /* or the compiler knows */
    CHECK(at % 16 == 0);
    CHECK(base < (char *)&size && (char *)&size < base + size);
    CHECK(size >= 32768);
    *(char **)context = base;
    (void)KosThreadSleep(30);
    return 7;
}

static void stacks(void)
{
    rtl_uint32_t size = 0;
    char *told = RTL_NULL;
    Tid tid;
    char *base = KosThreadGetStack(KosThreadCurrentId(), &size);
    CHECK(base < (char *)&size && (char *)&size < base + size);
    CHECK(KosThreadGetStack(0x7fffffff, &size) == RTL_NULL);
    CHECK_SAME(KosThreadCreate(&tid, 15, 32768, stack_of_itself, (void *)&told, 1), rcOk);
    CHECK(KosThreadGetStack(tid, &size) == RTL_NULL);
    CHECK_SAME(KosThreadResume(tid), rcOk);
    for (int i = 0; i < 25 && *(char *volatile *)&told == RTL_NULL; i++)
        (void)KosThreadSleep(1);
    CHECK(told != RTL_NULL && KosThreadGetStack(tid, &size) == told && size >= 32768);
    join(tid);
}

static KosThreadOnceState once = KOS_THREAD_ONCE_INIT;
static int once_count, once_seen;

static void once_body(void)
{
    (void)KosThreadSleep(5); /* so that others come meanwhile */
    once_count++;
}

static int call_once(void *context)
{
    (void)context;
    CHECK_SAME(KosThreadOnce(&once, once_body), rcOk);
    if (once_count == 1)
        __atomic_fetch_add(&once_seen, 1, __ATOMIC_SEQ_CST);
    return 7;
}

static void once_in_many_threads(void)
{
    Tid threads[10];
    for (unsigned i = 0; i < 10; i++)
        threads[i] = spawn(i, call_once, RTL_NULL);
    for (unsigned i = 0; i < 10; i++)
        join(threads[i]);
    CHECK_SAME(once_count, 1);
    CHECK_SAME(once_seen, 10);
    CHECK_SAME(KosThreadOnce(&once, once_body), rcOk);
    CHECK_SAME(once_count, 1);
}

static int created, destroyed;
static void count_life(KosThreadCallbackReason reason)
{
    __atomic_fetch_add(reason == KosThreadCallbackReasonCreate ? &created : &destroyed, 1, __ATOMIC_SEQ_CST);
}
static void other(KosThreadCallbackReason reason)
{
    (void)reason;
}

static void callbacks(void)
{
    CHECK_SAME(KosThreadCallbackRegister(RTL_NULL), rcInvalidArgument);
    CHECK_SAME(KosThreadCallbackUnregister(count_life), rcResourceNotFound);
    CHECK_SAME(KosThreadCallbackRegister(count_life), rcOk);
    for (int i = 1; i < KOS_THREAD_CALLBACKS_MAX; i++)
        CHECK_SAME(KosThreadCallbackRegister(other), rcOk);
    CHECK_SAME(KosThreadCallbackRegister(other), rcOutOfMemory);
    for (unsigned i = 0; i < 5; i++)
        join(spawn(i, give_seven, RTL_NULL));
    for (int i = 1; i < KOS_THREAD_CALLBACKS_MAX; i++)
        CHECK_SAME(KosThreadCallbackUnregister(other), rcOk);
    CHECK_SAME(KosThreadCallbackUnregister(count_life), rcOk);
    join(spawn(0, give_seven, RTL_NULL));
    CHECK_SAME(created, 5);
    CHECK_SAME(destroyed, 5);
}

static void five_hundred_threads(void)
{
    nk_uint64_t before = objects_used();
    for (unsigned round = 0; round < 50; round++) {
        Tid threads[10];
        for (unsigned i = 0; i < 10; i++)
            threads[i] = spawn(i, give_seven, RTL_NULL);
        for (unsigned i = 0; i < 10; i++)
            join(threads[i]);
    }
    for (int i = 0; i < PATIENCE_MS && objects_used() > before; i++)
        (void)KosThreadSleep(1);
    CHECK(objects_used() <= before);
}

void test_thread(void)
{
    RUN(create_and_wait);
    RUN(refused);
    RUN(suspend_and_resume);
    RUN(terminate_suspended_only);
    RUN(terminate_running_is_refused);
    RUN(detached_threads_leave_nothing);
    RUN(thread_pointers);
    RUN(stacks);
    RUN(once_in_many_threads);
    RUN(callbacks);
    RUN(five_hundred_threads);
}
