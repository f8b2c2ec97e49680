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
    instruction hlt
    instruction cli
    instruction sti
    instruction mov %cr3, %rax
    instruction mov %rax, %cr0
    instruction mov %rax, %cr4
    instruction mov %rax, %dr7
    instruction rdmsr
    instruction wrmsr
    instruction in $0x60, %al
    instruction out %al, $0x80
    instruction lgdt (%rsp)
    instruction lidt (%rsp)
    instruction ltr %ax
    instruction invlpg (%rsp)
    instruction wbinvd
    instruction clts
    instruction swapgs
    instruction sysretq
    instruction int $0x80
    instruction int $0x20
    instruction int $8
    instruction ud2
    instruction xsetbv
    .quad 0
