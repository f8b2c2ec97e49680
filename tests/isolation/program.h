/* SPDX-License-Identifier: Apache-2.0 */
/* What both programs of this test share. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <kos/core.h>
#include <stdio.h>
#include <tests/isolation/work.h>

#define STANDARD(priority_) (KOS_CLASS_STANDARD << 8 | (priority_))
#define FIFO(priority_)     (KOS_CLASS_FIFO << 8 | (priority_))
#define CURRENT             INVALID_HANDLE

void expect(const char *name, long long got, long long expected);
/* A thread of class << 8 | priority on that CPU. */
Handle start(unsigned class_priority, unsigned cpu, void (*routine)(void *argument), void *argument);
/* One call; true if the answer is right. */
int call(Handle client, nk_uint64_t word);
/* Serves on a listener, as a thread's routine, until that goes. */
void serve(void *listener);
