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
    if (context->kind == HAL_RESUME_STATUS)
        hal_resume_status(context, cpu);
    if (context->kind == HAL_RESUME_CALL)
        hal_resume_call(context, cpu);
    hal_resume_full(context);
}

/* pc, sp, spsr, and x0 to x30, as x1, x0 and so on are spread over the context. */
static word register_of(const struct hal_context *c, u32 number)
{
    const word others[] = {c->x16, c->x17, c->x18, c->x19}, last[] = {c->selector, c->info, c->words[4], c->x27};
    switch (number) {
    case 0:
        return c->words[6];
    case 1:
        return c->x1;
    case 2:
        return c->words[7];
    case 3:
        return c->receive;
    case 28:
        return c->words[5];
    case 29:
        return c->fp;
    case 30:
        return c->x30;
    default:
        return number < 16   ? c->x4[number - 4]
               : number < 20 ? others[number - 16]
               : number < 24 ? c->words[number - 20]
                             : last[number - 24];
    }
}

bool hal_context_print(const struct hal_context *c, u32 part)
{
    if (part == 0)
        kernel_print(" pc %lx", c->pc);
    else if (part == 1)
        kernel_print(" sp %lx", c->sp);
    else if (part == 2)
        kernel_print(" spsr %lx\n", c->spsr);
    else if (part < 34)
        kernel_print(" x%u %lx%s", part - 3, register_of(c, part - 3), part % 4 == 2 || part == 33 ? "\n" : "");
    return part < 34;
}
