/* SPDX-License-Identifier: Apache-2.0 */
/* Contract in hal/stack.h. A copy: stack pointer, number of bytes, bytes. The stack pointer is always a multiple of 16. */
#include "offsets.h"

    .text
    .globl hal_stack_save, hal_stack_restore
    .balign 16
hal_stack_save:
    stp x29, x30, [sp, #-96]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    mrs x3, tpidr_el1
    sub x3, x3, #CPU_STACK_DISTANCE
    mov x4, sp
    sub x5, x3, x4
    add x6, x5, #16
    mov x2, x0
    mov x0, #2              /* HAL_STACK_TOO_BIG */
    cmp x6, x1
    b.hi 2f
    stp x4, x5, [x2], #16
1:  ldp x6, x7, [x4], #16
    stp x6, x7, [x2], #16
    cmp x4, x3
    b.lo 1b
    mov x0, #0              /* HAL_STACK_SAVED */
2:  add sp, sp, #96         /* they still have their values */
    ret

    .balign 16
hal_stack_restore:
    ldp x4, x5, [x0], #16
    mov sp, x4
    add x3, x4, x5
1:  ldp x6, x7, [x0], #16
    stp x6, x7, [x4], #16
    cmp x4, x3
    b.lo 1b
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp x29, x30, [sp], #96
    mov x0, #1              /* HAL_STACK_RESTORED */
    ret
