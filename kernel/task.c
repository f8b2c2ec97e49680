/* SPDX-License-Identifier: Apache-2.0 */
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <kernel/loader.h>
#include <kernel/random.h>
#include <kernel/task.h>
#include <memory/object_cache.h>
#include <memory/page.h>
#include <sched/counting.h>
#include <sched/futex.h>
#include <traces/trace.h>

#define TASK_PAGES_DEFAULT   65536U /* 256 MiB */
#define TASK_OBJECTS_DEFAULT 16384U
#define PUT_AT_ONCE          256U
#define SCAN_AT_ONCE         64U
#define PAGES_UNAWAITED      256U /* what a CPU may keep of a task that has ended: as many as its cache */

static struct object_cache tasks, futex_tables;
static struct spinlock tasks_lock;
static struct tree all_tasks; /* named, not yet dead; by name; guarded by tasks_lock */
static _Atomic u64 live_tasks;
static _Atomic u32 next_id = 1;

static struct task *task_named(const struct tree_node *node)
{
    return tree_entry(node, struct task, all_node);
}

/* As strcmp(), of names that are filled up with zeros: a word at a time, as a search compares them once at each level
 * of the tree, and users choose how many there are and how much of them is the same. */
static int name_order(const char *a, const char *b)
{
    u64 x = 0, y = 0;
    static_assert(KOS_SHORT_NAME_SIZE % sizeof(x) == 0 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    for (u32 at = 0; at < KOS_SHORT_NAME_SIZE && x == y; at += sizeof(x)) {
        __builtin_memcpy(&x, a + at, sizeof(x));
        __builtin_memcpy(&y, b + at, sizeof(y));
    }
    x = __builtin_bswap64(x), y = __builtin_bswap64(y);
    return (x > y) - (x < y);
}

static bool name_before(const struct tree_node *a, const struct tree_node *b)
{
    return name_order(task_named(a)->name, task_named(b)->name) < 0;
}

static bool name_reached(const struct tree_node *node, const void *name)
{
    return name_order(task_named(node)->name, name) >= 0;
}

static bool name_passed(const struct tree_node *node, const void *name)
{
    return name_order(task_named(node)->name, name) > 0;
}

/* Of a longer text: what a name may have of it. Whoever looks for one compares what he has found. */
static size_t name_length(const char *name)
{
    size_t length = 0;
    while (length < KOS_SHORT_NAME_SIZE - 1 && name[length] != '\0')
        length++;
    return length;
}

struct task *task_from_name(const char *name, bool beyond)
{
    char key[KOS_SHORT_NAME_SIZE] = {};
    memcpy(key, name, name_length(name));
    spinlock_lock(&tasks_lock);
    const struct tree_node *node = tree_find(&all_tasks, beyond ? name_passed : name_reached, key);
    struct task *task = node != nullptr ? task_named(node) : nullptr;
    if (task != nullptr)
        object_reference(&task->domain.object);
    spinlock_unlock(&tasks_lock);
    return task;
}

static void task_reclaim(struct epoch_entry *entry)
{
    struct task *task = container_of(entry, struct task, epoch);
    struct domain *creator = task->creator;
    if (task->domain.futexes != nullptr) { /* else there was no memory for it */
        object_cache_free(&futex_tables, task->domain.futexes, nullptr);
        task->domain.futexes = nullptr;
        if (preemption_point()) { /* that may have given pages back, and what follows may */
            epoch_defer(entry, task_reclaim);
            return;
        }
    }
    if (unlikely(task->counters != nullptr))
        thread_counters_free(task->counters);
    struct connections *connections = atomic_load_explicit(&task->connections, memory_order_relaxed);
    if (unlikely(connections > CONNECTIONS_ENDED))
        connections_free(connections);
    object_cache_free(&tasks, task, nullptr);
    if (creator != nullptr)
        domain_drop(&creator->quota);
    atomic_fetch_sub_explicit(&live_tasks, 1, memory_order_relaxed);
}

static void task_destroy(struct object *object)
{
    epoch_defer(&task_from_object(object)->epoch, task_reclaim);
}

/* Nobody can start or watch it any more. A task that never ran ends here. */
static void task_unreachable(struct object *object)
{
    struct task *task = task_from_object(object);
    if (task->state == TASK_CREATED)
        task_terminate(task, -1, KOS_TASK_TERMINATED);
}

static u32 task_events(const struct object *object)
{
    const struct domain *domain = const_container_of(object, struct domain, object);
    bool ended = __atomic_load_n(&const_container_of(domain, struct task, domain)->ended, __ATOMIC_RELAXED);
    return ended ? KOS_EVENT_TASK_COMPLETED : 0;
}

void task_room_init(void)
{
    object_cache_init(&tasks, "task", sizeof(struct task), KOS_CACHE_LINE);
    task_resource_room_init();
    object_cache_init(&futex_tables, "futex_table", FUTEX_BUCKETS * sizeof(struct futex_bucket), KOS_CACHE_LINE);
    object_operations[OBJECT_TASK] =
        (struct object_operations){.abandoned = task_unreachable, .destroy = task_destroy, .events = task_events};
    tree_init(&all_tasks, name_before);
}

u64 task_count(void)
{
    return atomic_load_explicit(&live_tasks, memory_order_relaxed);
}

static bool name_claim(struct task *task, const char *name)
{
    memcpy(task->name, name, name_length(name)); /* the rest of it is zero */
    spinlock_lock(&tasks_lock);
    struct tree_node *node = tree_find(&all_tasks, name_reached, task->name);
    bool free = node == nullptr || name_order(task_named(node)->name, task->name) != 0;
    if (free) {
        tree_insert_before(&all_tasks, node, &task->all_node);
        if (task->creator != nullptr)
            list_push_back(&task_of(task->creator)->unborn, &task->unborn_link);
    }
    spinlock_unlock(&tasks_lock);
    return free;
}

/* task->lock held: it runs, or will never do. */
static void born(struct task *task)
{
    spinlock_lock(&tasks_lock);
    list_remove(&task->unborn_link);
    spinlock_unlock(&tasks_lock);
}

/* Starts the end of a task in one of the states up to `last`. With checkpoints if it has several threads. */
static void end_begin(struct task *task, enum task_state last, s32 code, u32 reason)
{
    u32 count = 0;
    spinlock_lock(&task->lock);
    if (task->state <= last) {
        if (task->state == TASK_CREATED) {
            object_reference(&task->domain.object); /* dropped by the end, like a running task's own */
            born(task);
        }
        task->state = TASK_DYING;
        task->exit_code = code;
        task->exit_reason = reason;
        count = task->thread_count;
    }
    spinlock_unlock(&task->lock);
    task_threads_terminate(task, count, code);
}

/* A task made by creator that never ran, with a reference; null if there is none. In the list they are all alive. */
static struct task *orphan_find(struct task *creator)
{
    struct task *found = nullptr;
    spinlock_lock(&tasks_lock);
    if (!list_empty(&creator->unborn)) {
        found = list_entry(creator->unborn.next, struct task, unborn_link);
        object_reference(&found->domain.object);
    }
    spinlock_unlock(&tasks_lock);
    return found;
}

/* Tasks that never ran end with their creator, who pays for them: they may hold handles of each other, or of
 * themselves, and would stay for ever. */
static void orphans_end(struct task *creator)
{
    struct task *task;
    while ((task = orphan_find(creator)) != nullptr) {
        end_begin(task, TASK_CREATED, -1, KOS_TASK_TERMINATED);
        object_release(&task->domain.object);
        checkpoint();
    }
}

/* What goes with a task's last thread; also undoes a creation that failed half way. With checkpoints. */
static void teardown(struct task *task)
{
    spinlock_lock(&tasks_lock);
    tree_remove(&all_tasks, &task->all_node);
    list_remove(&task->unborn_link);
    spinlock_unlock(&tasks_lock);
    struct connections *connections = nullptr; /* acq_rel: who made them has filled them before */
    if (unlikely(!atomic_compare_exchange_strong_explicit(&task->connections, &connections, CONNECTIONS_ENDED,
                                                          memory_order_acq_rel, memory_order_acquire)))
        connections_end(connections);
    task_resources_free(task); /* before what they name: task_find_resource() */
    handle_table_destroy(&task->domain.handles);
    checkpoint();
    orphans_end(task);
    struct progress progress = {};
    while (space_destroy(&task->domain.space, &progress) != rcOk)
        checkpoint();
    checkpoint();
}

/* The parts in order; on failure the caller runs teardown, which copes with a task that has only some of them. */
static retcode task_build(struct task *task, const char *class, const char *path, u32 thread_class, u32 priority,
                          struct domain *creator)
{
    struct domain *domain = &task->domain;
    retcode code;
    struct romfs_file file;
    u32 class_index = 0;
    while ((code = ksm_class_find(class, &class_index)) == PREEMPTED)
        checkpoint();
    if (code == rcOk)
        domain->class = class_index;
    checkpoint();
    if (code == rcOk)
        code = romfs_lookup(&kernel_romfs, path, &file);
    if (code != rcOk)
        return code;
    checkpoint();
    (void)ksm_pair_prepare(domain->class, KSM_CLASS_CORE);
    u64 begin = counting_on(cpu_self()) ? hal_time_now() : 0;
    code = ksm_decide_execute(creator != nullptr ? creator->class : KSM_CLASS_CORE,
                              creator != nullptr ? creator->object.sid : core_object()->sid, domain->class,
                              domain->object.sid);
    if (begin != 0)
        counting_decided(cpu_self(), KOS_KSM_EXECUTE, begin);
    domain->core_pair = code == rcOk ? ksm_pair_get(domain->class, KSM_CLASS_CORE) : nullptr;
    if (code != rcOk)
        return code;
    u32 core_handle;
    if (domain->core_pair == nullptr)
        return rcOutOfMemory;
    checkpoint();
    code = handle_insert(&domain->handles, core_object(), KOS_RIGHT_IPC_CALL, &core_handle);
    struct elf_image image;
    task->file = file.data;
    checkpoint();
    if (code == rcOk)
        code = loader_load(task, file.data, file.size, &image, &task->image_base);
    if (code != rcOk)
        return code;
    checkpoint();
    task_trace_born(task);
    kassert(core_handle == KOS_CORE_HANDLE);
    const struct thread_parameters parameters = {.routine = task->image_base + image.entry,
                                                 .stack_size = task->stack_size_default,
                                                 .class = thread_class,
                                                 .priority = priority,
                                                 .home = cpu_self()->hal.index};
    code = thread_create(task, &parameters, &task->first);
    if (code != rcOk)
        return code;
    checkpoint();
    u64 time_start, time_scale;
    hal_time_user(&time_start, &time_scale);
    task->startup_block = (struct kos_startup){.image_base = task->image_base,
                                               .dynamic = image.dynamic != 0 ? task->image_base + image.dynamic : 0,
                                               .stack_base = task->first->stack_base,
                                               .stack_size = task->first->stack_size,
                                               .tid = task->first->tid,
                                               .random = {kernel_random(), kernel_random()},
                                               .time_start = time_start,
                                               .time_scale = time_scale};
    u32 handle;
    code = handle_insert(&domain->handles, &task->first->object,
                         KOS_RIGHT_THREAD_CONTROL | KOS_RIGHT_THREAD_WAIT | KOS_RIGHT_THREAD_INFO | KOS_RIGHT_COPY |
                             KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT,
                         &handle);
    task->startup_block.first_thread = handle;
    checkpoint();
    if (code == rcOk)
        code = task_set_environment(task, task->name, strlen(task->name) + 1, nullptr, 0);
    return code;
}

retcode task_create(struct domain *creator, const char *name, const char *class, const char *path, u64 stack_size,
                    u32 thread_class, u32 priority, struct task **result)
{
    struct task *task = object_cache_allocate(&tasks, creator != nullptr ? &creator->quota : nullptr);
    if (task == nullptr)
        return quota_refusal(creator != nullptr ? &creator->quota : nullptr, 0);
    object_init(&task->domain.object, OBJECT_TASK);
    list_init(&task->threads);
    tree_init(&task->tids, thread_tid_before);
    tree_init(&task->resources, nullptr); /* who adds one has found its place */
    joins_init(&task->joins);
    tree_node_init(&task->all_node);
    list_init(&task->unborn);
    list_init(&task->unborn_link);
    task->creator = creator;
    if (creator != nullptr)
        domain_hold(&creator->quota);
    task->id = atomic_fetch_add_explicit(&next_id, 1, memory_order_relaxed);
    task->stack_size_default = stack_size != 0 ? stack_size : THREAD_STACK_SIZE_DEFAULT;
    atomic_fetch_add_explicit(&live_tasks, 1, memory_order_relaxed);
    quota_init(&task->domain.quota, TASK_PAGES_DEFAULT, TASK_OBJECTS_DEFAULT);
    checkpoint();
    task->domain.futexes = object_cache_allocate(&futex_tables, nullptr);
    retcode code = task->domain.futexes == nullptr ? rcOutOfMemory : rcOk;
    if (code == rcOk)
        futex_table_init(task->domain.futexes);
    checkpoint();
    const u64 random = kernel_random();
    checkpoint();
    if (code == rcOk)
        code = space_init(&task->domain.space, &task->domain.quota, random);
    checkpoint();
    if (code == rcOk) {
        code = handle_table_init(&task->domain.handles, &task->domain.quota);
        struct progress progress = {};
        while (code != rcOk && space_destroy(&task->domain.space, &progress) != rcOk)
            ; /* nothing is mapped in it */
    }
    if (code != rcOk) {
        object_release(&task->domain.object);
        return code;
    }
    checkpoint();
    code = name_claim(task, name) ? rcOk : rcAlreadyExists;
    checkpoint();
    if (code == rcOk)
        code = task_build(task, class, path, thread_class, priority, creator);
    if (code == rcOk) {
        *result = task;
        return rcOk;
    }
    if (task->first != nullptr) { /* ends like any other task */
        task_terminate(task, -1, KOS_TASK_TERMINATED);
    } else {
        task->state = TASK_DEAD;
        teardown(task);
    }
    object_release(&task->domain.object);
    return code;
}

retcode task_enter(struct task *task)
{
    if (!handle_table_enter(&task->domain.handles))
        return rcInvalidOperation;
    if (task->state == TASK_CREATED)
        return rcOk;
    handle_table_leave(&task->domain.handles);
    return rcInvalidOperation;
}

void task_leave(struct task *task)
{
    handle_table_leave(&task->domain.handles);
}

retcode task_bring(struct task *task, vaddr address)
{
    retcode code;
    do {
        checkpoint();
        code = task->state == TASK_CREATED ? space_fault_preemptible(&task->domain.space, address, HAL_ACCESS_WRITE)
                                           : rcInvalidOperation;
    } while (code == PREEMPTED);
    checkpoint();
    return task->state == TASK_CREATED ? code : rcInvalidOperation;
}

static retcode put(struct task *task, vaddr target, const void *from, u64 size)
{
    const u8 *bytes = from;
    while (size != 0) {
        u64 span = KOS_PAGE_SIZE - (target & (KOS_PAGE_SIZE - 1));
        if (span > size)
            span = size;
        if (span > PUT_AT_ONCE)
            span = PUT_AT_ONCE;
        retcode code = task_bring(task, target);
        if (task_enter(task) != rcOk) /* it was resumed, or terminated, meanwhile */
            return rcInvalidOperation;
        bool written = code == rcOk && space_write(&task->domain.space, target, bytes, span);
        task_leave(task);
        if (!written)
            return rcOutOfMemory;
        bytes += span, target += span, size -= span;
    }
    return rcOk;
}

/* The end of the string that begins at `at` in text, looked for in steps. */
static u64 string_end(const char *text, u64 at)
{
    for (u64 seen = 1; text[at] != '\0'; at++, seen++)
        if (seen % SCAN_AT_ONCE == 0)
            checkpoint();
    return at + 1;
}

/* Strings in a row to a table of pointers in the child: writes the pointers from `table` on, returns how many. */
static retcode put_strings(struct task *task, vaddr table, vaddr strings, const char *text, u64 size, u64 *count)
{
    retcode code = put(task, strings, text, size);
    *count = 0;
    for (u64 at = 0; code == rcOk && at < size; at = string_end(text, at)) {
        vaddr pointer = strings + at;
        code = put(task, table + 8 * (*count)++, &pointer, 8);
    }
    const u64 null = 0;
    return code == rcOk ? put(task, table + 8 * *count, &null, 8) : code;
}

static u64 strings_in(const char *text, u64 size)
{
    u64 count = 0;
    for (u64 at = 0; at < size; at = string_end(text, at))
        if (++count % SCAN_AT_ONCE == 0)
            checkpoint();
    return count;
}

/* The top of the first stack, upwards: stack pointer, startup block, argv, envp, strings. With checkpoints. */
retcode task_set_environment(struct task *task, const char *args, u64 args_size, const char *envs, u64 envs_size)
{
    if (task->state != TASK_CREATED)
        return rcInvalidOperation;
    if ((args_size != 0 && args[args_size - 1] != '\0') || (envs_size != 0 && envs[envs_size - 1] != '\0'))
        return rcInvalidArgument;
    struct kos_startup startup = task->startup_block;
    vaddr top = startup.stack_base + startup.stack_size;
    u64 pointers = 8 * (strings_in(args, args_size) + strings_in(envs, envs_size) + 2);
    u64 total = round_up(sizeof(startup) + pointers + args_size + envs_size, 16);
    if (total > startup.stack_size / 2)
        return rcBufferTooLarge;
    vaddr block = top - total, strings = block + sizeof(startup) + pointers;
    startup.argv = block + sizeof(startup);
    u64 arg_count, env_count;
    retcode code = put_strings(task, startup.argv, strings, args, args_size, &arg_count);
    startup.argc = arg_count;
    startup.envp = startup.argv + 8 * (startup.argc + 1);
    if (code == rcOk)
        code = put_strings(task, startup.envp, strings + args_size, envs, envs_size, &env_count);
    if (code == rcOk)
        code = put(task, block, &startup, sizeof(startup));
    if (code != rcOk)
        return code;
    spinlock_lock(&task->lock); /* Resume takes the thread away under it */
    bool created = task->state == TASK_CREATED;
    if (created) {
        struct hal_context *first = &task->first->context;
        hal_context_init(first, &task->domain.space.hal, first->pc, block, block, 0);
    }
    spinlock_unlock(&task->lock);
    return created ? rcOk : rcInvalidOperation;
}

retcode task_resume(struct task *task)
{
    spinlock_lock(&task->lock);
    bool created = task->state == TASK_CREATED;
    if (created) {
        task->state = TASK_RUNNING;
        born(task);
        object_reference(&task->domain.object); /* its own, while it runs */
    }
    struct thread *first = task->first;
    if (created)
        task->first = nullptr;
    spinlock_unlock(&task->lock);
    if (!created)
        return rcInvalidOperation;
    retcode code = thread_resume(first);
    object_release(&first->object);
    return code;
}

retcode task_first_thread(struct task *task, struct thread **thread)
{
    spinlock_lock(&task->lock);
    bool created = task->state == TASK_CREATED;
    if (created) {
        *thread = task->first;
        object_reference(&task->first->object);
    }
    spinlock_unlock(&task->lock);
    return created ? rcOk : rcInvalidOperation;
}

void task_terminate(struct task *task, s32 code, u32 reason)
{
    end_begin(task, TASK_RUNNING, code, reason);
}

static void leave_space(const struct cross_call *call)
{
    hal_space_leave(call->space);
}

/* No other thread of the task is anywhere any more. */
bool task_end(struct task *task)
{
    bool large = atomic_load_explicit(&task->domain.quota.pages, memory_order_relaxed) > PAGES_UNAWAITED;
    const struct cross_call call = {.function = leave_space, .space = &task->domain.space.hal};
    trace_task_end(cpu_self(), 0, (u16)task->exit_reason, task->domain.object.sid, (u64)(s64)task->exit_code, 0);
    hal_context_leave_space(&thread_current()->context);
    u64 cpus = atomic_load_explicit(&task->domain.space.cpus, memory_order_acquire);
    if (unlikely(space_shootdown_in_steps))
        cross_call_in_steps(cpus, &call);
    else
        cross_call(cpus, &call);
    if (task->first != nullptr) {
        object_release(&task->first->object);
        task->first = nullptr;
    }
    teardown(task);
    return large;
}

void task_ended(struct task *task)
{
    task->state = TASK_DEAD;
    thread_joinable_end(&task->ended);
    object_tell(&task->domain.object, KOS_EVENT_TASK_COMPLETED);
    thread_join_wake(&task->joins, &task->domain.object, task->exit_code, task->exit_reason);
}
