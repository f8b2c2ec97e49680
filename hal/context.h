/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user state of a thread, and the way into and out of user mode.
 *
 * struct hal_context (arch) is the first member of struct thread. On a system call the entry stub saves only what the
 * ABI preserves (program counter, stack pointer, frame pointer, ...) and hal_context.receive; on an interrupt or
 * exception everything. hal_context.kind says which: HAL_RESUME_CALL or HAL_RESUME_FULL; hal_resume() restores
 * accordingly. HAL_RESUME_STATUS is a CALL that succeeded without words: status and w0..w7 are zero, info is stored.
 *
 * The port's struct hal_context has at least these fields:
 *     word words[8];     // w0..w7 of the message, valid after hal_fast_spill() or when set for HAL_RESUME_CALL
 *     word selector;     // in: selector as passed; out: status word returned to the user
 *     word info;
 *     word receive;      // saved by the entry stub on every system call
 *     word pc, sp, fp;
 *     word thread_pointer; // TLS base; loaded on every switch, never read back from the register
 *     u32 kind;
 *     struct hal_space *space; // the address space it runs in
 *     void *fpu;         // HAL_FPU_STATE_SIZE bytes aligned to 64, or null while the thread never used FP
 */
#pragma once

#include <arch/context.h>
#include <hal/base.h>
#include <hal/cpu.h>

#define HAL_RESUME_CALL   0U
#define HAL_RESUME_FULL   1U
#define HAL_RESUME_STATUS 2U

/*
 * Fast path. The message stays in registers: both functions below and hal_fast_resume take these parameters in the
 * registers in which the user passed them (clang's preserve_none convention: no callee-saved registers), so a tail call
 * moves nothing. On entry w0..w7, info, selector are the user's; self is cpu->current; pc, sp, fp, receive are saved in
 * *self.
 */
#define HAL_FAST __attribute__((preserve_none))
#define HAL_FAST_PARAMETERS                                                                                            \
    word w0, word w1, word w2, word w3, word selector, word info, word w4, struct hal_context *self, word w5, word w6, \
        struct hal_cpu *cpu, word w7
#define HAL_FAST_ARGUMENTS w0, w1, w2, w3, selector, info, w4, self, w5, w6, cpu, w7
#define hal_tail           [[clang::musttail]] return
/* w0..w7 are what they are: nobody will look at them, so nothing is kept or moved for their sake. */
#define HAL_FAST_ANY_WORDS()                                                                                           \
    __asm__("" : "=r"(w0), "=r"(w1), "=r"(w2), "=r"(w3), "=r"(w4), "=r"(w5), "=r"(w6), "=r"(w7))

/* Leaves into the user mode of self (already cpu->current, its space and thread pointer active) with status rcOk, info
 * and w0..w7. Clears every other register. Assembly. */
HAL_FAST void hal_fast_resume(HAL_FAST_PARAMETERS);
/* The same, but w0..w7 are zero whatever they are here. */
HAL_FAST void hal_fast_resume_empty(HAL_FAST_PARAMETERS);
/* The same, but of w0..w7 those beyond the size that info declares are cleared. info is that of a granted register
 * message: its upper half is the size, from KOS_MESSAGE_HEADER_SIZE to KOS_REGISTER_MESSAGE_SIZE. */
HAL_FAST void hal_fast_resume_shorter(HAL_FAST_PARAMETERS);
/* As hal_fast_resume, with the status word in selector. */
HAL_FAST void hal_fast_resume_status(HAL_FAST_PARAMETERS);

/* Stores words, selector and info into *self, sets kind = HAL_RESUME_CALL. */
static inline __attribute__((always_inline)) void hal_fast_spill(HAL_FAST_PARAMETERS); /* arch */

/* Makes the space and thread pointer of next those of this CPU, from prev; the same space costs nothing, the thread
 * pointer is always loaded. FP not touched. */
static inline __attribute__((always_inline)) void hal_switch_space(const struct hal_context *prev,
                                                                   const struct hal_context *next); /* arch */

/*
 * Leaves into user mode of context from ordinary C: the CPU's current becomes context, its space and thread pointer are
 * made active, FP is off unless the registers hold its state. Discards the kernel stack. Interrupts stay masked until
 * the user runs.
 */
[[noreturn]] void hal_resume(struct hal_context *context);

/* Fresh context: kind FULL, starts at pc, which may be a C function, on the stack below sp with two arguments, all else
 * zero, interrupts on. */
void hal_context_init(struct hal_context *context, struct hal_space *space, vaddr pc, vaddr sp, word argument0,
                      word argument1);

/* context is current here, and never goes to user mode any more: it runs in the kernel's own space from now on, so that
 * its space can be destroyed. */
void hal_context_leave_space(struct hal_context *context);

/* FP: the port turns FP off for a thread that is switched to; its first FP instruction raises HAL_EXCEPTION_FPU.
 * hal_fpu_enable: gives the registers to context (fpu must be set; zeroed = initial state) and sets HAL_PENDING_FPU.
 * hal_fpu_release: if HAL_PENDING_FPU, saves the registers into the current context and turns FP off. hal_resume does
 * it on a switch. */
#define HAL_FPU_STATE_SIZE                                                                                             \
    1024 /* x86_64: FXSAVE/XSAVE of x87, SSE and AVX (832); aarch64: 32 q registers, FPSR, FPCR */
void hal_fpu_enable(struct hal_context *context);
void hal_fpu_release(struct hal_cpu *cpu);

enum hal_exception_kind {
    HAL_EXCEPTION_PAGE_FAULT, /* address, access */
    HAL_EXCEPTION_FPU,        /* FP used while off */
    HAL_EXCEPTION_ILLEGAL,    /* undefined or privileged instruction, bad system call number */
    HAL_EXCEPTION_ARITHMETIC,
    HAL_EXCEPTION_BREAKPOINT,
    HAL_EXCEPTION_ALIGNMENT,
    HAL_EXCEPTION_OTHER,
};
#define HAL_ACCESS_READ    1U
#define HAL_ACCESS_WRITE   2U
#define HAL_ACCESS_EXECUTE 4U

struct hal_exception {
    enum hal_exception_kind kind;
    u32 access;       /* HAL_ACCESS_* */
    vaddr address;    /* fault address */
    u64 code;         /* the architecture's own number (vector and error code; ESR) */
    const char *name; /* the architecture's name of it */
};

/* Prints the registers of a FULL context, one at a time, as all take long: false if there is no such part. */
bool hal_context_print(const struct hal_context *context, u32 part);
