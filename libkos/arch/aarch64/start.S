/* SPDX-License-Identifier: Apache-2.0 */
/* x0 = struct kos_startup */
    .text
    .globl _start
_start:
    mov x29, xzr
    mov x30, xzr
    bl kos_start
    brk #0
