/* SPDX-License-Identifier: Apache-2.0 */
/* FP ownership: CPACR_EL1.FPEN is on exactly while HAL_PENDING_FPU says that the current thread's state is loaded. */
#include "port.h"

#define CPACR_FP_ON (3U << 20)

void hal_fpu_enable(struct hal_context *context)
{
    struct hal_cpu *cpu = hal_cpu_self();
    write_register(cpacr_el1, CPACR_FP_ON);
    barrier("isb");
    hal_fpu_load(context->fpu);
    cpu->pending |= HAL_PENDING_FPU;
}

void hal_fpu_release(struct hal_cpu *cpu)
{
    if ((cpu->pending & HAL_PENDING_FPU) == 0)
        return;
    hal_fpu_save(cpu->current->fpu);
    write_register(cpacr_el1, 0);
    barrier("isb");
    cpu->pending &= ~HAL_PENDING_FPU;
}
