/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User memory that may not be there yet, for the running thread's own call or work, whose space is active. The copies
 * of hal/user_copy.h make no pages. Here what is missing is brought in a page or a table at a time, with checkpoints
 * (smp/preemption.h) in between and behind the last; then it is tried again. Without a fault nothing of that is paid
 * for; a long copy has a checkpoint every USER_COPY_AT_ONCE bytes.
 *
 *   who                                         how it tries again
 *   copies of a call to the kernel              user_copy_in, user_copy_out
 *   words that threads wait for, locks          sched/futex.h: PREEMPTED, the handler is called anew
 *   a message, by its server                    ipc/transfer.c: message_copy_in; ipc/long_copy.c; ipc/decide.c: span
 *   buffer descriptors of Call and Recv, by     ipc/call.c: PREEMPTED, the system call begins anew
 *   the thread itself
 *   fast paths                                  not: the general path does
 */
#pragma once
#include <hal/user_copy.h>
#include <memory/space.h>

#define USER_COPY_AT_ONCE 1024U
/* Others may take the pages away again meanwhile. So often; then it fails. */
#define USER_COPY_TRIES 8U

/* [address, address + size) of the active space, which is `space`, can be accessed now, unless it was taken away again;
 * false: for good it cannot. With checkpoints. */
[[nodiscard]] bool user_bring(struct address_space *space, vaddr address, u64 size, u32 hal_access);

/* As hal_copy_from_user() and hal_copy_to_user(), with checkpoints. One of USER_COPY_AT_ONCE bytes or less has failed
 * at once. */
[[nodiscard]] bool user_copy_in_steps(struct address_space *space, void *to, vaddr from, u64 size);
[[nodiscard]] bool user_copy_out_steps(struct address_space *space, vaddr to, const void *from, u64 size);

/* The same; a short one that meets no fault has none. */
[[nodiscard]] static inline bool user_copy_in(struct address_space *space, void *to, vaddr from, u64 size)
{
    return likely(size <= USER_COPY_AT_ONCE && hal_copy_from_user(to, from, size)) ||
           user_copy_in_steps(space, to, from, size);
}
[[nodiscard]] static inline bool user_copy_out(struct address_space *space, vaddr to, const void *from, u64 size)
{
    return likely(size <= USER_COPY_AT_ONCE && hal_copy_to_user(to, from, size)) ||
           user_copy_out_steps(space, to, from, size);
}
