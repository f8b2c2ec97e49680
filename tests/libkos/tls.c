/* SPDX-License-Identifier: Apache-2.0 */
/* _Thread_local: initial values, alignment, a copy for each thread, through switches and on every CPU. */
#include <string.h>
#include <tests/libkos/check.h>

struct aligned {
    _Alignas(64) char bytes[40];
};

extern _Thread_local int tls_shared_name;
_Thread_local int tls_shared_name = 1234;
static _Thread_local unsigned char small = 0xa5;
static _Thread_local struct aligned aligned = {"thread"};
static _Thread_local long zeros[100];
static const char text[] = "relocated";
static _Thread_local const char *relocated = text;

static int initial(void)
{
    long sum = 0;
    for (unsigned i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
        sum |= zeros[i];
    return tls_shared_name == 1234 && small == 0xa5 && memcmp(aligned.bytes, "thread", 7) == 0 && sum == 0 &&
           relocated == text;
}

static void first_thread_has_initial_values(void)
{
    CHECK(initial());
    CHECK(((rtl_uintptr_t)&aligned & 63U) == 0);
}

static int keep_own(void *context)
{
    int number = (int)(rtl_uintptr_t)context;
    CHECK(initial());
    CHECK(((rtl_uintptr_t)&aligned & 63U) == 0);
    tls_shared_name = number;
    zeros[99] = number;
    for (int i = 0; i < 200; i++) {
        KosThreadYield();
        CHECK(tls_shared_name == number);
        CHECK(zeros[99] == number);
        zeros[99] = tls_shared_name;
    }
    (void)KosThreadSleep(2);
    CHECK(tls_shared_name == number && zeros[99] == number);
    return 7;
}

static void each_thread_has_its_own(void)
{
    Tid threads[8];
    tls_shared_name = -5;
    for (unsigned i = 0; i < 8; i++)
        threads[i] = spawn(i, keep_own, (void *)(rtl_uintptr_t)(100 + i));
    for (unsigned i = 0; i < 8; i++)
        join(threads[i]);
    CHECK_SAME(tls_shared_name, -5);
    tls_shared_name = 1234;
}

/* The kernel loads what SetTls was told at once and after every switch. */
static int set_pointer(void *context)
{
    int *address = &tls_shared_name;
    CHECK(address != context);
    CHECK_SAME(KOS_CORE(THREAD, SetTls, ~0ULL).rc, rcInvalidArgument);
    CHECK(&tls_shared_name == address);
    KosThreadYield();
    CHECK(&tls_shared_name == address);
    return 7;
}

static void set_tls_takes_user_addresses_only(void)
{
    join(spawn(0, set_pointer, &tls_shared_name));
}

void test_tls(void)
{
    RUN(first_thread_has_initial_values);
    RUN(each_thread_has_its_own);
    RUN(set_tls_takes_user_addresses_only);
}
