/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry. While the CPU is in user mode SP_EL1 points to the current struct hal_context, so the stubs store
 * straight into it; in the kernel it is the CPU's one stack.
 */
#include "offsets.h"

    .macro vector
    .balign 128
    .endm

/* Everything but x16 (already stored) into the context at sp; then x0 = context, sp = top of the kernel stack. */
    .macro save_full
    stp x0, x2, [sp, #CONTEXT_WORD(6)]
    stp x1, x17, [sp, #CONTEXT_X1]
    mrs x16, elr_el1
    mrs x17, sp_el0
    stp x16, x17, [sp, #CONTEXT_PC]
    stp x29, x19, [sp, #CONTEXT_FP]
    str x3, [sp, #CONTEXT_RECEIVE]
    stp x20, x21, [sp, #CONTEXT_WORD(0)]
    stp x22, x23, [sp, #CONTEXT_WORD(2)]
    stp x26, x28, [sp, #CONTEXT_WORD(4)]
    stp x24, x25, [sp, #CONTEXT_SELECTOR]
    mrs x16, spsr_el1
    mov w17, #1             /* HAL_RESUME_FULL */
    str w17, [sp, #CONTEXT_KIND]
    str x16, [sp, #CONTEXT_SPSR]
    stp x4, x5, [sp, #CONTEXT_X4]
    stp x6, x7, [sp, #CONTEXT_X4 + 16]
    stp x8, x9, [sp, #CONTEXT_X4 + 32]
    stp x10, x11, [sp, #CONTEXT_X4 + 48]
    stp x12, x13, [sp, #CONTEXT_X4 + 64]
    stp x14, x15, [sp, #CONTEXT_X4 + 80]
    stp x18, x27, [sp, #CONTEXT_X18]
    str x30, [sp, #CONTEXT_X30]
    mov x0, sp
    mrs x1, tpidr_el1
    sub sp, x1, #CPU_STACK_DISTANCE
    mov x29, xzr
    mov x30, xzr
    .endm

    .macro table name, call_entry, reply_entry
    .balign 2048
    .globl \name
\name:
    /* From the kernel on SP_EL0: never selected. */
    .rept 4
    vector
    mov x16, #0
    b kernel_unexpected
    .endr

    /* From the kernel. */
    vector
    msr tpidrro_el0, x16    /* the only free place; cleared below */
    sub x16, sp, #FRAME_SIZE
    tbz x16, #14, kernel_stack_lost
    asr x16, x16, #22       /* in the window of the CPU blocks? */
    cmn x16, #(-HAL_CPU_BLOCKS) >> 22
    b.eq kernel_synchronous
    b kernel_stack_lost

    /* Interrupts are open only in hal_cpu_idle() and hal_interrupts_take(): nothing to save. */
    vector
    mrs x1, tpidr_el1
    sub sp, x1, #CPU_STACK_DISTANCE
    mov x29, xzr
    mov x30, xzr
    b hal_trap_interrupt

    vector
    mrs x1, tpidr_el1
    sub sp, x1, #CPU_STACK_DISTANCE
    mov x29, xzr
    mov x30, xzr
    b hal_trap_interrupt

    vector
    mov x16, #1
    b kernel_unexpected

    /* From user mode. */
    vector
    str x16, [sp, #CONTEXT_X16]
    mrs x16, esr_el1
    ror w16, w16, #25
    cmp w16, #SVC0_ROTATED
    b.ne user_exception
    mrs x16, elr_el1
    mrs x17, sp_el0
    stp x16, x17, [sp, #CONTEXT_PC]
    stp x29, x19, [sp, #CONTEXT_FP]
    str x3, [sp, #CONTEXT_RECEIVE]
    mov x27, sp             /* self */
    mrs x1, tpidr_el1       /* cpu */
    sub sp, x1, #CPU_STACK_DISTANCE
    .ifnc \call_entry, \reply_entry
    tbnz x24, #63, 1f
    .endif
    b \call_entry
1:  b \reply_entry

    vector
    str x16, [sp, #CONTEXT_X16]
    b user_interrupt

    vector
    str x16, [sp, #CONTEXT_X16]
    b user_interrupt

    vector
    str x16, [sp, #CONTEXT_X16]
    b user_system_error

    /* From AArch32 user mode: cannot be entered (hal_resume clears the mode), so it is a fault of the machine. */
    .rept 4
    vector
    mov x16, #2
    b kernel_unexpected
    .endr
    .endm

    .text
    table hal_vectors, kernel_call_entry, kernel_reply_entry
    table hal_vectors_diverted, kernel_diverted_entry, kernel_diverted_entry

user_exception:
    save_full
    b hal_trap_user

user_interrupt:
    save_full
    b hal_trap_interrupt

user_system_error:
    save_full
    mov x16, #3
    b kernel_unexpected

/* A fault in the kernel: hal_trap_kernel() returns if it was a user copy. */
kernel_synchronous:
    sub sp, sp, #FRAME_SIZE
    mrs x16, tpidrro_el0
    msr tpidrro_el0, xzr
    stp x0, x1, [sp]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    add x1, sp, #FRAME_SIZE
    stp x30, x1, [sp, #240]
    mrs x1, elr_el1
    mrs x2, spsr_el1
    stp x1, x2, [sp, #FRAME_PC]
    mov x0, sp
    bl hal_trap_kernel
    ldp x1, x2, [sp, #FRAME_PC]
    msr elr_el1, x1
    msr spsr_el1, x2
    ldp x0, x1, [sp]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldr x18, [sp, #144]
    ldr x30, [sp, #240]
    add sp, sp, #FRAME_SIZE
    eret
    dsb nsh
    isb

/* The stack has run into its guard, or is none: report on a stack kept for that. */
kernel_stack_lost:
    msr tpidrro_el0, xzr
    mov x1, sp
    adrp x16, emergency_stack + 4096
    mov sp, x16
    mov x0, x29
    mov x29, xzr
    b hal_trap_stack_lost

/* x16: index into the names of trap.c. */
kernel_unexpected:
    mov x1, sp
    mrs x2, tpidr_el1
    sub sp, x2, #CPU_STACK_DISTANCE
    mov x0, x16
    mov x29, xzr
    b hal_trap_unexpected

    .section .noinit, "aw", @nobits
    .balign 4096
emergency_stack:
    .skip 4096
