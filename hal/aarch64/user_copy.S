/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only instructions that touch user memory: loads and stores with the user's rights, so PAN stays on and the kernel
 * can never be led to an address that the user could not use. A fault between hal_user_access_start and
 * hal_user_access_end goes on at hal_user_access_failed (trap.c). Leaf functions: x19..x30 kept.
 */
    .text
    .globl hal_user_access_start, hal_user_access_end, hal_user_access_failed
    .balign 16

hal_user_access_start:
/* 8, 16, 32 or 64 bytes from or to x3 and x5 to x11: of the user one by one, as those instructions move no address. */
    .macro user_bytes move, at, bytes
    \move x3, [\at]
    .if \bytes > 8
    \move x5, [\at, #8]
    .endif
    .if \bytes > 16
    \move x6, [\at, #16]
    \move x7, [\at, #24]
    .endif
    .if \bytes > 32
    \move x8, [\at, #32]
    \move x9, [\at, #40]
    \move x10, [\at, #48]
    \move x11, [\at, #56]
    .endif
    add \at, \at, #\bytes
    .endm
    .macro kernel_bytes move, at, bytes
    \move x3, x5, [\at], #16
    .if \bytes > 16
    \move x6, x7, [\at], #16
    .endif
    .if \bytes > 32
    \move x8, x9, [\at], #16
    \move x10, x11, [\at], #16
    .endif
    .endm
    .macro copy_bytes way, bytes
    .ifc \way, in
    user_bytes ldtr, x1, \bytes
    kernel_bytes stp, x0, \bytes
    .else
    kernel_bytes ldp, x1, \bytes
    user_bytes sttr, x0, \bytes
    .endif
    .endm
    /* part: what ends the instruction's name; the last byte moves no address */
    .macro copy_one way, register, bytes, part
    .ifc \way, in
    ldtr\part \register, [x1]
    .if \bytes > 1
    add x1, x1, #\bytes
    .endif
    str\part \register, [x0], #\bytes
    .else
    ldr\part \register, [x1], #\bytes
    sttr\part \register, [x0]
    .if \bytes > 1
    add x0, x0, #\bytes
    .endif
    .endif
    .endm
/* 64 bytes at a time, then what each bit of the size stands for. */
    .macro copy way
    ands x4, x2, #~63
    b.eq 2f
1:  copy_bytes \way, 64
    subs x4, x4, #64
    b.ne 1b
2:  tbz x2, #5, 3f
    copy_bytes \way, 32
3:  ands x4, x2, #31
    b.eq 8f
    tbz x2, #4, 4f
    copy_bytes \way, 16
4:  tbz x2, #3, 5f
    copy_one \way, x3, 8
5:  tst x2, #7
    b.eq 8f
    tbz x2, #2, 6f
    copy_one \way, w3, 4
6:  tbz x2, #1, 7f
    copy_one \way, w3, 2, h
7:  tbz x2, #0, 8f
    copy_one \way, w3, 1, b
8:  mov w0, #1
    ret
    .endm

/* bool hal_user_copy_in(void *to, vaddr from, size_t size) */
    .globl hal_user_copy_in
hal_user_copy_in:
    copy in

/* bool hal_user_copy_out(vaddr to, const void *from, size_t size) */
    .globl hal_user_copy_out
hal_user_copy_out:
    copy out

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
