/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/local.h>
#include <sched/scheduler.h>
#include <sched/steps.h>
#include <smp/preemption.h>

static struct steps *steps_of(const struct tree_node *node)
{
    return tree_entry(node, struct steps, node);
}

bool steps_before(const struct tree_node *a, const struct tree_node *b)
{
    return steps_of(a)->level > steps_of(b)->level;
}

static bool more_urgent_is_ready(const struct cpu *cpu, u32 level)
{
    return run_queue_above(&cpu->run_queue, level) || (cpu->busy && thread_current()->level > level);
}

static void stepper(struct request *request)
{
    struct cpu *cpu = cpu_self();
    (void)request;
    if (tree_empty(&cpu->steps))
        return;
    if (preemption_point()) { /* what came before may have been long: sched_exit() lets it in */
        (void)inbox_push(cpu, &scheduler_self()->stepper, stepper);
        return;
    }
    struct steps *first = steps_of(cpu->steps.first);
    if (more_urgent_is_ready(cpu, first->level)) {
        cpu->hal.pending |= CPU_PENDING_STEPS;
        return;
    }
    bool own = first == &scheduler_self()->offline.steps;
    bool more = own ? offline_step() : steps_do(first);
    tree_remove(&cpu->steps, &first->node);
    if (more)
        tree_insert(&cpu->steps, &first->node); /* behind others of the level */
    else if (own)
        offline_done();
    else
        steps_done(first);
    if (!tree_empty(&cpu->steps))
        (void)inbox_push(cpu, &scheduler_self()->stepper, stepper);
}

void steps_add(struct steps *steps, u32 level)
{
    struct cpu *cpu = cpu_self();
    if (steps_wait(steps)) {
        if (level <= steps->level)
            return;
        tree_remove(&cpu->steps, &steps->node);
    }
    steps->level = level;
    tree_insert(&cpu->steps, &steps->node);
    (void)inbox_push(cpu, &scheduler_self()->stepper, stepper);
}

bool steps_resume(struct cpu *cpu, u32 level)
{
    if (!tree_empty(&cpu->steps) && steps_of(cpu->steps.first)->level < level)
        return false;
    cpu->hal.pending &= ~CPU_PENDING_STEPS;
    (void)inbox_push(cpu, &scheduler_self()->stepper, stepper);
    return true;
}
