/* SPDX-License-Identifier: Apache-2.0 */
/* The port's upcalls for interrupts and exceptions. */
#include <hal/upcall.h>
#include <ipc/interrupt.h>
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <kernel/sample.h>
#include <memory/object_cache.h>
#include <sched/counting.h>
#include <smp/preemption.h>
#include <traces/trace.h>

static struct object_cache fpu_states;

void fpu_room_init(void);
void fpu_room_init(void)
{
    object_cache_init(&fpu_states, "fpu_state", HAL_FPU_STATE_SIZE, 64);
}

void fpu_state_free(struct thread *thread);
void fpu_state_free(struct thread *thread)
{
    if (thread->context.fpu != nullptr)
        object_cache_free(&fpu_states, thread->context.fpu, &thread->domain->quota);
    thread->context.fpu = nullptr;
}

/* On a CPU whose entries are diverted. */
[[gnu::noinline]] static void diverted_enter(struct cpu *cpu)
{
    if ((cpu->hal.pending & CPU_PENDING_ISOLATED) != 0)
        epoch_enter(cpu);
    if (counting_on(cpu))
        counting_enter(cpu);
}

#define DIVERTED (CPU_PENDING_ISOLATED | CPU_PENDING_COUNTING)

/* True on a CPU whose entries are diverted. */
static inline __attribute__((always_inline)) bool interrupt_enter(enum trace_entry entry)
{
    struct cpu *cpu = cpu_self();
    bool diverted = false;
    trace_interrupt(cpu, (u8)entry, 0, cpu->busy ? thread_current()->object.sid : 0, 0, 0);
    if (unlikely((cpu->hal.pending & DIVERTED) != 0)) {
        diverted_enter(cpu);
        diverted = true;
    }
    cpu_count_event(cpu, KOS_COUNT_INTERRUPT);
    if (!cpu->busy) /* model: inbox.pml g: it slept; relaxed: the way out looks at the inbox in any case */
        atomic_store_explicit(&cpu->doing, 0, memory_order_relaxed);
    if (cpu->epoch_current != nullptr) /* model: epoch.pml interrupt_enter(): perhaps the last CPU has passed */
        cpu->hal.pending |= CPU_PENDING_EPOCH;
    return diverted;
}

void kernel_timer_interrupt(void)
{
    bool diverted = interrupt_enter(TRACE_TIMER);
    cpu_count_event(cpu_self(), KOS_COUNT_TIMER);
    if (likely(!cpu_self()->busy && !diverted)) {
        timer_run();
        sched_exit();
    }
    timer_run();            /* which may end the turn of who ran */
    if (preemption_point()) /* to wake somebody, and then to switch to him, is two paths */
        hal_interrupts_take();
    sched_exit();
}

void kernel_ipi_interrupt(void)
{
    (void)interrupt_enter(TRACE_IPI);
    sched_exit();
}

void kernel_device_interrupt(u32 line)
{
    (void)interrupt_enter(TRACE_DEVICE);
    interrupt_raised(line);
    sched_exit();
}

void kernel_spurious_interrupt(void)
{
    (void)interrupt_enter(TRACE_SPURIOUS);
    sched_exit();
}

void kernel_counter_interrupt(vaddr pc, u64 late)
{
    (void)interrupt_enter(TRACE_COUNTER);
    sample_take(cpu_self(), pc, late);
    sched_exit();
}

static void backtrace(struct thread *thread)
{
    vaddr frame = thread->context.fp;
    kernel_print("  backtrace:");
    for (u32 depth = 0; depth < 16 && frame != 0 && frame % 8 == 0; depth++) {
        u64 record[2]; /* caller's frame pointer, return address: the same on both architectures */
        if (!hal_copy_from_user(record, frame, sizeof(record)) || record[0] <= frame)
            break;
        kernel_print(" %lx", record[1]);
        checkpoint();
        frame = record[0];
    }
    kernel_print("\n");
}

/* What a fault most likely comes from; null: anything. */
static const char *likely_cause(const struct thread *thread, const struct hal_exception *exception)
{
    vaddr sp = thread->context.sp, address = exception->address;
    if (exception->access == 0)
        return nullptr;
    if (address < KOS_PAGE_SIZE)
        return "null pointer";
    /* a frame may be a few pages deep */
    bool near = address + KOS_PAGE_SIZE >= sp && address < sp + (vaddr)4 * KOS_PAGE_SIZE;
    return near && (exception->access & HAL_ACCESS_WRITE) != 0 ? "stack overflow" : nullptr;
}

static void report(struct thread *thread, const struct hal_exception *exception)
{
    struct task *task = task_of(thread->domain);
    checkpoint();
    kernel_print("\nunhandled exception: ");
    checkpoint();
    kernel_print("%s", exception->name);
    checkpoint();
    kernel_print(" in task %s (id %u)", task->name, task->id);
    checkpoint();
    kernel_print(" thread %u, CPU %u\n", thread->tid, thread->home);
    checkpoint();
    kernel_print("  code %lx", exception->code);
    checkpoint();
    kernel_print(" address %lx", exception->address);
    checkpoint();
    kernel_print(" access %s%s%s,", (exception->access & HAL_ACCESS_READ) != 0 ? "r" : "",
                 (exception->access & HAL_ACCESS_WRITE) != 0 ? "w" : "",
                 (exception->access & HAL_ACCESS_EXECUTE) != 0 ? "x" : "");
    checkpoint();
    kernel_print(" image at %lx\n", task->image_base);
    checkpoint();
    const char *cause = likely_cause(thread, exception);
    if (cause != nullptr)
        kernel_print("  likely cause: %s\n", cause);
    checkpoint();
    for (u32 part = 0; hal_context_print(&thread->context, part); part++)
        checkpoint();
    checkpoint();
    backtrace(thread);
    checkpoint();
    kernel_print("terminating task %s\n", task->name);
    checkpoint();
}

static bool fpu_grant(struct thread *thread)
{
    if (thread->context.fpu == nullptr)
        thread->context.fpu = object_cache_allocate(&fpu_states, &thread->domain->quota);
    if (thread->context.fpu == nullptr)
        return false;
    hal_fpu_enable(&thread->context);
    return true;
}

/* A write to a sealed arena is tried again until the call has ended; asking is rare, so nobody keeps a list. */
#define SEAL_RETRY_NS 100000U

static void seal_retry(struct timer *timer)
{
    sched_wake(container_of(timer, struct thread, timer));
}

[[noreturn]] static void wait_for_seal(struct thread *thread)
{
    thread->state = THREAD_SLEEPING;
    timer_arm(&thread->timer, hal_time_now() + SEAL_RETRY_NS, seal_retry);
    sched_block();
    sched_exit();
}

/* The same with what it is traced and timed by. */
[[gnu::noinline]] static retcode fault_traced(struct cpu *cpu, struct thread *thread,
                                              const struct hal_exception *exception)
{
    trace_enter(cpu, TRACE_PAGE_FAULT, 0, thread->object.sid, 0, 0);
    u64 begun = trace_since(cpu, TRACE_page_fault);
    retcode code = space_fault_preemptible(&thread->domain->space, exception->address, exception->access);
    trace_page_fault(cpu, (u8)exception->access, 0, (u32)code, exception->address, hal_counter() - begun);
    if (code == rcOk || code == PREEMPTED)
        trace_resume(cpu, 0, 0, thread->object.sid, 0, 0);
    return code;
}

[[noreturn, gnu::noinline]] static void exception_other(struct cpu *cpu, struct thread *thread,
                                                        const struct hal_exception *exception)
{
    if (exception->kind != HAL_EXCEPTION_PAGE_FAULT) {
        cpu_count_event(cpu, KOS_COUNT_EXCEPTION);
        trace_enter(cpu, TRACE_EXCEPTION, 0, thread->object.sid, 0, 0);
    }
    if (exception->kind == HAL_EXCEPTION_FPU && fpu_grant(thread))
        sched_exit();
    report(thread, exception);
    task_terminate(task_of(thread->domain), -1, KOS_TASK_FAULTED);
    sched_exit();
}

void kernel_exception(struct hal_context *context, const struct hal_exception *exception)
{
    struct cpu *cpu = cpu_self();
    struct thread *thread = thread_of(context);
    if (unlikely((cpu->hal.pending & DIVERTED) != 0))
        diverted_enter(cpu);
    if (unlikely(exception->kind != HAL_EXCEPTION_PAGE_FAULT))
        exception_other(cpu, thread, exception);
    cpu_count_event(cpu, KOS_COUNT_FAULT);
    retcode code;
    if (likely(cpu->trace_events == 0))
        code = space_fault_preemptible(&thread->domain->space, exception->address, exception->access);
    else
        code = fault_traced(cpu, thread, exception);
    if (likely(code == rcOk || code == PREEMPTED)) { /* preempted: the instruction faults again */
        if (likely((cpu->hal.pending & ~CPU_PENDING_FPU) == 0))
            hal_resume(context);
        sched_exit();
    }
    if (code == rcBusy)
        wait_for_seal(thread);
    exception_other(cpu, thread, exception);
}

void thread_fault_illegal_call(struct thread *thread)
{
    const struct hal_exception exception = {.kind = HAL_EXCEPTION_ILLEGAL,
                                            .code = thread->context.selector,
                                            .name = "illegal system call (there are three: Call, Recv, Reply)"};
    report(thread, &exception);
    task_terminate(task_of(thread->domain), -1, KOS_TASK_FAULTED);
}
