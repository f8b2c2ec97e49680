/* SPDX-License-Identifier: Apache-2.0 */
/* Without an include guard: NDEBUG counts anew each time (ISO C 7.2). */
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((noreturn)) void kos_assert_failed(const char *text, const char *file, int line);
#ifdef __cplusplus
}
#endif
#undef assert
#ifdef NDEBUG
#define assert(holds) ((void)0)
#else
#define assert(holds) ((holds) ? (void)0 : kos_assert_failed(#holds, __FILE__, __LINE__))
#endif
#if !defined(__cplusplus) && __STDC_VERSION__ < 202311L && !defined(static_assert)
#define static_assert _Static_assert
#endif
