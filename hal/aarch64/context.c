/* SPDX-License-Identifier: Apache-2.0 */
/* User contexts: made, resumed, printed. */
#include "port.h"

void hal_context_init(struct hal_context *context, struct hal_space *space, vaddr pc, vaddr sp, word argument0,
                      word argument1)
{
    *context = (struct hal_context){.pc = pc, .sp = sp, .space = space, .kind = HAL_RESUME_FULL, .x1 = argument1};
    context->space_word = space->space_word;
    context->words[6] = argument0; /* x0 */
}

/* The thread pointer is loaded even for the same thread: it may have been set in between. */
void hal_resume(struct hal_context *context)
{
    struct hal_cpu *cpu = hal_cpu_self();
    const struct hal_context *previous = cpu->current;
    if (previous != context) {
        hal_fpu_release(cpu);
        cpu->current = context;
    }
    hal_switch_space(previous, context);
    if (context->kind == HAL_RESUME_STATUS) {
        memset(context->words, 0, sizeof(context->words));
        context->selector = 0;
        hal_resume_call(context, cpu);
    }
    if (context->kind == HAL_RESUME_CALL)
        hal_resume_call(context, cpu);
    hal_resume_full(context);
}

void hal_context_print(const struct hal_context *c)
{
    const word *w = c->words, *x = c->x4;
    kernel_print("pc  %016lx sp  %016lx spsr %08lx\n", c->pc, c->sp, c->spsr);
    kernel_print("x0  %016lx x1  %016lx x2  %016lx x3  %016lx\n", w[6], c->x1, w[7], c->receive);
    kernel_print("x4  %016lx x5  %016lx x6  %016lx x7  %016lx\n", x[0], x[1], x[2], x[3]);
    kernel_print("x8  %016lx x9  %016lx x10 %016lx x11 %016lx\n", x[4], x[5], x[6], x[7]);
    kernel_print("x12 %016lx x13 %016lx x14 %016lx x15 %016lx\n", x[8], x[9], x[10], x[11]);
    kernel_print("x16 %016lx x17 %016lx x18 %016lx x19 %016lx\n", c->x16, c->x17, c->x18, c->x19);
    kernel_print("x20 %016lx x21 %016lx x22 %016lx x23 %016lx\n", w[0], w[1], w[2], w[3]);
    kernel_print("x24 %016lx x25 %016lx x26 %016lx x27 %016lx\n", c->selector, c->info, w[4], c->x27);
    kernel_print("x28 %016lx x29 %016lx x30 %016lx\n", w[5], c->fp, c->x30);
}
