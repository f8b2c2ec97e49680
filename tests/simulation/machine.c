/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"
#include <sched/counting.h>
#include <sched/futex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

u64 machine_now, machine_hardware = ~0ULL;
static struct cpu cpus[KOS_CPUS_MAX];
struct hal_cpu *fake_cpu;
static jmp_buf outside;
static struct domain domain;

/* ---- HAL ---- */
u64 hal_time_now(void)
{
    return machine_now;
}
void hal_timer_set(u64 deadline)
{
    machine_hardware = deadline;
}
void hal_resume(struct hal_context *context)
{
    (void)context;
    longjmp(outside, 1);
}
void hal_cpu_idle(void)
{
    longjmp(outside, 2);
}
bool fake_interrupt_pending(void) /* the machine lets time pass only outside the kernel */
{
    return false;
}
bool page_reclaim_waits(void)
{
    return false;
}
bool page_reclaim(void)
{
    return false;
}
void hal_interrupts_take(void)
{
    kernel_panic("no thread works in the kernel here");
}
void hal_fpu_release(struct hal_cpu *cpu)
{
    (void)cpu;
}
void hal_ipi_send(u32 cpu)
{
    (void)cpu;
}
void kernel_panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    abort();
}

/* ---- what lies beside and above the scheduler ---- */
void smp_poll(void) {}
/* Nobody counts here: CPU_PENDING_COUNTING is never set. */
void counting_leave(struct cpu *cpu, struct thread *thread)
{
    (void)cpu, (void)thread;
    abort();
}
void counting_stop(struct cpu *cpu, struct thread *thread)
{
    (void)cpu, (void)thread;
    abort();
}
void counting_arrived_some(struct thread *thread)
{
    (void)thread;
    abort();
}

void epoch_leave(struct cpu *self)
{
    (void)self;
}
void epoch_isolate(bool isolated)
{
    (void)isolated;
}
void epoch_advance(u32 most)
{
    (void)most;
}
void object_end(struct object *object)
{
    (void)object;
    kernel_panic("no object ends here");
}
void thread_finish(struct thread *thread)
{
    (void)thread;
    kernel_panic("no thread ends here");
}
void thread_overrun(struct thread *account)
{
    (void)account;
}
void thread_reply_slowly(struct thread *server)
{
    (void)server;
}
void thread_park_aside(struct thread *thread)
{
    (void)thread;
}
bool thread_requeue_caller(struct thread *thread, u32 *peer_cpu)
{
    *peer_cpu = thread->peer_cpu;
    return true;
}
u32 thread_waiting_level(const struct thread *server)
{
    (void)server;
    return 0;
}
/* Nothing is done in steps here. */
bool steps_resume(struct cpu *cpu, u32 level)
{
    (void)cpu, (void)level;
    abort();
}
bool steps_before(const struct tree_node *a, const struct tree_node *b)
{
    return a < b;
}
void thread_ipc_moved(struct thread *thread)
{
    (void)thread;
}
void thread_ipc_moves(struct thread *thread, u32 target)
{
    thread->peer_cpu = target;
}
u32 futex_inherited_level(struct thread *thread)
{
    (void)thread;
    return 0;
}
struct thread *futex_level_changed(struct thread *thread)
{
    (void)thread;
    return nullptr;
}

/* ---- */
void machine_cpu_up(u32 index)
{
    struct cpu *cpu = &cpus[index];
    *cpu = (struct cpu){.hal = {.index = index}};
    schedulers[index] = (struct scheduler){};
    fake_cpu = &cpu->hal;
    atomic_store(&cpu_count, 0);
    machine_hardware = ~0ULL;
    machine_now = 0;
    sched_cpu_init(cpu);
    cpu_init(cpu, nullptr);
    atomic_store(&cpu_count, MACHINE_CPUS);
}

void machine_cpu(u32 index)
{
    fake_cpu = &cpus[index].hal;
}

struct thread *machine_exit(void)
{
    int way = setjmp(outside);
    if (way == 0)
        sched_exit();
    return way == 1 ? thread_current() : nullptr;
}

void machine_timer(void)
{
    machine_hardware = ~0ULL;
    timer_run();
}

struct thread *machine_thread(u32 class, u32 priority)
{
    struct thread *thread = aligned_alloc(64, round_up(sizeof(struct thread), 64));
    if (thread == nullptr)
        abort();
    memset(thread, 0, sizeof(*thread));
    thread->class = class;
    thread->priority = priority;
    thread->own_level = thread->base_level = thread->level = run_level(class, priority);
    thread->home = thread->peer_cpu = fake_cpu->index;
    thread->affinity = 1ULL << fake_cpu->index;
    thread->state = THREAD_SUSPENDED;
    thread->turns = 1;
    thread->domain = &domain;
    list_init(&thread->run_link);
    list_init(&thread->home_link);
    timer_init(&thread->timer);
    timer_init(&thread->replenish);
    sched_home_enter(thread);
    return thread;
}

void machine_thread_free(struct thread *thread)
{
    free(thread);
}
