/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of the boot CPU (PVH: 32-bit protected mode, paging off, ebx = physical address of hvm_start_info) and of the
 * other CPUs (real mode, trampoline). Both end in long mode at the kernel's addresses on their own kernel stack.
 */
#include <hal/x86_64/offsets.h>

#define PHYSICAL(symbol) (symbol - HAL_KERNEL_BASE)
#define TABLE (PAGE_PRESENT | PAGE_WRITABLE)
#define DATA_PAGE (PAGE_NO_EXECUTE | PAGE_GLOBAL | PAGE_ACCESSED_DIRTY | PAGE_PRESENT | PAGE_WRITABLE)
#define CODE_PAGE (PAGE_GLOBAL | PAGE_ACCESSED_DIRTY | PAGE_PRESENT)

    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 4, 18 /* name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long PHYSICAL(hal_pvh_entry)

    .section .text.start, "ax", @progbits
    .code32
    .globl hal_pvh_entry
hal_pvh_entry:
    cli
    cld
    lgdt PHYSICAL(boot_gdt_pointer)
    mov %ebx, %esi
    mov $PHYSICAL(boot_start), %edi
    jmp enter_long_mode

    /* Other CPUs, from the trampoline: flat protected mode by boot_gdt. */
secondary_start32:
    mov $SELECTOR_KERNEL_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $PHYSICAL(secondary_start), %edi

    /* edi: where to go on, esi: kept. */
enter_long_mode:
    mov $PHYSICAL(boot_root), %eax
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x20, %eax /* PAE */
    mov %eax, %cr4
    mov $0xc0000080, %ecx /* EFER: SCE, LME, NXE */
    rdmsr
    or $0x901, %eax
    wrmsr
    mov %cr0, %eax
    and $0x9fffffff, %eax /* caches on */
    or $0x80010001, %eax  /* PG, WP, PE */
    mov %eax, %cr0
    ljmp $SELECTOR_KERNEL_CODE, $PHYSICAL(long_mode)

    .code64
long_mode:
    mov $HAL_KERNEL_BASE, %rax
    add %rax, %rdi
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    jmp *%rdi

boot_start:
    mov $(HAL_CPU_BLOCKS + HAL_BLOCK_STACK_TOP), %rsp
    mov %esi, %edi
    xor %ebp, %ebp
    call hal_boot_main
    ud2

    /* Takes the stack that hal_cpu_start() has laid out; who finds none came too late and stops. */
secondary_start:
    mov hal_kernel_root(%rip), %rax
    mov %rax, %cr3
    xor %eax, %eax
    xchg %rax, hal_secondary_stack(%rip)
    test %rax, %rax
    jz 1f
    mov %rax, %rsp
    xor %ebp, %ebp
    call hal_secondary_main
1:  cli
    hlt
    jmp 1b

    /* Copied to a page below 640 KiB, started there by SIPI at offset 0; independent of its address. */
    .section .rodata
    .code16
    .globl hal_trampoline, hal_trampoline_end
hal_trampoline:
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    lgdtl trampoline_gdt_pointer - hal_trampoline
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $SELECTOR_SYSRET_BASE & ~3, $PHYSICAL(secondary_start32)
    .balign 4
trampoline_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .long PHYSICAL(boot_gdt)
hal_trampoline_end:
    .code64

    .balign 16
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* 64-bit code */
    .quad 0x00cf93000000ffff /* data */
    .quad 0x00cf9b000000ffff /* 32-bit code */
boot_gdt_end:
boot_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .long PHYSICAL(boot_gdt)

/*
 * First page tables: the first GiB at 0 (only while a CPU starts), in the direct map and at the kernel's addresses.
 * boot_paging.c makes the kernel's root, which keeps only boot_high and what is below it.
 */
    .section .data.page, "aw", @progbits
    .balign 4096
    .globl boot_root, boot_high, boot_blocks_directory, boot_blocks_table
boot_root:
    .quad PHYSICAL(boot_low) + TABLE
    .fill 255, 8, 0
    .quad PHYSICAL(boot_low) + TABLE
    .fill 254, 8, 0
    .quad PHYSICAL(boot_high) + TABLE
boot_low:
    .quad PHYSICAL(boot_directory) + TABLE
    .fill 511, 8, 0
boot_high:
    .fill 510, 8, 0
    .quad PHYSICAL(boot_directory) + TABLE
    .quad PHYSICAL(boot_blocks_directory) + TABLE
boot_directory:
    .set address, 0
    .rept 512
    .quad address + PAGE_LARGE + TABLE
    .set address, address + 0x200000
    .endr
boot_blocks_directory:
    .quad PHYSICAL(boot_blocks_table) + TABLE
    .fill 511, 8, 0
boot_blocks_table: /* the block of the boot CPU, as layout.h has it */
    .quad 0
    .quad PHYSICAL(boot_block) + DATA_PAGE
    .quad 0
    .quad PHYSICAL(boot_block) + 0x1000 + DATA_PAGE
    .quad 0
    .quad PHYSICAL(boot_block) + 0x2000 + DATA_PAGE
    .quad 0
    .quad PHYSICAL(boot_block) + 0x3000 + DATA_PAGE
    .quad PHYSICAL(boot_block) + 0x4000 + DATA_PAGE
    .quad PHYSICAL(boot_block) + 0x5000 + DATA_PAGE
    .quad PHYSICAL(boot_block) + 0x6000 + DATA_PAGE
    .quad 0
    .quad PHYSICAL(boot_block) + 0x7000 + DATA_PAGE
    .quad PHYSICAL(boot_block) + 0x8000 + CODE_PAGE
    .quad PHYSICAL(boot_block) + 0x9000 + DATA_PAGE
    .quad 0
    .fill 496, 8, 0

    .section .bss.page, "aw", @nobits
    .balign 4096
boot_block:
    .skip 0xa000
