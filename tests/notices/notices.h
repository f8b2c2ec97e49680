/* SPDX-License-Identifier: Apache-2.0 */
/* What tasks share with and tell each other: between the files of these tests. */
#pragma once
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/core.h>
#include <services/ocap.h>
#include <stdio.h>

#define PAGE 4096U

void expect(const char *name, const char *part, long long got, long long expected);

/* A child in that role (child.c) with a copy of `given` under the name "given", or none (INVALID_HANDLE). It runs. */
Handle child_start(const char *role, Handle given, rtl_uint32_t rights);
/* Waits for its end; its exit code, or the negated reason if it did not exit by itself; closes the handle. */
long long child_end(Handle task);
/* A thread on CPU `cpu`, and its end: exit code. */
Handle thread_start(unsigned cpu, void (*routine)(void *argument), void *argument);
long long thread_end(Handle thread);
/* Until thread is in state KOS_THREAD_STATE_*, 3 s at most. */
int reaches_state(Handle thread, unsigned state);

void memory_tests(unsigned cpus);
