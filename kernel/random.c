/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/console.h>
#include <hal/hal.h>
#include <kernel/random.h>
#include <kernel/siphash.h>
#include <smp/cpu.h>

#define ENTROPY_WORDS 4U /* of the processor's source, for the key: 256 bits */

static u64 key[2]; /* written before other CPUs start */

void kernel_random_init(struct hal_boot_info *boot)
{
    u64 seed[HAL_SEED_WORDS + ENTROPY_WORDS + 1] = {hal_time_now()};
    for (u32 i = 0; i < HAL_SEED_WORDS; i++) {
        seed[1 + i] = boot->seed[i];
        boot->seed[i] = 0;
    }
    for (u32 i = 0; i < ENTROPY_WORDS; i++)
        (void)hal_entropy(&seed[1 + HAL_SEED_WORDS + i]); /* none: 0 */
    const u64 first[2] = {0, 0}, second[2] = {0, 1};
    key[0] = siphash(first, seed, sizeof(seed) / sizeof(seed[0]));
    key[1] = siphash(second, seed, sizeof(seed) / sizeof(seed[0]));
}

u64 kernel_random(void)
{
    struct cpu *cpu = cpu_self();
    u64 hardware = 0;
    (void)hal_entropy(&hardware); /* none: the other words are enough */
    const u64 words[] = {(u64)cpu->hal.index << 56 | ++cpu->random_given, hal_time_now() ^ hardware};
    return siphash(key, words, sizeof(words) / sizeof(words[0]));
}
