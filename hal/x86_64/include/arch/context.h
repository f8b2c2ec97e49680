/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User state of a thread on x86_64. A register has one place whatever the kind: the message registers in the message
 * fields, so that one restore sequence serves both kinds.
 *
 *   words[0..7] = r12 r13 r14 r15 rdx r8 r9 rax   selector = rdi   info = rsi   receive = rbx
 *
 * hal/x86_64/offsets.h has the offsets for assembly; trap.c asserts them. The fast path touches the first two lines.
 */
#pragma once

#include <hal/base.h>

struct hal_cpu;
struct hal_space;

struct hal_context {
    word words[8];
    /* second cache line */
    word selector;
    word info;
    word receive;
    word pc, sp, fp;
    word thread_pointer; /* FS base; always below KOS_USER_LIMIT */
    word space_word;     /* copy of space->space_word */
    /* third cache line */
    struct hal_space *space;
    void *fpu;
    u32 kind;
    u32 reserved;
    word rcx, r10, r11, flags; /* only in a FULL context */
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

/* The user can write both bases itself, so they are always loaded: nothing of prev may be seen by next. */
static inline __attribute__((always_inline)) void hal_switch_space(const struct hal_context *prev,
                                                                   const struct hal_context *next)
{
    const word space_word = next->space_word;
    if (prev->space_word != space_word)
        __asm__ volatile("mov %0, %%cr3" ::"r"(space_word) : "memory");
    __asm__ volatile("wrfsbase %0" ::"r"(next->thread_pointer));
    __asm__ volatile("wrgsbase %0" ::"r"(0ULL));
}
