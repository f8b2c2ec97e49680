/* SPDX-License-Identifier: Apache-2.0 */
/* flags: FUTEX_PRIVATE_FLAG within one process, 0 between processes. */
#pragma once
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline long futex_wait(uint32_t *word, uint32_t value, int flags)
{
    return syscall(SYS_futex, word, FUTEX_WAIT | flags, value, NULL, NULL, 0);
}

static inline long futex_wake(uint32_t *word, int flags)
{
    return syscall(SYS_futex, word, FUTEX_WAKE | flags, 1, NULL, NULL, 0);
}
