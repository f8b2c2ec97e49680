/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters by name: segments between dots, such as task.3.time.user (docs/observing.md lists them). Up to
 * KOS_COUNTERS_MAX in one call, all or none. Errors: rcResourceNotFound (no such counter, process or thread),
 * rcInvalidArgument (too many names, or too long), and what a Call can end with.
 */
#pragma once
#include <abi/statistics.h>
#include <handle/handletype.h>
#include <rtl/retcode.h>
#include <rtl/stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* prefix: "", or what stands before each of the names, with its dot. */
Retcode KnStatGetValues(const char *prefix, const char *const *names, rtl_size_t count, rtl_uint64_t *values);
Retcode KnStatGetValueAsUInt64(const char *name, rtl_uint64_t *value);
/* rcInvalidArgument: it does not fit, too. */
Retcode KnStatGetValueAsInt64(const char *name, rtl_int64_t *value);
/* Of a process or a thread of which the caller has a handle (INVALID_HANDLE: its own process): names without what
 * stands for it in front of them. */
Retcode KnStatGetObjectValues(Handle object, const char *const *names, rtl_size_t count, rtl_uint64_t *values);
/* Times and calls are counted from now on, on all CPUs, or no longer; other counters always are. */
Retcode KnStatSetCounting(int on);
#ifdef __cplusplus
}
#endif
