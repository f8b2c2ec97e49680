/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions and interrupts. From user mode everything is saved in the CPU's current context and the stack is empty
 * again; from the kernel an exception returns to where it was, an interrupt can only have met hal_cpu_idle() or
 * hal_interrupts_take().
 */
#include <hal/x86_64/offsets.h>

    .macro STUB vector, has_error
    .balign INTERRUPT_STUB_SIZE
    .if \has_error == 0
    push $0
    .endif
    push $\vector
    jmp interrupt_common
    .endm

    .text
    .balign INTERRUPT_STUB_SIZE
    .globl hal_interrupt_stubs
hal_interrupt_stubs:
    .irp vector, 0, 1, 2, 3, 4, 5, 6, 7
    STUB \vector, 0
    .endr
    STUB 8, 1
    STUB 9, 0
    .irp vector, 10, 11, 12, 13, 14
    STUB \vector, 1
    .endr
    STUB 15, 0
    STUB 16, 0
    STUB 17, 1
    .irp vector, 18, 19, 20
    STUB \vector, 0
    .endr
    STUB 21, 1
    .irp vector, 22, 23, 24, 25, 26, 27, 28
    STUB \vector, 0
    .endr
    STUB 29, 1
    STUB 30, 1
    STUB 31, 0
    STUB VECTOR_TIMER, 0
    STUB VECTOR_IPI, 0
    STUB VECTOR_OTHER, 0
    .set device, VECTOR_DEVICE
    .rept 16
    STUB device, 0
    .set device, device + 1
    .endr
    .set device, VECTOR_DEVICE_REST
    .rept DEVICE_VECTORS - 16
    STUB device, 0
    .set device, device + 1
    .endr

    /* Stack: vector, error code, rip, cs, rflags, rsp, ss. */
    .balign 64
interrupt_common:
    testb $3, 24(%rsp)
    jz from_kernel
    push %rcx
    mov %rsp, %rcx
    and $-HAL_CPU_BLOCK_SIZE, %rcx
    mov HAL_BLOCK_AREA + CPU_CURRENT(%rcx), %rcx
    mov %r12, CONTEXT_R12(%rcx)
    mov %r13, CONTEXT_R13(%rcx)
    mov %r14, CONTEXT_R14(%rcx)
    mov %r15, CONTEXT_R15(%rcx)
    mov %rdx, CONTEXT_RDX(%rcx)
    mov %r8, CONTEXT_R8(%rcx)
    mov %r9, CONTEXT_R9(%rcx)
    mov %rax, CONTEXT_RAX(%rcx)
    mov %rdi, CONTEXT_RDI(%rcx)
    mov %rsi, CONTEXT_RSI(%rcx)
    mov %rbx, CONTEXT_RBX(%rcx)
    mov %rbp, CONTEXT_FP(%rcx)
    mov %r10, CONTEXT_R10(%rcx)
    mov %r11, CONTEXT_R11(%rcx)
    movl $1, CONTEXT_KIND(%rcx) /* HAL_RESUME_FULL */
    popq CONTEXT_RCX(%rcx)
    pop %rdi
    pop %rsi
    popq CONTEXT_PC(%rcx)
    pop %rax
    popq CONTEXT_FLAGS(%rcx)
    popq CONTEXT_SP(%rcx)
    pop %rax
    mov %rcx, %rdx
    push $FLAGS_RESERVED /* the gate left the user's DF and AC: string direction, SMAP */
    popfq
    xor %ebp, %ebp
    call hal_trap_from_user
    ud2

from_kernel:
    cmpq $32, (%rsp)
    jae from_idle
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    push $FLAGS_RESERVED
    popfq
    mov %rsp, %rdi
    call hal_trap_from_kernel
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbx
    pop %rax
    add $16, %rsp
    iretq

from_idle:
    pop %rdi
    and $-HAL_CPU_BLOCK_SIZE, %rsp
    add $HAL_BLOCK_STACK_TOP, %rsp
    cld
    xor %ebp, %ebp
    call hal_trap_from_idle
    ud2

/* [[noreturn]] void hal_cpu_idle(void): STI holds interrupts off for one instruction, so none slips in before HLT. */
    .globl hal_cpu_idle
hal_cpu_idle:
1:  sti
    hlt
    cli
    jmp 1b

/* [[noreturn]] void hal_interrupts_take(void): the marker of hal_mark_interruptible(), for here they are open. */
    .globl hal_interrupts_take
hal_interrupts_take:
    and $-HAL_CPU_BLOCK_SIZE, %rsp
    add $HAL_BLOCK_STACK_TOP, %rsp
    xor %ebp, %ebp
    .byte 0x0f, 0x1f, 0x80, 'K', 'O', 'I', 0
    sti
    nop
    cli
    call kernel_spurious_interrupt
    ud2

/* [[noreturn]] void hal_resume_full(const struct hal_context *): flags and pc were checked by the caller. */
    .globl hal_resume_full
hal_resume_full:
    push $SELECTOR_USER_DATA
    pushq CONTEXT_SP(%rdi)
    pushq CONTEXT_FLAGS(%rdi)
    push $SELECTOR_USER_CODE
    pushq CONTEXT_PC(%rdi)
    mov CONTEXT_R12(%rdi), %r12
    mov CONTEXT_R13(%rdi), %r13
    mov CONTEXT_R14(%rdi), %r14
    mov CONTEXT_R15(%rdi), %r15
    mov CONTEXT_RDX(%rdi), %rdx
    mov CONTEXT_R8(%rdi), %r8
    mov CONTEXT_R9(%rdi), %r9
    mov CONTEXT_RAX(%rdi), %rax
    mov CONTEXT_RSI(%rdi), %rsi
    mov CONTEXT_RBX(%rdi), %rbx
    mov CONTEXT_FP(%rdi), %rbp
    mov CONTEXT_RCX(%rdi), %rcx
    mov CONTEXT_R10(%rdi), %r10
    mov CONTEXT_R11(%rdi), %r11
    mov CONTEXT_RDI(%rdi), %rdi
    iretq
