/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostic output with a level and the name of a subsystem: ERROR(MY_PROGRAM, "cannot open %s", name). What is above
 * KOS_TRACE_LEVEL, which a program may define before it includes this header, is not even compiled.
 */
#pragma once

#define KOS_TRACE_FATAL 0
#define KOS_TRACE_ERROR 1
#define KOS_TRACE_WARN  2
#define KOS_TRACE_INFO  3
#define KOS_TRACE_DEBUG 4
#define KOS_TRACE_TRACE 5
#ifndef KOS_TRACE_LEVEL
#define KOS_TRACE_LEVEL KOS_TRACE_INFO
#endif

#ifdef __cplusplus
extern "C" {
#endif
__attribute__((format(printf, 3, 4))) void KosTrace(int level, const char *subsystem, const char *format, ...);
#ifdef __cplusplus
}
#endif

#define KOS_TRACE_IF(level, subsystem, ...)                                                                            \
    do {                                                                                                               \
        if ((level) <= KOS_TRACE_LEVEL)                                                                                \
            KosTrace((level), (subsystem), __VA_ARGS__);                                                               \
    } while (0)
#define FATAL(subsystem, ...) KOS_TRACE_IF(KOS_TRACE_FATAL, #subsystem, __VA_ARGS__)
#define ERROR(subsystem, ...) KOS_TRACE_IF(KOS_TRACE_ERROR, #subsystem, __VA_ARGS__)
#define ERR(subsystem, ...)   KOS_TRACE_IF(KOS_TRACE_ERROR, #subsystem, __VA_ARGS__)
#define WARN(subsystem, ...)  KOS_TRACE_IF(KOS_TRACE_WARN, #subsystem, __VA_ARGS__)
#define INFO(subsystem, ...)  KOS_TRACE_IF(KOS_TRACE_INFO, #subsystem, __VA_ARGS__)
#define DEBUG(subsystem, ...) KOS_TRACE_IF(KOS_TRACE_DEBUG, #subsystem, __VA_ARGS__)
#define TRACE(subsystem, ...) KOS_TRACE_IF(KOS_TRACE_TRACE, #subsystem, __VA_ARGS__)
