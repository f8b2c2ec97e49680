/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up: from the port's hand-over to Einit. */
#include <hal/upcall.h>
#include <image/romfs.h>
#include <ipc/interrupt.h>
#include <ipc/notice.h>
#include <ipc/shared_memory.h>
#include <ipc/user_object.h>
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <kernel/random.h>
#include <kernel/sample.h>
#include <ksm/audit.h>
#include <ksm/models/models.h>
#include <memory/page.h>
#include <sched/futex.h>
#include <traces/trace.h>

struct romfs kernel_romfs;
char kernel_command_line[HAL_COMMAND_LINE_SIZE];

/* The image's ROMFS: made by tools/romfs, put in by the link. */
extern const u8 romfs_start[], romfs_end[];

/* For good. */
static u8 *own_page(void)
{
    paddr page = page_allocate(0);
    if (page == PADDR_NONE)
        kernel_panic("no memory for CPU %u", hal_cpu_self()->index);
    return hal_direct(page);
}

static void start_cpus(u32 count)
{
    for (u32 index = 1; index < count; index++)
        if (hal_cpu_start(index, page_allocate_zeroed) != rcOk) {
            kernel_print("CPU %u does not start; going on with %u\n", index, index);
            return;
        }
}

static void shootdown_run(const struct cross_call *call)
{
    hal_space_invalidate(call->space, call->address, call->count);
}

static void shootdown(struct address_space *space, vaddr address, u64 count, bool locked)
{
    const struct cross_call call = {
        .function = shootdown_run, .space = &space->hal, .address = address, .count = count};
    /* model: shootdown.pml MASK. A thread that moves marks its new CPU, then reads entries there; we changed an entry,
     * then look at the marks. */
    atomic_thread_fence(memory_order_seq_cst);
    u64 cpus = atomic_load_explicit(&space->cpus, memory_order_relaxed);
    if (unlikely(space_shootdown_in_steps) && !locked)
        cross_call_in_steps(cpus, &call);
    else
        cross_call(cpus, &call);
}

static void start_einit(void)
{
    struct task *einit;
    core_object_init();
    retcode code = ksm_init(atomic_load_explicit(&cpu_count, memory_order_relaxed), kernel_random());
    if (code == rcOk)
        code = ksm_audit_init(atomic_load_explicit(&cpu_count, memory_order_relaxed));
    if (code == rcOk)
        code = ksm_decide_execute(KSM_CLASS_CORE, core_object()->sid, KSM_CLASS_CORE, core_object()->sid);
    if (code != rcOk) {
        kernel_print("kernel: the policy does not let the kernel start (%s)\n", retcode_name(code));
        hal_power_off();
    }
    core_call_init();
    if (ksm_models_keep())
        object_sid_dead = ksm_models_forget;
    code = task_create(nullptr, "Einit", "Einit", "Einit", 0, KOS_CLASS_STANDARD, KOS_PRIORITY_STANDARD_MAX, &einit);
    if (code == rcOk && !ksm_may_call_core(KSM_CLASS_EINIT)) { /* it would fault, for want of anything else */
        kernel_print("kernel: the policy lets Einit call nothing: expected a rule that grants it requests to "
                     "kl.core.Core, and one that grants the responses\n");
        hal_power_off();
    }
    if (code == rcOk)
        code = task_resume(einit);
    if (code != rcOk)
        kernel_panic("cannot start the init task Einit: %s (is it in the image, and does the policy grant its start?)",
                     retcode_name(code));
}

void kernel_main(struct hal_boot_info *boot)
{
    for (u32 i = 0; i < boot->range_count; i++)
        page_allocator_add(boot->ranges[i].start, boot->ranges[i].end);
    memcpy(kernel_command_line, boot->command_line, sizeof(kernel_command_line));
    sched_cpu_init(cpu_self());
    cpu_init(cpu_self(), own_page());
    checkpoint_cpu_init(own_page(), own_page());
    trace_init(kernel_command_line);
    trace_cpu_init(cpu_self());
    sample_cpu_init(cpu_self(), kernel_command_line);
    space_shootdown = shootdown;
    space_room_init();
    object_room_init();
    kernel_random_init(boot);
    start_cpus(boot->cpu_count);
    u32 cpus = atomic_load_explicit(&cpu_count, memory_order_relaxed);
    space_shootdown_first = cpus > 1;
    space_shootdown_in_steps = cpus > 1 + CROSS_CALL_BESIDE;
    ipc_init();
    user_object_init();
    shared_memory_room_init();
    notice_room_init();
    connection_room_init();
    interrupt_room_init();
    core_fs_init();
    core_audit_init();
    ipc_security_init();
    futex_room_init();
    thread_room_init();
    task_room_init();
    if (romfs_open(romfs_start, (u64)(romfs_end - romfs_start), &kernel_romfs) != rcOk)
        kernel_panic("the image's ROMFS is malformed");
    start_einit();
    sched_exit();
}

void kernel_secondary_main(void)
{
    sched_cpu_init(cpu_self());
    cpu_init(cpu_self(), own_page());
    checkpoint_cpu_init(own_page(), own_page());
    trace_cpu_init(cpu_self());
    sample_cpu_init(cpu_self(), kernel_command_line);
    hal_cpu_online();
    sched_exit();
}
