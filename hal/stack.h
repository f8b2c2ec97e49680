/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU's one kernel stack, put aside and taken up again: see sched/checkpoint.c. */
#pragma once
#include <hal/base.h>

#define HAL_STACK_SAVED    0U
#define HAL_STACK_RESTORED 1U
#define HAL_STACK_TOO_BIG  2U

/* Copies what the stack of this CPU holds, and the registers that a function preserves: HAL_STACK_SAVED, or
 * HAL_STACK_TOO_BIG for size bytes. Returns a second time, HAL_STACK_RESTORED, from hal_stack_restore(). Assembly. */
__attribute__((returns_twice)) u64 hal_stack_save(void *copy, u64 size);
/* The stack is again what it was; on the same CPU only, as there are addresses of its parts in it. Assembly. */
[[noreturn]] void hal_stack_restore(const void *copy);
