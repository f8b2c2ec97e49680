/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies between kernel memory and the user memory of the active space. Addresses are checked against KOS_USER_BASE and
 * KOS_USER_LIMIT; a page that is not there or not accessible so ends the copy with false; what was copied so far stays.
 * A copy of nothing succeeds whatever the address. Interrupts masked.
 *
 * So no copy makes pages, which takes as long as a path may: who finds that one failed brings in what it was for, in
 * steps (memory/user_copy.h), and tries again. A page that is there now may have been missing when it was tried.
 */
#pragma once
#include <hal/base.h>

[[nodiscard]] bool hal_copy_from_user(void *to, vaddr from, size_t size);
[[nodiscard]] bool hal_copy_to_user(vaddr to, const void *from, size_t size);
/* 32 bytes (size, known to the compiler) at an 8-byte aligned address: a struct kos_message_buffer. */
#define hal_load_user_words(to, from, size)                                                                            \
    ({                                                                                                                 \
        static_assert((size) == 32);                                                                                   \
        hal_load_user_32(to, from);                                                                                    \
    })
[[nodiscard]] bool hal_load_user_32(void *to, vaddr from);
/* One aligned word, single access: for futexes. */
[[nodiscard]] bool hal_load_user_u32(u32 *value, vaddr from);
