/* SPDX-License-Identifier: Apache-2.0 */
/* Clock and one-shot timer: the generic virtual counter. With a counter of 1 GHz a tick is exactly a nanosecond. */
#include "port.h"

#define SECOND             1000000000ULL
#define FALLBACK_FREQUENCY 62500000ULL

static u64 ns_per_tick;  /* 32.32 fixed point, rounded down */
static u64 ticks_per_ns; /* 32.32 fixed point, rounded up */
static u32 resolution;

void hal_timer_init(void)
{
    u64 frequency = read_register(cntfrq_el0) & 0xffffffffU;
    if (frequency == 0)
        frequency = FALLBACK_FREQUENCY;
    ns_per_tick = (SECOND << 32) / frequency;
    ticks_per_ns = ((frequency << 32) + SECOND - 1) / SECOND;
    resolution = (u32)((SECOND + frequency - 1) / frequency);
}

void hal_timer_cpu_init(void)
{
    hal_timer_stop();
}

void hal_timer_stop(void)
{
    write_register(cntv_ctl_el0, 0);
    barrier("isb");
}

static u64 ticks_now(void)
{
    barrier("isb"); /* not read ahead of what comes before */
    return read_register(cntvct_el0);
}

static u64 scale(u64 value, u64 factor)
{
    return (u64)((unsigned __int128)value * factor >> 32);
}

u64 hal_time_now(void)
{
    return scale(ticks_now(), ns_per_tick);
}

void hal_time_user(u64 *start, u64 *factor)
{
    *start = 0;
    *factor = ns_per_tick;
}

u32 hal_time_resolution(void)
{
    return resolution;
}

void hal_timer_set(u64 deadline)
{
    if (deadline == ~0ULL) {
        hal_timer_stop();
        return;
    }
    const u64 ticks = ticks_now(), now = scale(ticks, ns_per_tick);
    u64 wait = deadline > now ? deadline - now : 0;
    if (wait > 1ULL << 60)
        wait = 1ULL << 60;
    write_register(cntv_cval_el0, ticks + (wait != 0 ? scale(wait, ticks_per_ns) + 1 : 0));
    write_register(cntv_ctl_el0, 1);
    barrier("isb");
}
