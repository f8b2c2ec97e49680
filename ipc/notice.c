/* SPDX-License-Identifier: Apache-2.0 */
#include <ipc/notice.h>
#include <memory/object_cache.h>
#include <smp/preemption.h>

/* Subscriptions that are passed to between two timers, if no interrupt waits. */
#define AT_ONCE 8U

struct subscription {
    struct tree_node node;  /* in notice->subscriptions */
    struct list watch_link; /* in the watch's subscriptions, while object is not null; guarded by the watch's lock */
    struct list queue_link; /* in notice->queue while events is not 0 */
    struct notice *notice;  /* constant; outlives it */
    struct object *object;  /* with a reference; null once no handle to it is left. Changes under both locks */
    u64 id;
    u32 sid, mask;
    u32 events; /* to be taken; guarded by notice->lock */
};

static struct object_cache notices, watches, subscriptions;

static struct subscription *of_node(const struct tree_node *node)
{
    return tree_entry(node, struct subscription, node);
}

static bool before(const struct tree_node *left, const struct tree_node *right)
{
    const struct subscription *a = of_node(left), *b = of_node(right);
    return a->sid != b->sid ? a->sid < b->sid : a->id < b->id;
}

static bool reached(const struct tree_node *node, const void *key)
{
    return !before(node, &((const struct subscription *)key)->node);
}

/* notice->lock held, the watch's too if it is in one: nobody finds it any more. */
static void subscription_remove(struct subscription *subscription)
{
    struct notice *notice = subscription->notice;
    tree_remove(&notice->subscriptions, &subscription->node);
    list_remove(&subscription->watch_link);
    list_remove(&subscription->queue_link);
    if (subscription->events != 0 && notice->ready != NOTICE_DROPPED)
        notice->ready--;
}

static void subscription_free(struct subscription *subscription)
{
    object_cache_free(&subscriptions, subscription, subscription->notice->quota);
}

struct futex_word notice_word(struct notice *notice)
{
    return (struct futex_word){&notice->bucket, 0, 0, &notice->ready};
}

/* ---- passing on ---- */

/* Both locks held. True if the notice has something to take that it did not have. */
static bool deliver(struct subscription *subscription, u32 events)
{
    struct notice *notice = subscription->notice;
    events &= subscription->mask;
    if (events == 0 || notice->ready == NOTICE_DROPPED)
        return false;
    bool first = subscription->events == 0;
    subscription->events |= events;
    if (first) {
        list_push_back(&notice->queue, &subscription->queue_link);
        notice->ready++;
    }
    return first;
}

/* What one step leaves to be done without locks. */
struct aftermath {
    struct notice *woken; /* with a reference; or null */
    struct subscription *freed;
    bool gone; /* its reference to the object is left */
};

/* The watch's lock held. */
static void pass_one(const struct watch *watch, struct subscription *subscription, struct aftermath *after)
{
    struct notice *notice = subscription->notice;
    spinlock_lock(&notice->lock);
    if (deliver(subscription, watch->passing)) {
        object_reference(&notice->object);
        after->woken = notice;
    }
    if ((watch->passing & KOS_EVENT_OBJECT_DESTROYED) != 0) {
        list_remove(&subscription->watch_link);
        subscription->object = nullptr;
        after->gone = true;
        if (subscription->events == 0) {
            subscription_remove(subscription);
            after->freed = subscription;
        }
    }
    spinlock_unlock(&notice->lock);
}

/* The watch's lock held: a step. True if the pass is at its end. */
static bool pass_next(struct watch *watch, struct aftermath *after)
{
    struct list *link = watch->marker.next;
    if (link != &watch->subscriptions) {
        list_remove(&watch->marker);
        list_insert_after(link, &watch->marker);
        pass_one(watch, list_entry(link, struct subscription, watch_link), after);
    }
    if (watch->marker.next != &watch->subscriptions)
        return false;
    list_remove(&watch->marker);
    watch->passing = 0;
    return true;
}

static void settle(struct object *object, const struct aftermath *after)
{
    if (after->freed != nullptr)
        subscription_free(after->freed);
    if (after->woken != nullptr) {
        struct futex_word word = notice_word(after->woken);
        (void)futex_wake_first(&word);
        object_release(&after->woken->object);
    }
    if (after->gone)
        object_release(object);
}

static void pass_goes_on(struct timer *timer);

/* True: the pass is at its end. */
static bool pass_step(struct watch *watch)
{
    struct aftermath after = {};
    spinlock_lock(&watch->lock);
    bool done = pass_next(watch, &after);
    if (done && (watch->passing = atomic_exchange_explicit(&watch->raised, 0, memory_order_acq_rel)) != 0) {
        list_push_front(&watch->subscriptions, &watch->marker);
        done = false;
    }
    spinlock_unlock(&watch->lock);
    settle(watch->object, &after);
    return done;
}

/* With a reference to the object, and watch->passing set: this CPU does it. */
static void pass(struct watch *watch)
{
    bool done = pass_step(watch);
    for (u32 i = 1; !done && i < AT_ONCE && !preemption_point(); i++)
        done = pass_step(watch);
    if (done)
        object_release(watch->object);
    else
        timer_arm(&watch->timer, 0, pass_goes_on); /* not at once: interrupts come first */
}

static void pass_goes_on(struct timer *timer)
{
    pass(container_of(timer, struct watch, timer));
}

static void told(struct request *request)
{
    struct watch *watch = container_of(request, struct watch, request);
    spinlock_lock(&watch->lock);
    bool begins = watch->passing == 0; /* else the CPU that is passing looks at `raised` in the end */
    if (begins && (watch->passing = atomic_exchange_explicit(&watch->raised, 0, memory_order_acq_rel)) != 0)
        list_push_front(&watch->subscriptions, &watch->marker);
    begins = begins && watch->passing != 0;
    spinlock_unlock(&watch->lock);
    if (begins)
        pass(watch);
    else
        object_release(watch->object);
}

static void watch_tell(struct object *object, u32 events)
{
    struct watch *watch = atomic_load_explicit(&object->watch, memory_order_acquire);
    atomic_fetch_or_explicit(&watch->raised, events, memory_order_release);
    object_reference(object);
    if (!inbox_push(cpu_self(), &watch->request, told))
        object_release(object); /* the caller has another */
}

static void watch_free(struct object *object)
{
    object_cache_free(&watches, atomic_load_explicit(&object->watch, memory_order_relaxed), nullptr);
}

/* ---- the object ---- */

static void notice_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&notices, container_of(entry, struct notice, epoch), nullptr);
}

static void notice_destroy(struct object *object)
{
    struct notice *notice = container_of(object, struct notice, object);
    domain_drop(notice->quota);
    epoch_defer(&notice->epoch, notice_reclaim);
}

/* Who closed the last handle does not wait for the end of it. */
static void drop_goes_on(struct timer *timer)
{
    struct notice *notice = container_of(timer, struct notice, timer);
    if (notice_drop(notice) == PREEMPTED)
        timer_arm(timer, 0, drop_goes_on); /* not at once: interrupts come first */
    else
        object_release(&notice->object);
}

static void notice_abandoned(struct object *object)
{
    struct notice *notice = container_of(object, struct notice, object);
    /* relaxed: the object's lock orders those who find that its last handle has gone */
    if (atomic_exchange_explicit(&notice->abandoned, true, memory_order_relaxed))
        return;
    object_reference(object);
    drop_goes_on(&notice->timer);
}

void notice_room_init(void)
{
    object_cache_init(&notices, "notice", sizeof(struct notice), KOS_CACHE_LINE);
    object_cache_init(&watches, "watch", sizeof(struct watch), 8);
    object_cache_init(&subscriptions, "subscription", sizeof(struct subscription), 8);
    object_operations[OBJECT_NOTICE] =
        (struct object_operations){.abandoned = notice_abandoned, .destroy = notice_destroy};
    object_watch_tell = watch_tell;
    object_watch_free = watch_free;
}

retcode notice_create(struct quota *quota, struct notice **result)
{
    struct notice *notice = object_cache_allocate(&notices, quota);
    if (notice == nullptr)
        return quota_refusal(quota, 0);
    object_init(&notice->object, OBJECT_NOTICE);
    tree_init(&notice->subscriptions, before);
    list_init(&notice->queue);
    futex_bucket_init(&notice->bucket);
    timer_init(&notice->timer);
    notice->quota = quota;
    domain_hold(quota);
    *result = notice;
    return rcOk;
}

/* ---- subscriptions ---- */

/* The object's lock held. At most one per object, which is charged itself: the watch is not. */
static struct watch *watch_of(struct object *object)
{
    struct watch *watch = atomic_load_explicit(&object->watch, memory_order_relaxed);
    if (watch != nullptr)
        return watch;
    watch = object_cache_allocate(&watches, nullptr);
    if (watch == nullptr)
        return nullptr;
    watch->object = object;
    list_init(&watch->subscriptions);
    list_init(&watch->marker);
    timer_init(&watch->timer);
    atomic_store_explicit(&object->watch, watch, memory_order_release);
    return watch;
}

/* The object's lock held: it has handles, and the event of the last one's end is yet to come. *woken: the notice has
 * something to take. */
static retcode attach(struct subscription *subscription, bool *woken)
{
    struct object *object = subscription->object;
    struct notice *notice = subscription->notice;
    struct watch *watch = list_empty(&object->capabilities) ? nullptr : watch_of(object);
    if (watch == nullptr)
        return list_empty(&object->capabilities) ? rcInvalidHandle : rcOutOfMemory;
    retcode code = rcNotConnected;
    spinlock_lock(&watch->lock);
    spinlock_lock(&notice->lock);
    if (notice->ready != NOTICE_DROPPED) {
        code = rcOk;
        list_push_front(&watch->subscriptions, &subscription->watch_link); /* before the marker: not that pass's */
        tree_insert(&notice->subscriptions, &subscription->node);
        atomic_thread_fence(memory_order_seq_cst); /* see object_tell */
        if (object_operations[object->type].events != nullptr)
            *woken = deliver(subscription, object_operations[object->type].events(object));
    }
    spinlock_unlock(&notice->lock);
    spinlock_unlock(&watch->lock);
    return code;
}

retcode notice_subscribe(struct notice *notice, struct object *object, u32 mask, u64 id)
{
    struct subscription *subscription = object_cache_allocate(&subscriptions, notice->quota);
    if (subscription == nullptr)
        return quota_refusal(notice->quota, 0);
    list_init(&subscription->watch_link);
    list_init(&subscription->queue_link);
    subscription->notice = notice;
    subscription->object = object;
    subscription->id = id;
    subscription->sid = object->sid;
    subscription->mask = mask;
    object_reference(object);
    bool woken = false;
    spinlock_lock(&object->lock);
    retcode code = attach(subscription, &woken);
    spinlock_unlock(&object->lock);
    if (code != rcOk) {
        subscription_free(subscription);
        object_release(object);
    } else if (woken) {
        struct futex_word word = notice_word(notice);
        (void)futex_wake_first(&word);
    }
    return code;
}

retcode notice_unsubscribe(struct notice *notice, struct object *object, bool any_id, u64 id, u64 *position)
{
    struct subscription key = {.sid = object->sid, .id = any_id ? 0 : id};
    struct watch *watch = atomic_load_explicit(&object->watch, memory_order_acquire);
    while (watch != nullptr) {
        struct subscription *found = nullptr;
        spinlock_lock(&watch->lock);
        spinlock_lock(&notice->lock);
        struct tree_node *node = tree_find(&notice->subscriptions, reached, &key);
        if (node != nullptr && of_node(node)->sid == key.sid && (any_id || of_node(node)->id == id)) {
            found = of_node(node);
            subscription_remove(found);
        }
        spinlock_unlock(&notice->lock);
        spinlock_unlock(&watch->lock);
        if (found == nullptr)
            break;
        ++*position;
        if (found->object != nullptr)
            object_release(object);
        subscription_free(found);
        if (preemption_point())
            return PREEMPTED;
    }
    return *position != 0 ? rcOk : rcResourceNotFound;
}

/* ---- taking ---- */

retcode notice_take(struct notice *notice, struct notice_event *event)
{
    struct subscription *gone = nullptr;
    retcode code = rcTimeout;
    spinlock_lock(&notice->lock);
    if (notice->ready == NOTICE_DROPPED) {
        code = rcNotConnected;
    } else if (notice->ready != 0) {
        struct subscription *first = list_entry(notice->queue.next, struct subscription, queue_link);
        list_remove(&first->queue_link);
        *event = (struct notice_event){first->id, first->events, --notice->ready};
        first->events = 0;
        if (first->object == nullptr) {
            tree_remove(&notice->subscriptions, &first->node);
            gone = first;
        }
        code = rcOk;
    }
    spinlock_unlock(&notice->lock);
    if (gone != nullptr)
        subscription_free(gone);
    return code;
}

/* A subscription of a dropped notice, in no watch any more; or null: there is none, or it has to be taken out of its
 * watch first: *object, with a reference. */
static struct subscription *drop_first(struct notice *notice, struct object **object)
{
    spinlock_lock(&notice->lock);
    struct tree_node *node = notice->subscriptions.first;
    struct subscription *first = node == nullptr ? nullptr : of_node(node);
    *object = first == nullptr ? nullptr : first->object;
    if (*object != nullptr) {
        object_reference(*object);
        first = nullptr;
    } else if (first != nullptr) {
        subscription_remove(first);
    }
    spinlock_unlock(&notice->lock);
    return first;
}

/* Takes the first subscription out of the object's watch, if it is in there still. */
static void drop_watched(struct notice *notice, struct object *object)
{
    struct watch *watch = atomic_load_explicit(&object->watch, memory_order_acquire);
    spinlock_lock(&watch->lock);
    spinlock_lock(&notice->lock);
    struct tree_node *node = notice->subscriptions.first;
    struct subscription *first = node == nullptr ? nullptr : of_node(node);
    bool watched = first != nullptr && first->object == object;
    if (watched) {
        list_remove(&first->watch_link);
        first->object = nullptr;
    }
    spinlock_unlock(&notice->lock);
    spinlock_unlock(&watch->lock);
    if (watched)
        object_release(object);
    object_release(object);
}

retcode notice_drop(struct notice *notice)
{
    spinlock_lock(&notice->lock);
    notice->ready = NOTICE_DROPPED;
    spinlock_unlock(&notice->lock);
    struct futex_word word = notice_word(notice);
    while (futex_wake(&word, FUTEX_AT_ONCE) == FUTEX_AT_ONCE)
        if (preemption_point())
            return PREEMPTED;
    for (;;) {
        struct object *object;
        struct subscription *first = drop_first(notice, &object);
        if (first != nullptr)
            subscription_free(first);
        else if (object != nullptr)
            drop_watched(notice, object);
        else
            return rcOk;
        if (preemption_point())
            return PREEMPTED;
    }
}
