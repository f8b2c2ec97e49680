/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many producers, one consumer, items that are linked where they lie: smp/inbox.c beside liburcu's wfcqueue, and
 * Concurrency Kit's stack (whose consumer gets them last in, first out, as it never turns them round) and ring of
 * pointers. Whatever brings it, an item carries the function that handles it, as a request does.
 */
#include <benchmarks/host/host.h>
#include <ck_ring.h>
#include <ck_stack.h>
#include <urcu/wfcqueue.h>

#define BATCH 64U   /* pushed in one iteration */
#define POOL  1024U /* items that one producer has, a power of two */

struct item {
    union {
        struct request request;
        struct cds_wfcq_node wfcq;
        struct ck_stack_entry ck;
    };
    void (*handle)(struct item *);
    _Atomic bool queued; /* written by the producer before it pushes, by the consumer when it has handled */
};

static cache_aligned struct {
    cache_aligned struct item item;
} pool[POOL];

static cache_aligned u64 handled; /* the consumer's */

static void handle(struct item *item)
{
    handled++;
    /* release: the producer reuses the item */
    atomic_store_explicit(&item->queued, false, memory_order_release);
}

static void handle_request(struct request *request)
{
    handle(container_of(request, struct item, request));
}

/* ---- the contenders ---- */

static void inbox_push_one(struct item *item)
{
    inbox_send(host_cpus[0], &item->request, handle_request, INBOX_AT_ONCE);
}

static void inbox_drain_all(void)
{
    while (inbox_drain(host_cpus[0]))
        ;
}

static cache_aligned struct cds_wfcq_head wfcq_head;
static cache_aligned struct cds_wfcq_tail wfcq_tail;

static void wfcq_push_one(struct item *item)
{
    item->handle = handle;
    cds_wfcq_node_init(&item->wfcq);
    (void)cds_wfcq_enqueue(&wfcq_head, &wfcq_tail, &item->wfcq);
}

static void wfcq_drain_all(void)
{
    struct __cds_wfcq_head taken;
    struct cds_wfcq_tail taken_tail;
    struct cds_wfcq_node *node, *next;
    __cds_wfcq_init(&taken, &taken_tail);
    if (__cds_wfcq_splice_blocking(&taken, &taken_tail, &wfcq_head, &wfcq_tail) == CDS_WFCQ_RET_SRC_EMPTY)
        return;
    __cds_wfcq_for_each_blocking_safe(&taken, &taken_tail, node, next)
    {
        struct item *item = caa_container_of(node, struct item, wfcq);
        item->handle(item);
    }
}

static cache_aligned struct ck_stack stack = CK_STACK_INITIALIZER;

static void stack_push_one(struct item *item)
{
    item->handle = handle;
    ck_stack_push_upmc(&stack, &item->ck);
}

static void stack_drain_all(void)
{
    struct ck_stack_entry *next;
    for (struct ck_stack_entry *entry = ck_stack_batch_pop_upmc(&stack); entry != NULL; entry = next) {
        struct item *item = container_of(entry, struct item, ck);
        next = entry->next;
        item->handle(item);
    }
}

static cache_aligned struct ck_ring ring;
static struct ck_ring_buffer ring_buffer[2 * POOL];

static void ring_push_one(struct item *item)
{
    item->handle = handle;
    while (!ck_ring_enqueue_mpsc(&ring, ring_buffer, item))
        hal_cpu_relax();
}

static void ring_drain_all(void)
{
    void *item;
    while (ck_ring_dequeue_mpsc(&ring, ring_buffer, &item))
        ((struct item *)item)->handle(item);
}

static const struct contender {
    const char *one, *two;
    void (*push)(struct item *);
    void (*drain)(void);
} contenders[] = {
    {"inbox/batch/kos", "inbox/stream/kos", inbox_push_one, inbox_drain_all},
    {"inbox/batch/liburcu_wfcqueue", "inbox/stream/liburcu_wfcqueue", wfcq_push_one, wfcq_drain_all},
    {"inbox/batch/ck_stack_upmc", "inbox/stream/ck_stack_upmc", stack_push_one, stack_drain_all},
    {"inbox/batch/ck_ring_mpsc", "inbox/stream/ck_ring_mpsc", ring_push_one, ring_drain_all},
};

/* ---- the work ---- */

/* One thread pushes a batch and drains it. */
static void batch(struct host_state *state, const void *context)
{
    const struct contender *contender = context;
    u64 iterations = 0;
    host_be(0);
    while (host_keep_running(state)) {
        for (u32 i = 0; i < BATCH; i++)
            contender->push(&pool[i].item);
        contender->drain();
        iterations++;
    }
    host_items(state, iterations * BATCH);
}

static void produce(struct host_state *state, const struct contender *contender)
{
    u64 pushed = 0;
    while (host_keep_running(state))
        for (u32 i = 0; i < BATCH; i++, pushed++) {
            struct item *item = &pool[pushed % POOL].item;
            while (atomic_load_explicit(&item->queued, memory_order_acquire))
                hal_cpu_relax();
            atomic_store_explicit(&item->queued, true, memory_order_relaxed);
            contender->push(item);
        }
}

static void consume(struct host_state *state, const struct contender *contender)
{
    u64 wanted = handled; /* equal: the last run was drained to its end */
    while (host_keep_running(state))
        for (wanted += BATCH; handled < wanted;) {
            u64 before = handled;
            contender->drain();
            if (handled == before)
                hal_cpu_relax();
        }
}

/* Thread 0 drains what thread 1 pushes. Both do the same number of iterations, so nothing is left over. */
static void stream(struct host_state *state, const void *context)
{
    const struct contender *contender = context;
    bool consumer = host_thread(state) == 0;
    host_be(consumer ? 0 : 1);
    if (consumer) {
        u64 before = handled;
        consume(state, contender);
        host_items(state, handled - before);
    } else {
        produce(state, contender);
    }
}

void inbox_benchmarks(void)
{
    cds_wfcq_init(&wfcq_head, &wfcq_tail);
    ck_ring_init(&ring, array_length(ring_buffer));
    for (u32 i = 0; i < array_length(contenders); i++)
        host_benchmark(contenders[i].one, batch, &contenders[i], 1);
    for (u32 i = 0; i < array_length(contenders); i++)
        host_benchmark(contenders[i].two, stream, &contenders[i], 2);
}
