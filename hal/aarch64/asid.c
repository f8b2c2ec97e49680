/* SPDX-License-Identifier: Apache-2.0 */
/* ASIDs: one per space for its life. 0 is what spaces share when there are no more, and the kernel's empty space. */
#include "port.h"
#include <stdatomic.h>

#define ASIDS_MAX 65536U

static _Atomic u64 used[ASIDS_MAX / 64];
static u32 asid_words; /* words of used[] that the hardware's ASID size allows */
static _Atomic u32 hint;

void hal_asid_init(void)
{
    const bool wide = ((read_register(id_aa64mmfr0_el1) >> 4) & 15) == 2;
    asid_words = (wide ? ASIDS_MAX : 256) / 64;
    atomic_store_explicit(&used[0], 1, memory_order_relaxed);
}

u64 hal_asid_allocate(void)
{
    const u32 start = atomic_load_explicit(&hint, memory_order_relaxed); /* where to look first, no more */
    for (u32 i = 0; i < asid_words; i++) {
        const u32 index = (start + i) % asid_words;
        u64 bits = atomic_load_explicit(&used[index], memory_order_relaxed);
        while (~bits != 0) {
            const u32 bit = (u32)__builtin_ctzll(~bits);
            if (atomic_compare_exchange_weak_explicit(&used[index], &bits, bits | 1ULL << bit, memory_order_acquire,
                                                      memory_order_relaxed)) {
                atomic_store_explicit(&hint, index, memory_order_relaxed);
                return (u64)index * 64 + bit;
            }
        }
    }
    return 0;
}

void hal_asid_free(u64 asid)
{
    if (asid != 0)
        atomic_fetch_and_explicit(&used[asid / 64], ~(1ULL << (asid % 64)), memory_order_release);
}
