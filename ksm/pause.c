/* SPDX-License-Identifier: Apache-2.0 */
#include <ksm/cpu.h>
#include <smp/preemption.h>

struct ksm_cpu *ksm_cpus[KOS_CPUS_MAX];

void ksm_pause(void)
{
    struct ksm_cpu *cpu = ksm_cpu_self();
    struct ksm_pauser *pauser = cpu != nullptr ? cpu->pauser : nullptr;
    if (pauser == nullptr || !preemption_point())
        return;
    cpu->pauser = nullptr;
    pauser->pause(pauser);
    cpu->pauser = pauser;
}
