/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_space;
struct hal_context {
    word words[8], selector, info, receive, pc, sp, fp, thread_pointer;
    u32 kind;
    struct hal_space *space;
    void *fpu;
};
static inline __attribute__((always_inline)) void hal_switch_space(const struct hal_context *prev,
                                                                   const struct hal_context *next)
{
    (void)prev;
    (void)next;
}
