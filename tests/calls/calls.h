/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of these tests share. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <tests/calls/protocol.h>
#include <tests/patience.h>

struct echo {
    struct nk_message base_;
    nk_uint64_t word;
};

void expect(const char *name, long long got, long long expected);
/* Waits until thread is in that state. */
void reach(Handle thread, unsigned state);
/* Ends the thread, waits for that, and closes the handle. */
void finish(Handle thread);

/* Callers on the first CPU, servers on the other two. */
void crowd_tests(unsigned client_cpu, unsigned server_cpu, unsigned other_server_cpu);
