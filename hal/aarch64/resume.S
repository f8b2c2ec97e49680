/* SPDX-License-Identifier: Apache-2.0 */
/* Ways out of the kernel: into user mode, and into the idle state. All discard the kernel stack. */
#include "offsets.h"

    .section .text.fast, "ax"

/* HAL_FAST: message in its registers, self = x27, cpu = x1. */
    .globl hal_fast_resume, hal_fast_resume_status, hal_fast_resume_empty, hal_fast_resume_shorter
    .balign 64
/* Jumps behind the last word that the message has: one instruction per word, and three words of header. */
hal_fast_resume_shorter:
    lsr x8, x25, #35
    adr x9, 1f - 3 * 4
    add x9, x9, x8, lsl #2
    br x9
1:  mov x20, xzr
    mov x21, xzr
    mov x22, xzr
    mov x23, xzr
    mov x26, xzr
    mov x28, xzr
    mov x0, xzr
    mov x2, xzr
    b .Lresume
hal_fast_resume_empty:
.Lempty:
    ldp x20, x21, [x1, #CPU_ZERO]
    ldp x22, x23, [x1, #CPU_ZERO]
    ldp x26, x28, [x1, #CPU_ZERO]
    ldp x0, x2, [x1, #CPU_ZERO]
hal_fast_resume:
.Lresume:
    mov x24, xzr            /* status rcOk */
hal_fast_resume_status:
.Lstatus:
    ldp x16, x17, [x27, #CONTEXT_PC]
    ldp x29, x19, [x27, #CONTEXT_FP]
    mov sp, x27
    msr elr_el1, x16
    msr sp_el0, x17
    msr spsr_el1, xzr       /* EL0, flags clear, nothing masked */
    ldp x3, x4, [x1, #CPU_ZERO]
    ldp x5, x6, [x1, #CPU_ZERO]
    ldp x7, x8, [x1, #CPU_ZERO]
    ldp x9, x10, [x1, #CPU_ZERO]
    ldp x11, x12, [x1, #CPU_ZERO]
    ldp x13, x14, [x1, #CPU_ZERO]
    ldp x15, x16, [x1, #CPU_ZERO]
    ldp x17, x18, [x1, #CPU_ZERO]
    ldp x27, x30, [x1, #CPU_ZERO]
    mov x1, xzr
    eret
    dsb nsh                 /* nothing is speculated past the eret */
    isb

/* [[noreturn]] void hal_resume_call(struct hal_context *context, struct hal_cpu *cpu) */
    .globl hal_resume_call
hal_resume_call:
    mov x27, x0
    ldp x20, x21, [x27, #CONTEXT_WORD(0)]
    ldp x22, x23, [x27, #CONTEXT_WORD(2)]
    ldp x26, x28, [x27, #CONTEXT_WORD(4)]
    ldp x0, x2, [x27, #CONTEXT_WORD(6)]
    ldp x24, x25, [x27, #CONTEXT_SELECTOR]
    b .Lstatus

/* [[noreturn]] void hal_resume_status(struct hal_context *context, struct hal_cpu *cpu) */
    .globl hal_resume_status
hal_resume_status:
    mov x27, x0
    ldr x25, [x27, #CONTEXT_SELECTOR + 8] /* info */
    b .Lempty /* the local name: benchmarks/scale/biglock.c leads the global one elsewhere */

/* [[noreturn]] void hal_resume_full(struct hal_context *context) */
    .globl hal_resume_full
hal_resume_full:
    mov sp, x0
    ldp x16, x17, [sp, #CONTEXT_PC]
    msr elr_el1, x16
    msr sp_el0, x17
    ldr x16, [sp, #CONTEXT_SPSR]
    and x16, x16, #0xf0000000 /* the flags are all that is the user's */
    msr spsr_el1, x16
    ldp x29, x19, [sp, #CONTEXT_FP]
    ldr x3, [sp, #CONTEXT_RECEIVE]
    ldr x16, [sp, #CONTEXT_X16]
    ldp x20, x21, [sp, #CONTEXT_WORD(0)]
    ldp x22, x23, [sp, #CONTEXT_WORD(2)]
    ldp x26, x28, [sp, #CONTEXT_WORD(4)]
    ldp x0, x2, [sp, #CONTEXT_WORD(6)]
    ldp x24, x25, [sp, #CONTEXT_SELECTOR]
    ldp x1, x17, [sp, #CONTEXT_X1]
    ldp x4, x5, [sp, #CONTEXT_X4]
    ldp x6, x7, [sp, #CONTEXT_X4 + 16]
    ldp x8, x9, [sp, #CONTEXT_X4 + 32]
    ldp x10, x11, [sp, #CONTEXT_X4 + 48]
    ldp x12, x13, [sp, #CONTEXT_X4 + 64]
    ldp x14, x15, [sp, #CONTEXT_X4 + 80]
    ldp x18, x27, [sp, #CONTEXT_X18]
    ldr x30, [sp, #CONTEXT_X30]
    eret
    dsb nsh
    isb

/*
 * [[noreturn]] void hal_cpu_idle(void): wfi with interrupts masked falls through when one is pending, so none is lost
 * between the look and the sleep. The interrupt's entry starts on the empty stack (vectors.S).
 */
    .globl hal_cpu_idle
hal_cpu_idle:
    mrs x0, tpidr_el1
    sub sp, x0, #CPU_STACK_DISTANCE
    mov x29, xzr
1:  dsb sy
    wfi
    msr daifclr, #3
    isb
    msr daifset, #3
    b 1b

/* [[noreturn]] void hal_interrupts_take(void): the marker of hal_mark_interruptible(), for here they are open. */
    .globl hal_interrupts_take
hal_interrupts_take:
    mrs x0, tpidr_el1
    sub sp, x0, #CPU_STACK_DISTANCE
    mov x29, xzr
    movz xzr, #0x4b49
    msr daifclr, #3
    isb
    msr daifset, #3
    b kernel_spurious_interrupt
