/* SPDX-License-Identifier: Apache-2.0 */
/* Time from the TSC; one-shot timer by TSC deadline or by the local APIC's counter. Both are calibrated against the
 * HPET over 100 us. */
#include <hal/x86_64/port.h>

static u64 tsc_start;
static u64 ns_per_tsc;  /* 32.32 fixed point */
static u64 tsc_per_ns;  /* 32.32 */
static u64 apic_per_ns; /* 32.32 */
static u32 resolution = 1;

#define WINDOW_NS 100000ULL
#define FARTHEST  (1ULL << 60) /* ns: 36 years, at up to 15 GHz less than 64 bits of ticks */

static u64 scale(u64 value, u64 factor)
{
    return (u64)(((unsigned __int128)value * factor) >> 32);
}

void timer_calibrate(paddr hpet_address)
{
    u64 tsc = 1000, apic = 1000; /* ticks in WINDOW_NS if there is nothing to compare with: 1 GHz */
    tsc = apic = WINDOW_NS;
    if (hpet_address != 0) {
        volatile u64 *hpet = paging_map_device(hpet_address);
        u64 period_fs = hpet[0] >> 32; /* femtoseconds per tick */
        hpet[2] |= 1;                  /* main counter on */
        u64 ticks = WINDOW_NS * 1000000ULL / period_fs;
        apic_timer_set(0xffffffff);
        u64 from = hpet[30], tsc_from = tsc_read(), now;
        u32 apic_from = apic_timer_count();
        do
            now = hpet[30];
        while (now - from < ticks);
        u64 elapsed_ns = (now - from) * period_fs / 1000000ULL;
        tsc = (tsc_read() - tsc_from) * WINDOW_NS / elapsed_ns;
        apic = (u64)(apic_from - apic_timer_count()) * WINDOW_NS / elapsed_ns;
        apic_timer_set(0);
    }
    /* A counter within 0.1 % of 1 GHz is one: emulators count nanoseconds. */
    if (tsc > 99900 && tsc < 100100)
        tsc = WINDOW_NS;
    if (apic > 99900 && apic < 100100)
        apic = WINDOW_NS;
    ns_per_tsc = (WINDOW_NS << 32) / tsc;
    tsc_per_ns = (tsc << 32) / WINDOW_NS;
    apic_per_ns = (apic << 32) / WINDOW_NS;
    tsc_start = tsc_read();
}

void timer_setup(void) {}

u64 hal_time_now(void)
{
    return scale(tsc_read() - tsc_start, ns_per_tsc);
}
void hal_time_user(u64 *start, u64 *factor)
{
    *start = tsc_start;
    *factor = ns_per_tsc;
}
u32 hal_time_resolution(void)
{
    return resolution;
}

void hal_timer_set(u64 deadline)
{
    if (cpu_features.tsc_deadline) {
        u64 in_time = deadline < FARTHEST ? deadline : FARTHEST; /* as ticks it must not wrap into the past */
        msr_write(0x6e0, deadline == ~0ULL ? 0 : tsc_start + scale(in_time, tsc_per_ns) + 1);
        return;
    }
    if (deadline == ~0ULL) {
        apic_timer_set(0);
        return;
    }
    u64 now = hal_time_now();
    u64 ticks = deadline > now ? scale(deadline - now, apic_per_ns) : 0;
    apic_timer_set(ticks + 1);
}
