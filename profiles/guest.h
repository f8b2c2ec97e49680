/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plugin reads of the machine: registers, memory, which thread runs. QEMU's plugin interface of version 1 has
 * neither registers nor memory; QEMU exports these functions for its own modules, and they have not changed in years.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct guest_registers {
    uint64_t frame, stack, link; /* link: aarch64 */
};

struct guest_thread {
    uint32_t task, thread;
    bool idle;
    uint64_t task_address; /* of its struct task; 0: not known */
};

/* Reads the symbol kernel_observe out of the kernel's file: false, with a message, if it is no kernel of ours. */
bool guest_open(const char *kernel_path);
/* Which of RAW_FUNCTIONS begins at an address, or RAW_FUNCTION_COUNT. */
unsigned guest_function(uint64_t address);
uint32_t guest_machine(void); /* of the kernel's file: EM_X86_64, EM_AARCH64 */

/* On a CPU's own thread, at the start of a translated block. in_kernel: of that block. */
struct guest_registers guest_registers(unsigned cpu);
/* Memory that the CPU can read now. */
bool guest_read(unsigned cpu, uint64_t address, void *to, uint32_t size);
struct guest_thread guest_thread(unsigned cpu, bool in_kernel);
/* A task's name (RAW_NAME_SIZE bytes), load address, and the address of its file. */
bool guest_task(unsigned cpu, bool in_kernel, uint64_t task, char *name, uint64_t *image_base, uint64_t *file);
/* From time to time on the CPU's own thread while it is in the kernel: finds what guest_events() will need. */
void guest_look(unsigned cpu);
/* The event counters of one CPU (KOS_EVENT_COUNTERS of them). From any thread; what the kernel has mapped before. */
bool guest_events(unsigned cpu, uint64_t *counters);
