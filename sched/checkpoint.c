/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint() of smp/preemption.h. If an interrupt waits, the running thread puts aside what the CPU's stack holds,
 * and leaves the kernel's stack to others; when it is its turn again, its work (sched/work.h) is to put that back and
 * to go on. In the stack are addresses of its own parts and of this CPU's data, so until then the thread stays here.
 *
 *   kept by the thread    page with the stack; the scratch page, which operations may have in use: the CPU gets another
 *
 * Each CPU keeps two pages for that, so one thread can be put aside there when no memory is free. Without pages for
 * another one the operation goes on with interrupts masked: there is then a long path, but no error.
 */
#include <hal/stack.h>
#include <memory/page.h>
#include <sched/local.h>
#include <sched/scheduler.h>
#include <sched/work.h>

#define TIMES_IN_A_ROW 32U /* as many timers may be due */

/* Pages for who is put aside: those not in use. Owned by its CPU, on which such a thread stays. */
static struct reserve {
    cache_aligned u32 count;
    void *pages[2];
} reserves[KOS_CPUS_MAX];

void checkpoint_cpu_init(void *first, void *second)
{
    reserves[hal_cpu_self()->index] = (struct reserve){.count = 2, .pages = {first, second}};
}

static void *page_for(struct reserve *reserve)
{
    if (reserve->count != 0)
        return reserve->pages[--reserve->count];
    paddr page = page_allocate(0);
    return page != PADDR_NONE ? hal_direct(page) : nullptr;
}

static void page_back(struct reserve *reserve, void *page)
{
    if (reserve->count < array_length(reserve->pages))
        reserve->pages[reserve->count++] = page;
    else
        page_free(hal_physical(page), 0);
}

static void go_on(struct thread *thread)
{
    hal_stack_restore(thread->work.object);
}

/* What others did with the thread meanwhile takes effect when it leaves the kernel. */
static void unpin(struct cpu *cpu, struct thread *thread)
{
    thread->pinned = false;
    sched_watch(thread);
    if (thread->dying || ((thread_cpus(thread) >> cpu->hal.index) & 1U) == 0)
        cpu->hal.pending |= CPU_PENDING_RESCHEDULE;
}

[[gnu::noinline]] static void put_aside(struct cpu *cpu, struct thread *thread, void *copy, u8 *scratch)
{
    struct work before = thread->work;
    u8 *kept = cpu->scratch;
    u32 kind = thread->context.kind;
    thread->work = (struct work){.object = copy};
    if (hal_stack_save(copy, PAGE_SIZE) == HAL_STACK_SAVED) {
        cpu->scratch = scratch;
        thread->pinned = true;
        sched_watch(thread);
        work_begin(thread, go_on);
        hal_interrupts_take();
    }
    /* Restored; or too big, and then it is as if it had been. */
    thread->work = before;
    if (!thread->dying)
        thread->context.kind = kind;
    else if (before.run == nullptr)
        thread->work.run = thread_finish;
    if (cpu->scratch != kept) {
        scratch = cpu->scratch;
        cpu->scratch = kept;
        unpin(cpu, thread);
    }
    page_back(&reserves[cpu->hal.index], scratch);
    page_back(&reserves[cpu->hal.index], copy);
}

/* False: there is no memory for it. */
static bool leave_the_stack(void)
{
    struct cpu *cpu = cpu_self();
    struct reserve *reserve = &reserves[cpu->hal.index];
    void *copy = page_for(reserve), *scratch = page_for(reserve);
    if (copy != nullptr && scratch != nullptr) {
        put_aside(cpu, thread_current(), copy, scratch);
        return true;
    }
    if (copy != nullptr)
        page_back(reserve, copy);
    return false;
}

void checkpoint_reached(void)
{
    if (unlikely(!cpu_self()->busy)) /* the kernel starts the first task */
        return;
    kassert(thread_current()->state == THREAD_RUNNABLE);
    /* It takes a while to put the stack back: what has come meanwhile need not wait for the operation, too. But that
     * must get on. */
#pragma clang loop unroll(disable)
    for (u32 times = 0; times < TIMES_IN_A_ROW && leave_the_stack() && preemption_point();)
        times++;
}
