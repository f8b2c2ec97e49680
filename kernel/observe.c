/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are, for tools that look into the machine from outside: abi/observe.h. */
#include <abi/observe.h>
#include <kernel/task.h>
#include <traces/trace.h>

extern const u8 romfs_start[], romfs_end[];
extern const struct kos_observe kernel_observe;

const struct kos_observe kernel_observe = {
    .magic = KOS_OBSERVE_MAGIC,
    .cpu_table = (u64)cpu_table,
    .cpu_count = (u64)&cpu_count,
    .direct_map = HAL_DIRECT_MAP,
    .direct_map_size = HAL_DIRECT_MAP_SIZE,
    .romfs_start = (u64)romfs_start,
    .romfs_end = (u64)romfs_end,
    .cpu_current = offsetof(struct cpu, hal.current),
    .cpu_busy = offsetof(struct cpu, busy),
    .cpu_events = offsetof(struct cpu, events),
    .thread_domain = offsetof(struct thread, domain),
    .thread_tid = offsetof(struct thread, tid),
    .task_id = offsetof(struct task, id),
    .task_name = offsetof(struct task, name),
    .task_image_base = offsetof(struct task, image_base),
    .task_file = offsetof(struct task, file),
};
static_assert(offsetof(struct thread, context) == 0 && offsetof(struct task, domain) == 0, "pointers need no offset");

void task_trace_born(const struct task *task)
{
    u64 name[2] = {};
    if (likely(!trace_on(cpu_self(), TRACE_task_create)))
        return;
    for (u32 i = 0; i < sizeof(name) - 1 && task->name[i] != '\0'; i++)
        name[i / 8] |= (u64)(u8)task->name[i] << i % 8 * 8;
    trace_task_create(cpu_self(), 0, 0, task->domain.object.sid, name[0], name[1]);
    trace_task_image(cpu_self(), 0, 0, task->domain.object.sid, task->image_base, (u64)task->file);
}
