/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/identifiers.h>
#include <stdatomic.h>

static _Atomic u64 used[ARCH_IDENTIFIERS_MAX / 64];
static u32 used_words; /* of used[], that the processor has; constant after boot */
static _Atomic u32 hint;

void hal_identifiers_init(u32 count)
{
    used_words = count / 64;
    atomic_store_explicit(&used[0], 1, memory_order_relaxed);
}

u64 hal_identifier_allocate(void)
{
    const u32 start = atomic_load_explicit(&hint, memory_order_relaxed); /* where to look first, no more */
    for (u32 i = 0; i < used_words; i++) {
        const u32 index = (start + i) % used_words;
        u64 bits = atomic_load_explicit(&used[index], memory_order_relaxed);
        while (~bits != 0) {
            const u32 bit = (u32)__builtin_ctzll(~bits);
            /* acquire: after what was invalidated before it was freed */
            if (atomic_compare_exchange_weak_explicit(&used[index], &bits, bits | 1ULL << bit, memory_order_acquire,
                                                      memory_order_relaxed)) {
                atomic_store_explicit(&hint, index, memory_order_relaxed);
                return (u64)index * 64 + bit;
            }
        }
    }
    return 0;
}

void hal_identifier_free(u64 identifier)
{
    if (identifier != 0)
        atomic_fetch_and_explicit(&used[identifier / 64], ~(1ULL << (identifier % 64)), memory_order_release);
}
