/* SPDX-License-Identifier: Apache-2.0 */
/* rdi = struct kos_startup */
    .text
    .globl _start
_start:
    xor %ebp, %ebp
    and $-16, %rsp
    call kos_start
    ud2
