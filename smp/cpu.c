/* SPDX-License-Identifier: Apache-2.0 */
#include <smp/cpu.h>

struct cpu *cpu_table[KOS_CPUS_MAX];
_Atomic u32 cpu_count;

void cpu_init(struct cpu *cpu, u8 *scratch)
{
    cpu->slot_offset = cpu->hal.index * CPU_SLOT_SIZE;
    for (u32 level = 0; level < CPU_LEVELS; level++)
        list_init(&cpu->run_queue.queues[level]);
    cpu->timer_programmed = ~0ULL;
    cpu->scratch = scratch;
    cpu->hal.current = &cpu->idle_context;
    cpu_table[cpu->hal.index] = cpu;
    /* release: who reads the new count sees the table entry */
    atomic_fetch_add_explicit(&cpu_count, 1, memory_order_release);
}
