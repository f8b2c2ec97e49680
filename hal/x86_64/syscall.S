/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a system call into the kernel and out of it. Message registers are those of clang's preserve_none
 * convention (README.md), so nothing is moved: rcx and r11, which SYSCALL overwrites, become self and cpu.
 */
#include <hal/x86_64/offsets.h>

#define AREA (hal_entry_stub - (HAL_BLOCK_CODE - HAL_BLOCK_AREA))
#define STACK_TOP (hal_entry_stub - (HAL_BLOCK_CODE - HAL_BLOCK_STACK_TOP))

/*
 * Copied to offset 0 of each CPU's code page, where the rip-relative operands meet that CPU's area and stack. The
 * jumps are corrected by cpu.c when it copies. At SYSCALL: rip in rcx, rflags in r11, rsp still the user's.
 * The stack is left as a called function expects it.
 */
    .macro ENTER
    mov AREA + CPU_CURRENT(%rip), %r11
    mov %rcx, CONTEXT_PC(%r11)
    mov %rsp, CONTEXT_SP(%r11)
    mov %rbp, CONTEXT_FP(%r11)
    mov %rbx, CONTEXT_RBX(%r11)
    mov %r11, %rcx
    lea AREA(%rip), %r11
    lea STACK_TOP - 8(%rip), %rsp
    .endm

    .section .text.stub, "ax", @progbits /* never run here; its symbols are those of code */
    .balign 64
    .globl hal_entry_stub, hal_entry_stub_reply, hal_entry_stub_call, hal_entry_stub_end
    .globl hal_entry_stub_diverted, hal_entry_stub_diverted_jump
hal_entry_stub:
    ENTER
    test %rdi, %rdi
    .byte 0x0f, 0x88 /* js kernel_reply_entry */
hal_entry_stub_reply:
    .long kernel_reply_entry - . - 4
    .byte 0xe9 /* jmp kernel_call_entry */
hal_entry_stub_call:
    .long kernel_call_entry - . - 4
    .balign 64
hal_entry_stub_diverted:
    ENTER
    .byte 0xe9 /* jmp kernel_diverted_entry */
hal_entry_stub_diverted_jump:
    .long kernel_diverted_entry - . - 4
hal_entry_stub_end:

/*
 * preserve_none, self in rcx. pc was stored by the stub or checked by hal_resume(), so it is canonical and SYSRET cannot
 * fault. From the load of rsp on only NMI and machine check can come, on stacks of their own.
 */
    .section .text.fast, "ax", @progbits
    .balign 64
    .globl hal_fast_resume, hal_fast_resume_status, hal_fast_resume_empty, hal_fast_resume_shorter
/* Jumps behind the last word that the message has: three bytes per word, and three words of header. */
hal_fast_resume_shorter:
    mov %rsi, %r10
    shr $35, %r10
    lea (%r10, %r10, 2), %r10
    lea .Lempty - 9(%rip), %rbx
    add %rbx, %r10
    jmp *%r10
hal_fast_resume_empty:
.Lempty:
    xor %r12d, %r12d
    xor %r13d, %r13d
    xor %r14d, %r14d
    xor %r15d, %r15d
    .byte 0x40, 0x31, 0xd2 /* xor %edx, %edx with a prefix that makes it three bytes */
    xor %r8d, %r8d
    xor %r9d, %r9d
    .byte 0x40, 0x31, 0xc0 /* xor %eax, %eax likewise */
hal_fast_resume:
    xor %edi, %edi
hal_fast_resume_status:
    mov CONTEXT_SP(%rcx), %rsp
    mov CONTEXT_FP(%rcx), %rbp
    mov CONTEXT_PC(%rcx), %rcx
    xor %ebx, %ebx
    xor %r10d, %r10d
    mov $FLAGS_USER, %r11d
    sysretq

/* [[noreturn]] void hal_resume_status(const struct hal_context *): info from the context, the rest zero. */
    .globl hal_resume_status
hal_resume_status:
    mov %rdi, %rcx
    mov CONTEXT_RSI(%rcx), %rsi
    jmp .Lempty /* the local name: benchmarks/scale/biglock.c leads the global one elsewhere, where cpu is wanted */

/* [[noreturn]] void hal_resume_call(const struct hal_context *): message and status from the context, the rest zero. */
    .text
    .globl hal_resume_call
hal_resume_call:
    mov %rdi, %rcx
    mov CONTEXT_R12(%rcx), %r12
    mov CONTEXT_R13(%rcx), %r13
    mov CONTEXT_R14(%rcx), %r14
    mov CONTEXT_R15(%rcx), %r15
    mov CONTEXT_RDX(%rcx), %rdx
    mov CONTEXT_R8(%rcx), %r8
    mov CONTEXT_R9(%rcx), %r9
    mov CONTEXT_RAX(%rcx), %rax
    mov CONTEXT_RSI(%rcx), %rsi
    mov CONTEXT_RDI(%rcx), %rdi
    mov CONTEXT_SP(%rcx), %rsp
    mov CONTEXT_FP(%rcx), %rbp
    mov CONTEXT_PC(%rcx), %rcx
    xor %ebx, %ebx
    xor %r10d, %r10d
    mov $FLAGS_USER, %r11d
    sysretq
