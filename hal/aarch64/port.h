/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the port tell each other; assembly symbols by the file that defines them. */
#pragma once

#include "fdt.h"
#include "offsets.h"
#include <hal/upcall.h>

/* linker.ld */
extern char hal_image_start[], hal_text_end[], hal_rodata_end[], hal_image_end[];

/* boot.S */
void hal_secondary_start(void);
void hal_kernel_root_activate(paddr root, u64 offset);
extern u64 hal_window_table[512];

/* boot.c, called by boot.S */
[[noreturn]] void hal_boot(paddr device_tree, paddr image);
extern u64 hal_image_offset;            /* physical minus virtual address of the image */
extern struct fdt_info hal_device_tree; /* constant after boot; cpus[] in order of CPU index */

/* cpu_start.c, called by boot.S */
[[noreturn]] void hal_secondary_boot(void);

/* memory_ranges.c: what of RAM is free. */
void hal_ranges_add(struct hal_boot_info *info, u64 start, u64 size);
void hal_ranges_remove(struct hal_boot_info *info, u64 start, u64 size);
paddr hal_ranges_take_page(struct hal_boot_info *info); /* PADDR_NONE if there is none */

/* cpu.c: control registers of this CPU, and its per-CPU structure; then interrupt controller and timer. */
void hal_cpu_init(u32 index);
#define MPIDR_AFFINITY 0xff00ffffffULL

/* vectors.S, resume.S */
extern char hal_vectors[], hal_vectors_diverted[];
[[noreturn]] void hal_resume_status(struct hal_context *context, struct hal_cpu *cpu);
[[noreturn]] void hal_resume_call(struct hal_context *context, struct hal_cpu *cpu);
[[noreturn]] void hal_resume_full(struct hal_context *context);

/* trap.c, called by vectors.S */
struct kernel_frame {
    u64 x[31];
    u64 sp, pc, spsr;
};
[[noreturn]] void hal_trap_user(struct hal_context *context);
[[noreturn]] void hal_trap_interrupt(void);
void hal_trap_kernel(struct kernel_frame *frame);
[[noreturn]] void hal_trap_stack_lost(u64 frame_pointer, u64 sp);
[[noreturn]] void hal_trap_unexpected(u64 which, u64 sp);
const char *hal_syndrome_name(u64 syndrome); /* trap_names.c */

/* user_copy.S */
bool hal_user_copy_in(void *to, vaddr from, size_t size);
bool hal_user_copy_out(vaddr to, const void *from, size_t size);
bool hal_user_load(u32 *value, vaddr from);
bool hal_user_load_32(void *to, vaddr from);
extern char hal_user_access_start[], hal_user_access_end[], hal_user_access_failed[];

/* fpu_registers.S */
void hal_fpu_save(void *state);
void hal_fpu_load(const void *state);

/* gic.c: events are what an acknowledged interrupt means; it is already completed when returned. */
enum gic_event { GIC_TIMER, GIC_IPI, GIC_DEVICE, GIC_OTHER };
void hal_gic_init(void);                /* boot CPU: maps and sets up the distributor */
void hal_gic_cpu_init(void);            /* each CPU */
enum gic_event hal_gic_take(u32 *line); /* line: of GIC_DEVICE, which is masked if it is level-triggered */

/* pmu.c */
void hal_pmu_cpu_init(void);        /* each CPU, before its interrupts */
bool hal_pmu_overflowed(u64 *late); /* the sampling counter: true once for each time, and it has begun anew */

/* timer.c */
void hal_timer_init(void);     /* boot CPU */
void hal_timer_cpu_init(void); /* each CPU */
void hal_timer_stop(void);

/* console.c, power.c, paging.c */
void hal_console_init(void);
s64 hal_psci_call(u64 function, u64 argument0, u64 argument1, u64 argument2);
#define PSCI_CPU_ON       0xc4000003U
#define PSCI_SYSTEM_OFF   0x84000008U
#define PSCI_SYSTEM_RESET 0x84000009U
void hal_space_activate_none(void);

#define read_register(name)                                                                                            \
    ({                                                                                                                 \
        u64 value_;                                                                                                    \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory");                                                   \
        value_;                                                                                                        \
    })
#define write_register(name, value) __asm__ volatile("msr " #name ", %0" ::"r"((u64)(value)) : "memory")
#define barrier(instruction)        __asm__ volatile(instruction ::: "memory")
