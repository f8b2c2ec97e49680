/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One big lock around the kernel, for comparison only: linked into the image bench_scale_biglock, where the linker
 * (--wrap) leads every way into the kernel and out of it through here. Nothing of the kernel is compiled differently,
 * and nothing of it relies on this lock.
 *
 * A ticket lock: fair, as a big lock must be. Who waits does not say so to the CPU (hal_cpu_relax): an emulator that
 * runs the CPUs in turns would take that for the end of the turn, and waiting would look free.
 */
#include <hal/upcall.h>
#include <smp/cpu.h>
#include <smp/spinlock.h>

static cache_aligned struct spinlock big_lock;

/* Whether a CPU holds it; owner only. Boot and the way out of it do not. */
static struct holder {
    cache_aligned bool holds;
} holders[KOS_CPUS_MAX];

[[gnu::noinline, clang::preserve_most]] static void wait_for(u32 ticket)
{
    while (atomic_load_explicit(&big_lock.serving, memory_order_acquire) != ticket)
        smp_poll(); /* the holder may wait for this CPU's answer to a cross call */
}

static inline void take(const struct hal_cpu *cpu)
{
    u32 ticket = atomic_fetch_add_explicit(&big_lock.next, 1, memory_order_relaxed);
    if (unlikely(atomic_load_explicit(&big_lock.serving, memory_order_acquire) != ticket))
        wait_for(ticket);
    holders[cpu->index].holds = true;
}

static inline void leave(const struct hal_cpu *cpu)
{
    holders[cpu->index].holds = false;
    spinlock_unlock(&big_lock);
}

static void leave_if_held(void)
{
    const struct hal_cpu *cpu = hal_cpu_self();
    if (holders[cpu->index].holds)
        leave(cpu);
}

#define WRAPPED(name) __asm__("__wrap_" #name)
#define REAL(name)    __asm__("__real_" #name)

/* ---- in, and out the fast way: the message is in registers ---- */

#define ON_THE_FAST_PATH(name, action)                                                                                 \
    HAL_FAST void biglock_##name(HAL_FAST_PARAMETERS) WRAPPED(name);                                                   \
    HAL_FAST void real_##name(HAL_FAST_PARAMETERS) REAL(name);                                                         \
    HAL_FAST void biglock_##name(HAL_FAST_PARAMETERS)                                                                  \
    {                                                                                                                  \
        action(cpu);                                                                                                   \
        hal_tail real_##name(HAL_FAST_ARGUMENTS);                                                                      \
    }
ON_THE_FAST_PATH(kernel_call_entry, take)
ON_THE_FAST_PATH(kernel_reply_entry, take)
ON_THE_FAST_PATH(kernel_diverted_entry, take)
ON_THE_FAST_PATH(hal_fast_resume, leave)
ON_THE_FAST_PATH(hal_fast_resume_empty, leave)
ON_THE_FAST_PATH(hal_fast_resume_shorter, leave)
ON_THE_FAST_PATH(hal_fast_resume_status, leave)

/* ---- in by exception and interrupt ---- */

#define INTERRUPT(name)                                                                                                \
    [[noreturn]] void biglock_##name(void) WRAPPED(name);                                                              \
    [[noreturn]] void real_##name(void) REAL(name);                                                                    \
    void biglock_##name(void)                                                                                          \
    {                                                                                                                  \
        take(hal_cpu_self());                                                                                          \
        real_##name();                                                                                                 \
    }
INTERRUPT(kernel_timer_interrupt)
INTERRUPT(kernel_ipi_interrupt)
INTERRUPT(kernel_spurious_interrupt)

[[noreturn]] void biglock_exception(struct hal_context *context, const struct hal_exception *exception)
    WRAPPED(kernel_exception);
[[noreturn]] void real_exception(struct hal_context *context, const struct hal_exception *exception)
    REAL(kernel_exception);
void biglock_exception(struct hal_context *context, const struct hal_exception *exception)
{
    take(hal_cpu_self());
    real_exception(context, exception);
}

/* ---- out the slow way ---- */

[[noreturn]] void biglock_resume(struct hal_context *context) WRAPPED(hal_resume);
[[noreturn]] void real_resume(struct hal_context *context) REAL(hal_resume);
void biglock_resume(struct hal_context *context)
{
    leave_if_held();
    real_resume(context);
}

[[noreturn]] void biglock_idle(void) WRAPPED(hal_cpu_idle);
[[noreturn]] void real_idle(void) REAL(hal_cpu_idle);
void biglock_idle(void)
{
    leave_if_held();
    real_idle();
}

/* A long operation lets interrupts in: these come in as from idle. */
[[noreturn]] void biglock_interrupts_take(void) WRAPPED(hal_interrupts_take);
[[noreturn]] void real_interrupts_take(void) REAL(hal_interrupts_take);
void biglock_interrupts_take(void)
{
    leave_if_held();
    real_interrupts_take();
}
