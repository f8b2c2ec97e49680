/* SPDX-License-Identifier: Apache-2.0 */
/* x87, SSE and AVX state: off (CR0.TS) until a thread uses it, saved at once when that thread is switched from. */
#include <hal/x86_64/port.h>

static void task_switched_set(void)
{
    u64 cr0;
    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %0, %%cr0" ::"r"(cr0 | 8));
}

void hal_fpu_enable(struct hal_context *context)
{
    __asm__ volatile("clts");
    u8 *state = context->fpu;
    if (state[HAL_FPU_STATE_SIZE - 1] == 0) { /* first use: the initial state; the last byte is beyond what is saved */
        const u16 control = 0x37f;
        const u32 mxcsr = 0x1f80;
        memset(state, 0, HAL_FPU_STATE_SIZE);
        memcpy(state, &control, sizeof(control));
        memcpy(state + 24, &mxcsr, sizeof(mxcsr));
        state[HAL_FPU_STATE_SIZE - 1] = 1;
    }
    if (cpu_features.xsave)
        __asm__ volatile("xrstor64 (%0)" ::"r"(state), "a"(~0U), "d"(~0U) : "memory");
    else /* all registers, too: what others had in them is not this thread's to see */
        __asm__ volatile("fxrstor64 (%0)" ::"r"(state) : "memory");
    hal_cpu_self()->pending |= HAL_PENDING_FPU;
}

void hal_fpu_release(struct hal_cpu *cpu)
{
    if ((cpu->pending & HAL_PENDING_FPU) == 0)
        return;
    void *state = cpu->current->fpu;
    if (cpu_features.xsave)
        __asm__ volatile("xsave64 (%0)" ::"r"(state), "a"(~0U), "d"(~0U) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" ::"r"(state) : "memory");
    cpu->pending &= ~HAL_PENDING_FPU;
    task_switched_set();
}
