/* SPDX-License-Identifier: Apache-2.0 */
/* A test is a function; RUN prints one PASS line for it, or a FAIL line for its first failed check. Checks may come
 * from any thread. */
#pragma once
#include <kos/thread.h>

void check_begin(const char *name);
void check_end(void);
void check_that(int condition, const char *file, int line, const char *text);
void check_same(long long got, long long expected, const char *file, int line, const char *text);

#define CHECK(condition)          check_that((condition) ? 1 : 0, __FILE__, __LINE__, #condition)
#define CHECK_SAME(got, expected) check_same((long long)(got), (long long)(expected), __FILE__, __LINE__, #got)
#define RUN(test)                 (check_begin(#test), test(), check_end())

/* A thread on one of the CPUs, by turns; it is waited for by join, which checks that it ended with 7. */
Tid spawn(unsigned cpu, ThreadRoutine routine, void *context);
void join(Tid tid);
unsigned cpus(void);
long milliseconds(void); /* of uptime */
/* Waits until the thread is blocked in the kernel, on a futex. */
void until_blocked(Tid tid);

void test_tls(void);
void test_alloc(void);
void test_thread(void);
void test_mutex(void);
void test_event(void);
void test_semaphore(void);
void test_condvar(void);
void test_rwlock(void);
void test_barrier(void);
void test_queue(void);
void test_dispatch(void);
void test_small(void);
void test_process(void);
int link_cpp(void); /* 0: everything as it should be */
