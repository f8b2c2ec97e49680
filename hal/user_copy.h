/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies between kernel memory and the user memory of the active space. Addresses are checked against KOS_USER_BASE and
 * KOS_USER_LIMIT; a fault is offered to kernel_user_fault() (demand paging), else ends the copy with false; what was
 * copied so far stays. A copy of nothing succeeds whatever the address. Interrupts masked.
 */
#pragma once
#include <hal/base.h>

[[nodiscard]] bool hal_copy_from_user(void *to, vaddr from, size_t size);
[[nodiscard]] bool hal_copy_to_user(vaddr to, const void *from, size_t size);
/* 32 bytes (size, known to the compiler) at an 8-byte aligned address: a struct kos_message_buffer. False also after a
 * page has come in: who asks has another way, which takes page faults in steps. */
#define hal_load_user_words(to, from, size)                                                                            \
    ({                                                                                                                 \
        static_assert((size) == 32);                                                                                   \
        hal_load_user_32(to, from);                                                                                    \
    })
[[nodiscard]] bool hal_load_user_32(void *to, vaddr from);
/* One aligned word, single access: for futexes. */
[[nodiscard]] bool hal_load_user_u32(u32 *value, vaddr from);
