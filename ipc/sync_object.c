/* SPDX-License-Identifier: Apache-2.0 */
/* IPC synchronization objects (IPC.CreateSyncObject) and the time limits of CallEx and RecvEx. */
#include <ipc/ipc.h>
#include <memory/object_cache.h>
#include <sched/order.h>

static struct object_cache sync_objects;

static void sync_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&sync_objects, container_of(entry, struct sync_object, epoch), nullptr);
}

static void sync_destroy(struct object *object)
{
    struct sync_object *sync = container_of(object, struct sync_object, object);
    domain_drop(sync->quota);
    epoch_defer(&sync->epoch, sync_reclaim);
}

void sync_object_init(void)
{
    object_cache_init(&sync_objects, "sync_object", sizeof(struct sync_object), KOS_CACHE_LINE);
    object_operations[OBJECT_SYNC] = (struct object_operations){.destroy = sync_destroy};
}

retcode sync_object_create(struct quota *quota, bool clears_itself, struct sync_object **result)
{
    struct sync_object *sync = object_cache_allocate(&sync_objects, quota);
    if (sync == nullptr)
        return quota_refusal(quota, 0);
    object_init(&sync->object, OBJECT_SYNC);
    list_init(&sync->waiters);
    list_init(&sync->interrupted);
    sync->clears_itself = clears_itself;
    sync->quota = quota;
    domain_hold(quota);
    *result = sync;
    return rcOk;
}

/* On the waiter's home: a Call that nobody took yet, or a Recv, ends. Taken calls go on. */
void thread_interrupt(struct thread *thread)
{
    struct sync_object *sync = thread->sync; /* in memory until we leave the kernel */
    bool waits = thread->state == THREAD_RECEIVING || thread->state == THREAD_CALLING;
    /* else the wait that was interrupted has ended otherwise meanwhile, and this is another */
    bool same = sync != nullptr && list_empty(&thread->sync_link);
    if (!waits || !same || !ipc_cancel(thread, rcIpcInterrupt))
        return;
    if (sync->clears_itself) {
        spinlock_lock(&sync->lock);
        sync->interrupting = false;
        spinlock_unlock(&sync->lock);
    }
    sched_wake(thread);
}

/* One of those who are to be interrupted, with a reference; null if there is none. */
static struct thread *interrupted_first(struct sync_object *sync)
{
    struct thread *thread = nullptr;
    spinlock_lock(&sync->lock);
    if (!list_empty(&sync->interrupted)) {
        thread = list_entry(sync->interrupted.next, struct thread, sync_link);
        list_remove(&thread->sync_link);
        object_reference(&thread->object);
    }
    spinlock_unlock(&sync->lock);
    return thread;
}

void sync_object_set(struct sync_object *sync, bool interrupting)
{
    spinlock_lock(&sync->lock);
    sync->interrupting = interrupting;
    if (interrupting)
        list_append(&sync->interrupted, &sync->waiters);
    spinlock_unlock(&sync->lock);
}

retcode sync_object_interrupt(struct sync_object *sync)
{
    struct thread *thread;
    while ((thread = interrupted_first(sync)) != nullptr) {
        thread_control(thread, THREAD_CONTROL_INTERRUPT); /* with our reference */
        if (preemption_point())
            return PREEMPTED;
    }
    return rcOk;
}

static void time_limit(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    if (ipc_cancel(thread, rcTimeout))
        sched_wake(thread);
}

void ipc_extended_arm_limit(struct thread *thread, u32 limit)
{
    timer_arm(&thread->timer, timer_deadline(limit), time_limit);
}

retcode ipc_extended_begin(struct thread *thread, u32 *limit)
{
    u32 limit_and_sync[2];
    static_assert(offsetof(struct kos_message_buffer, sync_handle) ==
                      offsetof(struct kos_message_buffer, timeout) + sizeof(limit_and_sync[0]),
                  "read together");
    if (!hal_copy_from_user(limit_and_sync, thread->context.receive + offsetof(struct kos_message_buffer, timeout),
                            sizeof(limit_and_sync)))
        return PREEMPTED;
    if (limit_and_sync[1] != KOS_INVALID_HANDLE) {
        struct object *object;
        retcode code = handle_lookup(&thread->domain->handles, limit_and_sync[1], OBJECT_SYNC, 0, &object);
        if (code != rcOk)
            return code;
        struct sync_object *sync = container_of(object, struct sync_object, object);
        spinlock_lock(&sync->lock);
        bool interrupting = sync->interrupting;
        if (interrupting) {
            sync->interrupting = !sync->clears_itself;
        } else {
            thread->sync = sync; /* keeps the reference */
            list_push_back(&sync->waiters, &thread->sync_link);
        }
        spinlock_unlock(&sync->lock);
        if (interrupting) {
            object_release(object);
            return rcIpcInterrupt;
        }
    }
    *limit = limit_and_sync[0];
    return rcOk;
}

void ipc_extended_resume(struct thread *server)
{
    u64 deadline = server->transfer.deadline;
    server->transfer.deadline = 0;
    if (deadline != 0)
        timer_arm(&server->timer, deadline, time_limit);
}

void ipc_extended_stop(struct thread *thread)
{
    if (thread->home == cpu_self()->hal.index)
        timer_cancel(&thread->timer);
    struct sync_object *sync = thread->sync;
    if (sync == nullptr)
        return;
    thread->sync = nullptr;
    spinlock_lock(&sync->lock);
    list_remove(&thread->sync_link);
    spinlock_unlock(&sync->lock);
    object_release(&sync->object);
}
