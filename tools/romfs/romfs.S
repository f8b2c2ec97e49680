/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a ROMFS image into a kernel image: kernel/main.c. */
    .section .romfs, "a"
    .balign 4096
    .globl romfs_start, romfs_end
romfs_start:
    .incbin ROMFS
romfs_end:
