/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point registers, to and from a buffer of FP_BYTES (fp.h): rdi.
 *   0    16 * 32  ymm0..ymm15 (without AVX: their lower halves)
 *   512  4        mxcsr
 *   516  2        x87 control word
 */
    .text
/* rax = 1 if user programs may use ymm registers; keeps rdi */
avx_usable:
    push %rbx
    mov $1, %eax
    xor %ecx, %ecx
    cpuid
    pop %rbx
    xor %eax, %eax
    bt $27, %ecx
    jnc 1f
    xor %ecx, %ecx
    xgetbv
    shr $2, %eax
    and $1, %eax
1:  ret

    .macro all_registers instruction, register, direction
    .set number, 0
    .rept 16
    one_register \instruction, \register, %number, \direction
    .set number, number + 1
    .endr
    .endm
    .altmacro
    .macro one_register instruction, register, number, direction
    .ifc \direction, load
    \instruction 32 * \number(%rdi), %\register\number
    .else
    \instruction %\register\number, 32 * \number(%rdi)
    .endif
    .endm

    .globl fp_load, fp_store
fp_load:
    call avx_usable
    test %eax, %eax
    jz 1f
    all_registers vmovdqu, ymm, load
    jmp 2f
1:  all_registers movdqu, xmm, load
2:  ldmxcsr 512(%rdi)
    fldcw 516(%rdi)
    ret

fp_store:
    call avx_usable
    test %eax, %eax
    jz 1f
    all_registers vmovdqu, ymm, store
    jmp 2f
1:  all_registers movdqu, xmm, store
2:  stmxcsr 512(%rdi)
    fnstcw 516(%rdi)
    ret

/* esi: rounding mode */
    .globl fp_controls
fp_controls:
    mov %esi, %eax
    shl $13, %eax
    or $0x1f80, %eax
    mov %eax, 512(%rdi)
    shl $10, %esi
    or $0x37f, %esi
    mov %si, 516(%rdi)
    movw $0, 518(%rdi)
    ret
