/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point registers, to and from a buffer of FP_BYTES (fp.h): x0.
 *   0    32 * 16  q0..q31
 *   512  4        fpcr
 *   516  4        fpsr
 */
    .altmacro
    .macro pair instruction, first, second, offset
    \instruction q\first, q\second, [x0, #\offset]
    .endm
    .macro all_registers instruction
    .set number, 0
    .rept 16
    .set following, number + 1
    .set place, 16 * number
    pair \instruction, %number, %following, %place
    .set number, number + 2
    .endr
    .endm

    .text
    .globl fp_load, fp_store
fp_load:
    all_registers ldp
    ldr w1, [x0, #512]
    msr fpcr, x1
    ldr w1, [x0, #516]
    msr fpsr, x1
    ret

fp_store:
    all_registers stp
    mrs x1, fpcr
    str w1, [x0, #512]
    mrs x1, fpsr
    str w1, [x0, #516]
    ret

/* w1: rounding mode; also a cumulative flag */
    .globl fp_controls
fp_controls:
    lsl w2, w1, #22
    mov w3, #1
    lsl w3, w3, w1
    cmp w1, #0
    csel w3, wzr, w3, eq
    str w2, [x0, #512]
    str w3, [x0, #516]
    ret
