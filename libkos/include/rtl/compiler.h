/* SPDX-License-Identifier: Apache-2.0 */
/* What compilers spell differently. */
#pragma once

#define __rtl_unused          __attribute__((unused))
#define __rtl_used            __attribute__((used))
#define __rtl_noreturn        __attribute__((noreturn))
#define __rtl_packed          __attribute__((packed))
#define __rtl_aligned(n)      __attribute__((aligned(n)))
#define __rtl_noinline        __attribute__((noinline))
#define __rtl_format(text, n) __attribute__((format(printf, text, n)))

#define RTL_UNUSED(x)   ((void)(x))
#define RTL_LIKELY(x)   __builtin_expect((x) ? 1 : 0, 1)
#define RTL_UNLIKELY(x) __builtin_expect((x) ? 1 : 0, 0)
#define RTL_COUNTOF(a)  (sizeof(a) / sizeof((a)[0]))
