/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests see of the host port: the arena, the CPU played, epochs run by hand, and the order of unmap,
 * invalidate, free. */
#pragma once
#include <hal/hal.h>
#include <memory/space.h>

void fake_arena(u64 pages);   /* physical memory [0, pages), filled with garbage; not yet given to the page allocator */
void fake_cpu_set(u32 index); /* plays that CPU from now on */
void fake_epoch_run(void);    /* every CPU was outside the kernel: runs what is deferred, also what that defers */
u64 fake_epoch_count(void);   /* entries that wait */
void fake_shootdown(struct address_space *space, vaddr address, u64 count, bool locked); /* for space_shootdown */

extern void (*fake_poll)(void); /* what other CPUs do while this one waits for a lock */
extern u64 fake_time;           /* ns, what hal_time_now says */

/* One look in so many finds an interrupt that waits; 0: none ever. */
extern u64 fake_interrupt_every;
extern void (*fake_checkpoint)(void); /* what others do at a checkpoint that finds one */

extern u64 fake_stale_here, fake_stale_there; /* entries removed since the last local, remote invalidation */
extern u64 fake_invalidations, fake_shootdowns;

/* Statement must end in kernel_panic. */
#include <setjmp.h>
extern jmp_buf fake_panic_return;
extern bool fake_panic_expected;
#define expect_panic(statement)                                                                                        \
    do {                                                                                                               \
        fake_panic_expected = true;                                                                                    \
        if (setjmp(fake_panic_return) == 0) {                                                                          \
            statement;                                                                                                 \
            fail_msg("no panic: %s", #statement);                                                                      \
        }                                                                                                              \
        fake_panic_expected = false;                                                                                   \
    } while (0)
