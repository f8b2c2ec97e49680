/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/irq.h>
#include <ipc/interrupt.h>
#include <ipc/ipc.h>
#include <memory/object_cache.h>

/* Values of `pending`. */
#define RAISED   1U
#define DETACHED 2U

static struct object_cache interrupts;
static struct interrupt *_Atomic lines[HAL_IRQ_LINES]; /* what is found stays during the kernel entry: epochs */

static struct interrupt *interrupt_of(struct object *object)
{
    return container_of(object, struct interrupt, object);
}

static void reclaim(struct epoch_entry *entry)
{
    struct interrupt *interrupt = container_of(entry, struct interrupt, epoch);
    domain_drop(interrupt->quota);
    object_cache_free(&interrupts, interrupt, nullptr);
}

static void destroy(struct object *object)
{
    epoch_defer(&interrupt_of(object)->epoch, reclaim);
}

/* No handle is left. */
static void abandoned(struct object *object)
{
    struct interrupt *interrupt = interrupt_of(object);
    interrupt_detach(interrupt);
    atomic_store_explicit(&lines[interrupt->line], nullptr, memory_order_release);
}

void interrupt_room_init(void)
{
    object_cache_init(&interrupts, "interrupt", sizeof(struct interrupt), KOS_CACHE_LINE);
    object_operations[OBJECT_INTERRUPT] = (struct object_operations){.abandoned = abandoned, .destroy = destroy};
}

retcode interrupt_create(struct quota *quota, u32 line, struct interrupt **result)
{
    if (line >= HAL_IRQ_LINES || !hal_irq_exists(line))
        return rcInvalidArgument;
    struct interrupt *interrupt = object_cache_allocate(&interrupts, quota);
    if (interrupt == nullptr)
        return quota_refusal(quota, 0);
    object_init(&interrupt->object, OBJECT_INTERRUPT);
    interrupt->line = line;
    interrupt->quota = quota;
    futex_bucket_init(&interrupt->bucket);
    struct interrupt *present = nullptr;
    /* release: who finds it finds it whole */
    if (!atomic_compare_exchange_strong_explicit(&lines[line], &present, interrupt, memory_order_release,
                                                 memory_order_relaxed)) {
        object_cache_free(&interrupts, interrupt, quota);
        return rcAlreadyExists;
    }
    domain_hold(quota);
    *result = interrupt;
    return rcOk;
}

static struct futex_word word_of(struct interrupt *interrupt)
{
    return (struct futex_word){&interrupt->bucket, 0, 0, &interrupt->pending};
}

/* What has happened is stored before. */
static void wake(struct interrupt *interrupt)
{
    struct futex_word word = word_of(interrupt);
    (void)futex_wake_first(&word);
}

static void route(struct interrupt *interrupt, u32 cpu)
{
    interrupt->cpu = cpu;
    hal_irq_route(interrupt->line, cpu, (interrupt->flags & (KOS_IRQ_EDGE_RAISE | KOS_IRQ_EDGE_FALL)) != 0,
                  (interrupt->flags & (KOS_IRQ_LEVEL_LOW | KOS_IRQ_EDGE_FALL)) != 0);
}

retcode interrupt_attach(struct interrupt *interrupt, const struct thread *thread, u32 flags)
{
    spinlock_lock(&interrupt->lock);
    bool taken = interrupt->thread != 0;
    if (!taken) {
        interrupt->thread = thread->tid;
        interrupt->flags = flags;
        __atomic_store_n(&interrupt->pending, 0, __ATOMIC_RELAXED);
        route(interrupt, thread->home);
    }
    spinlock_unlock(&interrupt->lock);
    return taken ? rcAlreadyExists : rcOk;
}

void interrupt_detach(struct interrupt *interrupt)
{
    spinlock_lock(&interrupt->lock);
    interrupt->thread = 0;
    hal_irq_mask(interrupt->line);
    __atomic_store_n(&interrupt->pending, DETACHED, __ATOMIC_RELAXED);
    spinlock_unlock(&interrupt->lock);
    wake(interrupt); /* another thread may be attached by now, and pending 0: received() */
}

void interrupt_enable(struct interrupt *interrupt, bool enabled)
{
    spinlock_lock(&interrupt->lock);
    interrupt->disabled = !enabled;
    if (!enabled)
        hal_irq_mask(interrupt->line);
    else if (interrupt->thread != 0)
        hal_irq_unmask(interrupt->line);
    spinlock_unlock(&interrupt->lock);
}

/* A message without words, of no endpoint; or none. */
static retcode received(struct thread *thread, struct interrupt *interrupt)
{
    if (__atomic_exchange_n(&interrupt->pending, 0, __ATOMIC_RELAXED) != RAISED)
        return rcHandleRevoked;
    thread->context.info = KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE, 0);
    thread->context.kind = HAL_RESUME_STATUS;
    return rcOk;
}

void interrupt_complete(struct thread *thread, retcode code)
{
    if (code == rcOk)
        code = received(thread, interrupt_of(thread->futex_object));
    if (code != rcOk)
        ipc_complete(thread, code);
}

retcode interrupt_receive(struct thread *thread, struct interrupt *interrupt)
{
    spinlock_lock(&interrupt->lock);
    retcode code = interrupt->thread != thread->tid ? rcInvalidOperation : rcOk;
    bool pending = __atomic_load_n(&interrupt->pending, __ATOMIC_RELAXED) != 0;
    if (code == rcOk && !pending) {
        if (interrupt->cpu != thread->home)
            route(interrupt, thread->home);
        if (!interrupt->disabled)
            hal_irq_unmask(
                interrupt->line); /* from here on it may come, also on another CPU: then futex_wait sees it */
    }
    spinlock_unlock(&interrupt->lock);
    if (code != rcOk)
        return code;
    if (!pending) {
        struct futex_word word = word_of(interrupt);
        object_reference(&interrupt->object); /* the handle's is there, or the epoch */
        thread->futex_object = &interrupt->object;
        thread->core_response = 0; /* no core call: futex_complete */
        code = futex_wait(thread, &word, KOS_INFINITE_TIMEOUT);
        if (code == rcOk)
            return code;
        pending = code == rcFutexWouldBlock;
    }
    return pending ? received(thread, interrupt) : code;
}

void interrupt_raised(u32 line)
{
    struct interrupt *interrupt =
        line < HAL_IRQ_LINES ? atomic_load_explicit(&lines[line], memory_order_acquire) : nullptr;
    if (interrupt == nullptr) {
        hal_irq_mask(line);
    } else {
        __atomic_store_n(&interrupt->pending, RAISED, __ATOMIC_RELAXED);
        wake(interrupt);
    }
}
