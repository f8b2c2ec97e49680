/* SPDX-License-Identifier: Apache-2.0 */
/* Clock and one-shot timer of this CPU. Nanoseconds since boot of the machine's counter; monotonic, same on all CPUs.
 */
#pragma once
#include <hal/base.h>

u64 hal_time_now(void);
u32 hal_time_resolution(void); /* nanoseconds, at least 1 */
/* The same clock for user code: ns = (counter that user code can read - start) * scale >> 32; constant after boot. */
void hal_time_user(u64 *start, u64 *scale);

/* One kernel_timer_interrupt() on this CPU at or soon after deadline (ns); replaces the one before. ~0 = none. */
void hal_timer_set(u64 deadline);
