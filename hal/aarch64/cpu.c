/* SPDX-License-Identifier: Apache-2.0 */
/* Control registers and per-CPU structure of the CPU that runs this; what SCTLR, TCR and MAIR hold is set in boot.S. */
#include "port.h"

#define CNTKCTL_EL0_VIRTUAL_COUNTER 2U
/* TDCC: the registers of the debug communications channel are the same for all processes. */
#define MDSCR_TRAP_DEBUG_CHANNEL (1ULL << 12)

void hal_cpu_init(u32 index)
{
    struct hal_cpu *cpu = (struct hal_cpu *)read_register(tpidr_el1);
    cpu->index = index;
    cpu->affinity = read_register(mpidr_el1) & MPIDR_AFFINITY;
    write_register(vbar_el1, hal_vectors);
    write_register(cpacr_el1, 0); /* FP, SVE and SME trap */
    write_register(cntkctl_el1, CNTKCTL_EL0_VIRTUAL_COUNTER);
    write_register(mdscr_el1, MDSCR_TRAP_DEBUG_CHANNEL);
    write_register(tpidr_el0, 0);
    write_register(tpidrro_el0, 0);
    const u64 performance = read_register(id_aa64dfr0_el1) >> 8 & 15;
    if (performance != 0 && performance != 15)
        write_register(pmuserenr_el0, 0);
    if ((read_register(id_aa64mmfr1_el1) >> 20 & 15) != 0)
        barrier(".inst 0xd500419f"); /* msr pan, #1; exceptions set it again */
    barrier("isb");
}

void hal_entry_divert(bool diverted)
{
    write_register(vbar_el1, diverted ? hal_vectors_diverted : hal_vectors);
    barrier("isb");
}

void hal_cpu_halt(void)
{
    barrier("msr daifset, #15");
    for (;;)
        barrier("wfi");
}

bool hal_entropy(u64 *value)
{
    if (read_register(id_aa64isar0_el1) >> 60 == 0)
        return false;
    for (u32 tries = 0; tries < 8; tries++) {
        u64 random, good;
        __asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %1, ne" : "=r"(random), "=r"(good)::"cc"); /* RNDR */
        if (good != 0) {
            *value = random;
            return true;
        }
    }
    return false;
}
