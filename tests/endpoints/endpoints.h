/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the endpoint tests share. Every check prints one line: PASS name, or FAIL name and what was
 * expected. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/core.h>
#include <stdio.h>
#include <string.h>
#include <tests/endpoints/protocol.h>

#define KERNEL_ADDRESS 0xffff800000100000ULL
#define PAGE           4096ULL

/* Prints the result of one check; part may be null, else the name is "name/part". */
void expect(const char *name, const char *part, long long got, long long expected);

/* One call of a core method, in registers unless it has an arena. */
struct core_request {
    unsigned riid, mid, count, response_count;
    nk_uint64_t words[8]; /* in: parameters */
    const void *arena;
    rtl_size_t arena_size;
    void *out;
    rtl_size_t out_size;
};
#define REQUEST(interface_, method_, ...)                                                                              \
    .riid = KOS_RIID_##interface_, .mid = (unsigned)KOS_CORE_MID(interface_, method_),                                 \
    .count = sizeof((nk_uint64_t[]){__VA_ARGS__}) / 8, .words = {__VA_ARGS__}
/* rc of the method, or of the Call; *request is not changed. */
struct kos_core_result core_request(const struct core_request *request);
#define CORE(...)                    core_request(&(const struct core_request){__VA_ARGS__})
#define RC(interface_, method_, ...) CORE(REQUEST(interface_, method_, __VA_ARGS__)).rc
#define CHUNK(offset_, size_)        ((nk_uint64_t)(offset_) | (nk_uint64_t)(size_) << 32)
#define STRING(text_)                .arena = (text_), .arena_size = sizeof(text_)
#define ADDRESS(pointer_)            ((nk_uint64_t)(rtl_uintptr_t)(pointer_))

/*
 * The codes of a handle parameter, words[place]: forged, stale and revoked handles, one of another type, one without
 * the right (KOS_INVALID_HANDLE: the method needs none).
 */
void expect_handle_errors(const char *name, const struct core_request *request, unsigned place, Handle wrong_type,
                          Handle powerless);
/* The codes of a string parameter: its chunk word is words[place]; the method's other parameters are valid. */
void expect_string_errors(const char *name, const struct core_request *request, unsigned place);

/* A system call as it stands; its status as a code. */
Retcode raw_call(struct kos_message_words *m);

/* Handles for tests: each is made anew, INVALID_HANDLE if that failed. */
Handle user_object(rtl_uint32_t rights);
Handle stale_handle(void);
/* A thread's first routine: runs routine(argument), then ends with code 0. */
void thread_start(void *routine, void *argument);
/* A thread of this task, class standard, priority 15; runs routine(argument) on cpu, or stays suspended if flags say.
 */
Handle thread_on(unsigned cpu, void (*routine)(void *), void *argument, rtl_uint32_t flags);
void thread_join(const char *name, Handle thread, rtl_int32_t code);
nk_uint64_t uptime_ms(void);
nk_uint64_t pages_allocate(nk_uint64_t size, unsigned flags);

/* A child process of class "test.Peer" that has not run; its first argument is the order (protocol.h). */
Handle peer_create(const char *name, const char *class, const char *file, const char *order);
/* Runs it, waits, checks how it ended, closes it. */
void peer_run(const char *name, Handle task, rtl_int32_t code, rtl_uint32_t reason);

void vmm_tests(void);
void thread_tests(unsigned cpus);
void handle_tests(void);
void task_tests(unsigned cpus);
void meanwhile_tests(unsigned cpus);
void sync_tests(unsigned cpus);
void lock_and_requeue_tests(unsigned cpus);
void reservation_tests(unsigned cpus);
void cm_tests(unsigned cpus);
void fs_tests(void);
void time_tests(void);
void hal_tests(unsigned cpus);
void pm_tests(unsigned cpus);
void profiler_tests(unsigned cpus);
void interrupt_tests(void);
void core_message_tests(void);
void untouched_tests(void);
void untouched_message_tests(Handle client);
void message_tests(Handle client);
/* The server ends. */
void exchange_tests(Handle client);
void isolation_tests(void);
void exhaustion_tests(unsigned cpus);
void fp_tests(unsigned cpus, Handle client);
