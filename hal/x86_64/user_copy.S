/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only instructions that touch user memory. A page fault between hal_user_access_start and hal_user_access_end goes
 * on at hal_user_access_failed (trap.c).
 */
    .text
    .globl hal_user_access_start, hal_user_access_end, hal_user_access_failed

/* bool hal_user_copy(void *to, const void *from, size_t size) */
    .globl hal_user_copy
    .balign 16
hal_user_copy:
    mov %rdx, %rcx
    shr $3, %rcx
    and $7, %edx
hal_user_access_start:
    rep movsq
    mov %edx, %ecx
    rep movsb
    mov $1, %eax
    ret

/* bool hal_user_load_32(void *to, const void *from) */
    .globl hal_user_load_32
hal_user_load_32:
    mov (%rsi), %rax
    mov 8(%rsi), %rcx
    mov 16(%rsi), %rdx
    mov 24(%rsi), %r8
    mov %rax, (%rdi)
    mov %rcx, 8(%rdi)
    mov %rdx, 16(%rdi)
    mov %r8, 24(%rdi)
    mov $1, %eax
    ret

/* bool hal_user_load_u32(u32 *value, const u32 *from) */
    .globl hal_user_load_u32
hal_user_load_u32:
    mov (%rsi), %eax
hal_user_access_end:
    mov %eax, (%rdi)
    mov $1, %eax
    ret

hal_user_access_failed:
    xor %eax, %eax
    ret
