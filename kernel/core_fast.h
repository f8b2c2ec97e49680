/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Core calls that are answered in registers: the parameters are those of the fast path (hal/context.h), except that
 * selector holds the info word of the response, whose place in the ABI is info. A handler either ends with
 * CORE_FAST_RETURN, or changes nothing and ends with CORE_FAST_FALL_BACK: the method's ordinary handler does it.
 */
#pragma once
#include <hal/upcall.h>
#include <kernel/core_call.h>

/* The methods that have one. Their order is that of a search for one of them by halves: the odd ones are found first.
 */
#define CORE_FAST_METHODS(X)                                                                                           \
    X(HAL, GetCpuCount)                                                                                                \
    X(TIME, GetResolution)                                                                                             \
    X(THREAD, Sleep)                                                                                                   \
    X(SYNC, Wait)                                                                                                      \
    X(SYNC, WaitShared)                                                                                                \
    X(SYNC, Wake)                                                                                                      \
    X(SYNC, WakeShared)

#define CORE_FAST_HANDLER(interface, method) HAL_FAST void core_fast_##method(HAL_FAST_PARAMETERS);
CORE_FAST_METHODS(CORE_FAST_HANDLER)
#undef CORE_FAST_HANDLER

/* The register of a parameter of the request: CORE_REGISTER(SYNC, Wake, ptr) is w0. */
#define CORE_REGISTER(interface, method, name) CORE_REGISTER_OF(KOS_CORE_##interface##_##method##_in_##name)
#define CORE_REGISTER_OF(number)               CORE_REGISTER_NUMBERED(number)
#define CORE_REGISTER_NUMBERED(number)         w##number

/* Response words rc and w1; only for methods whose response has no more than `words` of them. */
#define CORE_FAST_RETURN(code, second)                                                                                 \
    do {                                                                                                               \
        w0 = (word)(s64)(s32)(code);                                                                                   \
        w1 = (second);                                                                                                 \
        w2 = w3 = w4 = w5 = w6 = w7 = 0;                                                                               \
        info = selector;                                                                                               \
        hal_tail hal_fast_resume(HAL_FAST_ARGUMENTS);                                                                  \
    } while (0)
/* rcOk and nothing else. */
#define CORE_FAST_RETURN_EMPTY()                                                                                       \
    do {                                                                                                               \
        info = selector;                                                                                               \
        hal_tail hal_fast_resume_empty(HAL_FAST_ARGUMENTS);                                                            \
    } while (0)
#define CORE_FAST_FALL_BACK() hal_tail core_call_ordinary(HAL_FAST_ARGUMENTS)

/* kernel/core_call.c: the ordinary handler, registers spilled; selector as above. */
HAL_FAST void core_call_ordinary(HAL_FAST_PARAMETERS);
