/* SPDX-License-Identifier: Apache-2.0 */
/* Contract in hal/stack.h. A copy: stack pointer, number of bytes, bytes. */
#include <arch/layout.h>

    .text
    .globl hal_stack_save, hal_stack_restore
    .balign 16
hal_stack_save:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %rcx
    and $-HAL_CPU_BLOCK_SIZE, %rcx
    add $HAL_BLOCK_STACK_TOP, %rcx
    sub %rsp, %rcx
    lea 16(%rcx), %rax
    cmp %rsi, %rax
    mov $2, %eax            /* HAL_STACK_TOO_BIG */
    ja 1f
    mov %rsp, (%rdi)
    mov %rcx, 8(%rdi)
    add $16, %rdi
    mov %rsp, %rsi
    shr $3, %rcx
    rep movsq
    xor %eax, %eax          /* HAL_STACK_SAVED */
1:  add $48, %rsp           /* they still have their values */
    ret

    .balign 16
hal_stack_restore:
    mov (%rdi), %rsp
    mov 8(%rdi), %rcx
    lea 16(%rdi), %rsi
    mov %rsp, %rdi
    shr $3, %rcx
    rep movsq
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    mov $1, %eax            /* HAL_STACK_RESTORED */
    ret
