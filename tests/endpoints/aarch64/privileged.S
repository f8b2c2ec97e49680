/* SPDX-License-Identifier: Apache-2.0 */
/* What a user program must not execute: void (*const privileged[])(void), a null behind the last. */
    .macro instruction text:vararg
    .text
1:  \text
    ret
    .section .data.rel.ro, "aw"
    .quad 1b
    .endm

    .section .data.rel.ro, "aw"
    .balign 8
    .globl privileged
privileged:
    instruction mrs x0, ttbr0_el1
    instruction mrs x0, ttbr1_el1
    instruction msr ttbr0_el1, x0
    instruction msr sctlr_el1, x0
    instruction msr vbar_el1, x0
    instruction msr spsel, #1
    instruction msr daifset, #15
    instruction msr tpidr_el1, x0
    instruction msr tpidrro_el0, x0
    instruction mrs x0, mpidr_el1
    instruction mrs x0, esr_el1
    instruction msr cpacr_el1, x0
    instruction msr cntp_ctl_el0, x0
    instruction msr cntv_ctl_el0, x0
    instruction tlbi vmalle1
    instruction ic iallu
    instruction at s1e1r, x0
    instruction dc isw, x0
    instruction hvc #0
    instruction smc #0
    instruction eret
    instruction brk #1
    instruction hlt #1
    instruction udf #0
    .quad 0
