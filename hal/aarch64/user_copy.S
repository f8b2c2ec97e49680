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
/* bool hal_user_copy_in(void *to, vaddr from, size_t size) */
    .globl hal_user_copy_in
hal_user_copy_in:
    subs x2, x2, #32
    b.lo 2f
1:  ldtr x3, [x1]
    ldtr x4, [x1, #8]
    ldtr x5, [x1, #16]
    ldtr x6, [x1, #24]
    add x1, x1, #32
    stp x3, x4, [x0], #16
    stp x5, x6, [x0], #16
    subs x2, x2, #32
    b.hs 1b
2:  add x2, x2, #32
    cmp x2, #8
    b.lo 4f
3:  ldtr x3, [x1]
    add x1, x1, #8
    str x3, [x0], #8
    sub x2, x2, #8
    cmp x2, #8
    b.hs 3b
4:  cbz x2, 6f
5:  ldtrb w3, [x1]
    add x1, x1, #1
    strb w3, [x0], #1
    subs x2, x2, #1
    b.ne 5b
6:  mov w0, #1
    ret

/* bool hal_user_copy_out(vaddr to, const void *from, size_t size) */
    .globl hal_user_copy_out
hal_user_copy_out:
    subs x2, x2, #32
    b.lo 2f
1:  ldp x3, x4, [x1], #16
    ldp x5, x6, [x1], #16
    sttr x3, [x0]
    sttr x4, [x0, #8]
    sttr x5, [x0, #16]
    sttr x6, [x0, #24]
    add x0, x0, #32
    subs x2, x2, #32
    b.hs 1b
2:  add x2, x2, #32
    cmp x2, #8
    b.lo 4f
3:  ldr x3, [x1], #8
    sttr x3, [x0]
    add x0, x0, #8
    sub x2, x2, #8
    cmp x2, #8
    b.hs 3b
4:  cbz x2, 6f
5:  ldrb w3, [x1], #1
    sttrb w3, [x0]
    add x0, x0, #1
    subs x2, x2, #1
    b.ne 5b
6:  mov w0, #1
    ret

/* bool hal_user_load_32(void *to, vaddr from) */
    .globl hal_user_load_32
hal_user_load_32:
    ldtr x3, [x1]
    ldtr x4, [x1, #8]
    ldtr x5, [x1, #16]
    ldtr x6, [x1, #24]
    stp x3, x4, [x0]
    stp x5, x6, [x0, #16]
    mov w0, #1
    ret

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
