/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of every CPU: from the boot loader (Linux arm64 Image protocol) or PSCI, MMU off, at EL2 or EL1, to C code at
 * the kernel's virtual addresses. Nothing here depends on where the image was loaded.
 */
#include "offsets.h"

    .section .text.start, "ax"
    .globl hal_image_start_code
hal_image_start_code:
    b boot_start
    .word 0
    .quad 0                 /* text_offset */
    .quad hal_image_size
    .quad 0xa               /* little endian, 4 KiB pages, anywhere in memory */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .word 0

/* Boot CPU: x0 = physical address of the device tree. */
boot_start:
    mov x20, x0
    bl drop_to_el1
    adr x21, hal_image_start_code /* physical, 2 MiB aligned */
    bl make_boot_tables
    adrp x0, boot_root
    adrp x2, identity_root
    bl enable_mmu
    ldr x9, =1f             /* from physical to virtual */
    br x9
1:  adrp x9, hal_bss_start
    add x9, x9, :lo12:hal_bss_start
    adrp x10, hal_bss_end
    add x10, x10, :lo12:hal_bss_end
2:  stp xzr, xzr, [x9]      /* both ends are aligned to 64, and it is not empty */
    stp xzr, xzr, [x9, #16]
    stp xzr, xzr, [x9, #32]
    stp xzr, xzr, [x9, #48]
    add x9, x9, #64
    cmp x9, x10
    b.lo 2b
    msr tpidr_el1, xzr      /* no per-CPU area yet */
    adrp x9, boot_stack + 8192
    mov sp, x9
    mov x29, xzr
    mov x0, x20
    mov x1, x21
    bl hal_boot
    brk #0

/* Other CPUs: x0 = index. Their per-CPU block is mapped by the final kernel tables. */
    .globl hal_secondary_start
hal_secondary_start:
    mov x20, x0
    bl drop_to_el1
    adrp x0, hal_kernel_root
    adrp x2, identity_root
    bl enable_mmu
    ldr x9, =1f
    br x9
1:  ldr x1, =HAL_CPU_BLOCKS + HAL_BLOCK_AREA
    add x1, x1, x20, lsl #HAL_CPU_BLOCK_SHIFT
    sub sp, x1, #CPU_STACK_DISTANCE
    msr tpidr_el1, x1
    mov x29, xzr
    bl hal_secondary_boot
    brk #0

/* Returns at EL1 with the stack pointer of EL1 selected, all exceptions masked, MMU off. */
drop_to_el1:
    msr daifset, #15
    ldr x9, =SCTLR_OFF
    mrs x10, currentel
    cmp x10, #8
    b.eq 1f
    msr spsel, #1
    msr sctlr_el1, x9
    isb
    ret
1:  msr sctlr_el1, x9
    ldr x10, =0x30080000000 /* EL1 is AArch64; pointer authentication is not trapped */
    msr hcr_el2, x10
    isb
    mov x10, #3             /* EL1 may use the physical counter and timer */
    msr cnthctl_el2, x10
    msr cntvoff_el2, xzr
    mov x10, #0x33ff        /* FP is not trapped */
    msr cptr_el2, x10
    msr hstr_el2, xzr
    msr vttbr_el2, xzr
    mrs x10, mdcr_el2
    and x10, x10, #0x1f     /* all event counters are EL1's, nothing is trapped */
    msr mdcr_el2, x10
    mrs x10, midr_el1
    msr vpidr_el2, x10
    mrs x10, mpidr_el1
    msr vmpidr_el2, x10
    mrs x10, id_aa64pfr0_el1
    ubfx x10, x10, #24, #4
    cbz x10, 2f
    mov x10, #0xf           /* GICv3: EL1 may use the system registers */
    msr S3_4_C12_C9_5, x10  /* ICC_SRE_EL2 */
    isb
    msr S3_4_C12_C11_0, xzr /* ICH_HCR_EL2 */
2:  mov x10, #0x3c5         /* EL1h, all masked */
    msr spsr_el2, x10
    msr elr_el2, x30
    eret

/* x0, x2: physical addresses of the tables for TTBR1 and TTBR0. Destroys x3..x5. */
enable_mmu:
    ldr x3, =MAIR_VALUE
    msr mair_el1, x3
    ldr x3, =TCR_VALUE
    mrs x4, id_aa64mmfr0_el1
    and x5, x4, #0xf        /* physical address size, at most 48 bits */
    cmp x5, #5
    mov x9, #5
    csel x5, x5, x9, ls
    orr x3, x3, x5, lsl #TCR_IPS_SHIFT
    ubfx x4, x4, #4, #4     /* 2: 16-bit ASIDs */
    cmp x4, #2
    cset x4, eq
    orr x3, x3, x4, lsl #TCR_ASID16_SHIFT
    msr tcr_el1, x3
    msr ttbr0_el1, x2
    msr ttbr1_el1, x0
    isb
    tlbi vmalle1
    ic iallu
    dsb nsh
    isb
    ldr x3, =SCTLR_VALUE
    mrs x4, id_aa64mmfr1_el1
    ubfx x4, x4, #20, #4    /* PAN; without it the bit that turns its automatic off must be one */
    cmp x4, #0
    cset x4, eq
    orr x3, x3, x4, lsl #SCTLR_SPAN
    msr sctlr_el1, x3
    isb
    ret

/*
 * x21: physical address of the image.
 * Identity map of the 2 MiB with the code above, and the image in blocks, writable and executable until boot.c has made
 * the final tables. The tables are written around the caches, so stale lines are dropped before and after.
 */
#define BOOT_TABLES_SIZE (7 * 4096)
#define BOOT_BLOCK (PAGE_BLOCK | PAGE_SHAREABLE | PAGE_ACCESSED)
make_boot_tables:
    mov x15, x30
    adrp x1, boot_tables
    mov x2, #BOOT_TABLES_SIZE
    add x2, x1, x2
    mov x14, x1
    bl drop_lines
1:  stp xzr, xzr, [x14], #16
    cmp x14, x2
    b.lo 1b
    mov x3, x21
    adrp x4, identity_root
    add x5, x4, #4096
    add x6, x5, #4096
    mov x7, #PAGE_TABLE
    orr x8, x5, x7
    ubfx x9, x3, #39, #9
    str x8, [x4, x9, lsl #3]
    orr x8, x6, x7
    ubfx x9, x3, #30, #9
    str x8, [x5, x9, lsl #3]
    mov x10, #BOOT_BLOCK
    orr x8, x3, x10
    ubfx x9, x3, #21, #9
    str x8, [x6, x9, lsl #3]
    adrp x4, boot_root
    add x5, x4, #4096
    add x6, x5, #4096
    adrp x11, hal_window_table
    orr x8, x5, x7
    str x8, [x4, #511 * 8]
    orr x8, x6, x7
    str x8, [x5, #510 * 8]
    orr x8, x11, x7
    str x8, [x5, #511 * 8]
    orr x8, x3, x10
    adrp x9, hal_image_end
2:  str x8, [x6], #8
    add x8, x8, #0x200000
    add x3, x3, #0x200000
    cmp x3, x9
    b.lo 2b
    dsb sy
    mov x30, x15
    /* fall through */
/* Invalidates the data cache from x1 to x2. Destroys x12, x13. */
drop_lines:
    mrs x12, ctr_el0
    ubfx x12, x12, #16, #4
    mov x13, #4
    lsl x13, x13, x12
    mov x12, x1
3:  dc ivac, x12
    add x12, x12, x13
    cmp x12, x2
    b.lo 3b
    dsb sy
    ret

/*
 * void hal_kernel_root_activate(paddr root, u64 offset): the new tables map what the old ones map in other block sizes, so
 * the change is made from the identity map (offset: physical minus virtual address of the image).
 */
    .globl hal_kernel_root_activate
hal_kernel_root_activate:
    adr x2, 1f
    add x2, x2, x1
    adr x3, 2f
    br x2
1:  msr ttbr1_el1, x0
    isb
    tlbi vmalle1
    dsb nsh
    isb
    br x3
2:  ret

    .section .noinit, "aw", @nobits
    .balign 4096
boot_tables:
identity_root:
    .skip 3 * 4096
boot_root:
    .skip 3 * 4096
    .globl hal_window_table /* second level for the last GiB: used by the final tables too */
hal_window_table:
    .skip 4096
boot_stack:
    .skip 8192
