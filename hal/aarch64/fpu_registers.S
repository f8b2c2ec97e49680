/* SPDX-License-Identifier: Apache-2.0 */
/* The FP registers to and from memory; the kernel itself is compiled without them. State: q0..q31, FPSR, FPCR. */
    .arch_extension fp
    .arch_extension simd
    .text

    .macro all_pairs operation
    \operation q0, q1, [x0]
    \operation q2, q3, [x0, #32]
    \operation q4, q5, [x0, #64]
    \operation q6, q7, [x0, #96]
    \operation q8, q9, [x0, #128]
    \operation q10, q11, [x0, #160]
    \operation q12, q13, [x0, #192]
    \operation q14, q15, [x0, #224]
    \operation q16, q17, [x0, #256]
    \operation q18, q19, [x0, #288]
    \operation q20, q21, [x0, #320]
    \operation q22, q23, [x0, #352]
    \operation q24, q25, [x0, #384]
    \operation q26, q27, [x0, #416]
    \operation q28, q29, [x0, #448]
    \operation q30, q31, [x0, #480]
    .endm

/* void hal_fpu_save(void *state) */
    .globl hal_fpu_save
hal_fpu_save:
    all_pairs stp
    mrs x1, fpsr
    mrs x2, fpcr
    add x0, x0, #512
    stp x1, x2, [x0]
    ret

/* void hal_fpu_load(const void *state) */
    .globl hal_fpu_load
hal_fpu_load:
    all_pairs ldp
    add x0, x0, #512
    ldp x1, x2, [x0]
    msr fpsr, x1
    msr fpcr, x2
    ret
