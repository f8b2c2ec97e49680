/* SPDX-License-Identifier: Apache-2.0 */
/* IPC synchronization objects (IPC.CreateSyncObject) and the time limits of CallEx and RecvEx. */
#include <ipc/ipc.h>
#include <memory/object_cache.h>

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

retcode sync_object_create(struct quota *quota, struct sync_object **result)
{
    struct sync_object *sync = object_cache_allocate(&sync_objects, quota);
    if (sync == nullptr)
        return rcQuotaExceeded;
    object_init(&sync->object, OBJECT_SYNC);
    list_init(&sync->waiters);
    sync->quota = quota;
    domain_hold(quota);
    *result = sync;
    return rcOk;
}

/* On the waiter's home: a Call that nobody took yet, or a Recv, ends. Taken calls go on. */
static void interrupt_waiter(struct thread *thread)
{
    bool waits = thread->state == THREAD_RECEIVING || thread->state == THREAD_CALLING;
    if (waits && ipc_cancel(thread, rcIpcInterrupt))
        sched_wake(thread);
}

static void interrupt_arrived(struct request *request)
{
    struct thread *thread = container_of(request, struct thread, control_request);
    interrupt_waiter(thread);
    object_release(&thread->object);
}

void sync_object_set(struct sync_object *sync, bool interrupting)
{
    spinlock_lock(&sync->lock);
    sync->interrupting = interrupting;
    struct list woken;
    list_init(&woken);
    while (interrupting && !list_empty(&sync->waiters)) {
        struct thread *thread = list_entry(sync->waiters.next, struct thread, sync_link);
        list_remove(&thread->sync_link);
        list_push_back(&woken, &thread->sync_link);
    }
    spinlock_unlock(&sync->lock);
    while (!list_empty(&woken)) {
        struct thread *thread = list_entry(woken.next, struct thread, sync_link);
        list_remove(&thread->sync_link);
        if (thread->home == cpu_self()->hal.index)
            interrupt_waiter(thread);
        else {
            object_reference(&thread->object);
            if (!inbox_push(cpu_table[thread->home], &thread->control_request, interrupt_arrived))
                object_release(&thread->object);
        }
    }
}

static void time_limit(struct timer *timer)
{
    struct thread *thread = container_of(timer, struct thread, timer);
    if (ipc_cancel(thread, rcTimeout))
        sched_wake(thread);
}

retcode ipc_extended_begin(struct thread *thread, bool call)
{
    (void)call;
    u32 limit_and_sync[2];
    static_assert(offsetof(struct kos_message_buffer, sync_handle) ==
                      offsetof(struct kos_message_buffer, timeout) + sizeof(limit_and_sync[0]),
                  "read together");
    if (!hal_copy_from_user(limit_and_sync, thread->context.receive + offsetof(struct kos_message_buffer, timeout),
                            sizeof(limit_and_sync)))
        return rcTargetFault;
    if (limit_and_sync[1] != KOS_INVALID_HANDLE) {
        struct object *object;
        retcode code = handle_lookup(&thread->domain->handles, limit_and_sync[1], OBJECT_SYNC, 0, &object);
        if (code != rcOk)
            return code;
        struct sync_object *sync = container_of(object, struct sync_object, object);
        spinlock_lock(&sync->lock);
        bool interrupting = sync->interrupting;
        if (!interrupting) {
            thread->sync = sync; /* keeps the reference */
            list_push_back(&sync->waiters, &thread->sync_link);
        }
        spinlock_unlock(&sync->lock);
        if (interrupting) {
            object_release(object);
            return rcIpcInterrupt;
        }
    }
    if (limit_and_sync[0] != KOS_INFINITE_TIMEOUT)
        timer_arm(&thread->timer, timer_deadline(limit_and_sync[0]), time_limit);
    return rcOk;
}

void ipc_extended_end(struct thread *thread)
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
