/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only instructions that touch user memory: loads and stores with the user's rights, so PAN stays on and the kernel
 * can never be led to an address that the user could not use. A fault between hal_user_access_start and
 * hal_user_access_end that cannot be resolved continues at hal_user_access_failed (trap.c). Leaf functions: x19..x30 kept.
 */
    .text
    .globl hal_user_access_start, hal_user_access_end, hal_user_access_failed
    .balign 16

hal_user_access_start:
/* Both copies: 64 bytes at a time, then what each bit of the size stands for. */

/* bool hal_user_copy_in(void *to, vaddr from, size_t size) */
    .globl hal_user_copy_in
hal_user_copy_in:
    ands x4, x2, #~63
    b.eq 2f
1:  ldtr x3, [x1]
    ldtr x5, [x1, #8]
    ldtr x6, [x1, #16]
    ldtr x7, [x1, #24]
    ldtr x8, [x1, #32]
    ldtr x9, [x1, #40]
    ldtr x10, [x1, #48]
    ldtr x11, [x1, #56]
    add x1, x1, #64
    stp x3, x5, [x0], #16
    stp x6, x7, [x0], #16
    stp x8, x9, [x0], #16
    stp x10, x11, [x0], #16
    subs x4, x4, #64
    b.ne 1b
2:  tbz x2, #5, 3f
    ldtr x3, [x1]
    ldtr x5, [x1, #8]
    ldtr x6, [x1, #16]
    ldtr x7, [x1, #24]
    add x1, x1, #32
    stp x3, x5, [x0], #16
    stp x6, x7, [x0], #16
3:  ands x4, x2, #31
    b.eq 8f
    tbz x2, #4, 4f
    ldtr x3, [x1]
    ldtr x5, [x1, #8]
    add x1, x1, #16
    stp x3, x5, [x0], #16
4:  tbz x2, #3, 5f
    ldtr x3, [x1]
    add x1, x1, #8
    str x3, [x0], #8
5:  tst x2, #7
    b.eq 8f
    tbz x2, #2, 6f
    ldtr w3, [x1]
    add x1, x1, #4
    str w3, [x0], #4
6:  tbz x2, #1, 7f
    ldtrh w3, [x1]
    add x1, x1, #2
    strh w3, [x0], #2
7:  tbz x2, #0, 8f
    ldtrb w3, [x1]
    strb w3, [x0]
8:  mov w0, #1
    ret

/* bool hal_user_copy_out(vaddr to, const void *from, size_t size) */
    .globl hal_user_copy_out
hal_user_copy_out:
    ands x4, x2, #~63
    b.eq 2f
1:  ldp x3, x5, [x1], #16
    ldp x6, x7, [x1], #16
    ldp x8, x9, [x1], #16
    ldp x10, x11, [x1], #16
    sttr x3, [x0]
    sttr x5, [x0, #8]
    sttr x6, [x0, #16]
    sttr x7, [x0, #24]
    sttr x8, [x0, #32]
    sttr x9, [x0, #40]
    sttr x10, [x0, #48]
    sttr x11, [x0, #56]
    add x0, x0, #64
    subs x4, x4, #64
    b.ne 1b
2:  tbz x2, #5, 3f
    ldp x3, x5, [x1], #16
    ldp x6, x7, [x1], #16
    sttr x3, [x0]
    sttr x5, [x0, #8]
    sttr x6, [x0, #16]
    sttr x7, [x0, #24]
    add x0, x0, #32
3:  ands x4, x2, #31
    b.eq 8f
    tbz x2, #4, 4f
    ldp x3, x5, [x1], #16
    sttr x3, [x0]
    sttr x5, [x0, #8]
    add x0, x0, #16
4:  tbz x2, #3, 5f
    ldr x3, [x1], #8
    sttr x3, [x0]
    add x0, x0, #8
5:  tst x2, #7
    b.eq 8f
    tbz x2, #2, 6f
    ldr w3, [x1], #4
    sttr w3, [x0]
    add x0, x0, #4
6:  tbz x2, #1, 7f
    ldrh w3, [x1], #2
    sttrh w3, [x0]
    add x0, x0, #2
7:  tbz x2, #0, 8f
    ldrb w3, [x1]
    sttrb w3, [x0]
8:  mov w0, #1
    ret

/* bool hal_user_load_32(void *to, vaddr from) */
    .globl hal_user_load_32, hal_user_load_32_end
hal_user_load_32:
    ldtr x3, [x1]
    ldtr x4, [x1, #8]
    ldtr x5, [x1, #16]
    ldtr x6, [x1, #24]
    stp x3, x4, [x0]
    stp x5, x6, [x0, #16]
    mov w0, #1
    ret
hal_user_load_32_end:

/* bool hal_user_load(u32 *value, vaddr from) */
    .globl hal_user_load
hal_user_load:
    ldtr w3, [x1]
    str w3, [x0]
    mov w0, #1
    ret
hal_user_access_end:

hal_user_access_failed:
    mov w0, #0
    ret
