/* SPDX-License-Identifier: Apache-2.0 */
/* The macros of BSD's header of this name that programs use; musl has none. */
#pragma once

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS   }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif

#define __CONCAT1(a, b) a##b
#define __CONCAT(a, b)  __CONCAT1(a, b)
#define __STRING(x)     #x

#define __dead              __attribute__((__noreturn__))
#define __packed            __attribute__((__packed__))
#define __aligned(x)        __attribute__((__aligned__(x)))
#define __section(x)        __attribute__((__section__(x)))
#define __weak              __attribute__((__weak__))
#define __printflike(f, a)  __attribute__((__format__(__printf__, f, a)))
#define __predict_true(x)   __builtin_expect(!!(x), 1)
#define __predict_false(x)  __builtin_expect(!!(x), 0)
#define __UNCONST(a)        ((void *)(unsigned long)(const void *)(a))
#define __arraycount(array) (sizeof(array) / sizeof((array)[0]))
