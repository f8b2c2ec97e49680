/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/pmu.h>
#include <kernel/sample.h>
#include <kernel/task.h>
#include <traces/trace.h>

void sample_cpu_init(struct cpu *cpu, const char *line)
{
    const char *period = trace_option(line, "trace_sample");
    if (period == nullptr || !trace_on(cpu, TRACE_sample))
        return;
    u64 wanted = trace_hexadecimal(period);
    u32 cycles = wanted < SAMPLE_PERIOD_MIN ? SAMPLE_PERIOD_MIN : wanted > ~0U ? ~0U : (u32)wanted;
    const char *why_not = hal_pmu_sample(KOS_PMU_CYCLES, cycles);
    if (why_not != nullptr && cpu->hal.index == 0)
        kernel_print("no samples by the processor's counters: %s\n", why_not);
}

/* Two words of user memory, by what is mapped now; a page fault here would be the sampler's, and not the program's. */
static bool frame_read(const struct thread *thread, vaddr frame, u64 *record)
{
    u32 access = 0;
    if (frame % sizeof(u64) != 0 || frame % KOS_PAGE_SIZE > KOS_PAGE_SIZE - 2 * sizeof(u64) || frame < KOS_USER_BASE ||
        frame >= KOS_USER_LIMIT)
        return false;
    paddr page = hal_space_lookup(&thread->domain->space.hal, frame, &access);
    if (page == PADDR_NONE || (access & HAL_PAGE_READ) == 0)
        return false;
    memcpy(record, (const u8 *)hal_direct(page) + frame % KOS_PAGE_SIZE, 2 * sizeof(u64));
    return true;
}

/* Frames lie one above the other; the kernel's own end the chain, as one that leads down. */
static u32 callers_of(const struct thread *thread, u64 *callers)
{
    u64 record[2]; /* caller's frame, return address */
    u32 depth = 0;
    vaddr frame = thread->context.fp, below = 0;
    while (depth < SAMPLE_CALLERS && frame > below && frame_read(thread, frame, record) && record[1] != 0) {
        callers[depth++] = record[1];
        below = frame;
        frame = record[0];
    }
    return depth;
}

void sample_take(struct cpu *cpu, vaddr pc, u64 late)
{
    u64 callers[SAMPLE_CALLERS];
    const struct thread *thread = cpu->busy ? thread_current() : nullptr;
    if (!trace_on(cpu, TRACE_sample))
        return;
    u32 depth = thread != nullptr && pc < KOS_USER_LIMIT ? callers_of(thread, callers) : 0;
    trace_sample(cpu, (u8)depth, 0, thread != nullptr ? thread->object.sid : 0, pc, late);
    for (u32 i = 0; i < depth; i += 2)
        trace_sample_callers(cpu, 0, (u16)i, 0, callers[i], i + 1 < depth ? callers[i + 1] : 0);
}
