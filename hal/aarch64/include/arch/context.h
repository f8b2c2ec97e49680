/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User state of a thread on aarch64. A register has one place whatever the kind. SP_EL1 points to the current context
 * while the CPU is in user mode. The fast path touches only the first cache line.
 *
 *   words[0..7] = x20 x21 x22 x23 x26 x28 x0 x2   selector = x24   info = x25   receive = x3
 *
 * hal/aarch64/offsets.h has the offsets for assembly; trap.c asserts them.
 */
#pragma once

#include <hal/base.h>

struct hal_cpu;
struct hal_space;

struct hal_context {
    alignas(16) word pc;
    word sp;
    word fp;  /* x29 */
    word x19; /* preserved by system calls */
    word receive;
    word thread_pointer;
    word space_word; /* copy of space->space_word */
    word x16;        /* scratch of the entry stub */
    /* second cache line */
    word words[8];
    /* third cache line */
    word selector;
    word info;
    struct hal_space *space;
    void *fpu;
    u32 kind;
    u32 reserved;
    /* only in a FULL context */
    word spsr;
    word x1, x17;
    word x4[12]; /* x4..x15 */
    word x18, x27;
    word x30, reserved2;
};

/* Parameters as HAL_FAST_PARAMETERS of <hal/context.h>. */
static inline __attribute__((always_inline)) void hal_fast_spill(word w0, word w1, word w2, word w3, word selector,
                                                                 word info, word w4, struct hal_context *self, word w5,
                                                                 word w6, struct hal_cpu *cpu, word w7)
{
    (void)cpu;
    self->words[0] = w0;
    self->words[1] = w1;
    self->words[2] = w2;
    self->words[3] = w3;
    self->words[4] = w4;
    self->words[5] = w5;
    self->words[6] = w6;
    self->words[7] = w7;
    self->selector = selector;
    self->info = info;
    self->kind = 0; /* HAL_RESUME_CALL */
}

/*
 * Compares with the register, not with prev: right also after hal_space_leave(). ASID 0 is shared by all spaces that
 * got none of their own, so its translations are dropped when it changes hands. next must have a space.
 */
static inline __attribute__((always_inline)) void hal_switch_space(const struct hal_context *prev,
                                                                   const struct hal_context *next)
{
    (void)prev;
    const word space_word = next->space_word;
    word active;
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(next->thread_pointer));
    __asm__ volatile("mrs %0, ttbr0_el1" : "=r"(active));
    if (active != space_word) {
        __asm__ volatile("msr ttbr0_el1, %0\n\tisb" ::"r"(space_word) : "memory");
        if (__builtin_expect((space_word >> 48) == 0, 0))
            __asm__ volatile("tlbi aside1, xzr\n\tdsb nsh\n\tisb" ::: "memory");
    }
}
