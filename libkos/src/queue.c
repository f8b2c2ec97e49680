/* SPDX-License-Identifier: Apache-2.0 */
#include "futex.h"
#include <kos/alloc.h>
#include <kos/queue.h>

/*
 * M. Michael and M. Scott, "Simple, fast, and practical non-blocking and blocking concurrent queue algorithms" (PODC
 * 1996), over numbered nodes: a reference is a node's number and, above it, a count that makes every change of a place
 * unique. There is a node more than objects, because the list always keeps one in front. Free nodes and free objects
 * are stacks of the same kind (R. Treiber, 1986).
 */
typedef rtl_uint64_t reference;
#define NUMBER(r)       ((rtl_uint32_t)(r))
#define NONE            (~0U)
#define OBJECTS_MAX     (1U << 24)
#define OBJECT_SIZE_MAX (1U << 24)
#define CHANGED(r)      (((r) & ~0xffffffffULL) + (1ULL << 32))

struct node {
    reference next;      /* in the list or in the stack of free nodes */
    rtl_uint32_t object; /* its number */
};

struct KosQueue {
    reference head, tail;               /* of the list: head is the node in front */
    reference free_nodes, free_objects; /* stacks */
    rtl_uint64_t waiting;               /* bits 0..31 pushes so far, bits 32..63 threads in Pop */
    char *objects;
    rtl_size_t stride;
    rtl_uint32_t count;
    int own_objects;
    reference *object_next; /* of each free object; behind the nodes */
    struct node nodes[];
};
#define LOW    0xffffffffULL
#define WAITER (1ULL << 32)

static reference load(const reference *place)
{
    return __atomic_load_n(place, __ATOMIC_SEQ_CST);
}

/* Links of a stack: those of nodes or those of objects. */
static reference *link_of(KosQueueHandle queue, int objects, rtl_uint32_t number)
{
    return objects ? &queue->object_next[number] : &queue->nodes[number].next;
}

static void put(KosQueueHandle queue, reference *stack, int objects, rtl_uint32_t number)
{
    reference top = load(stack), *link = link_of(queue, objects, number);
    do
        __atomic_store_n(link, CHANGED(load(link)) | NUMBER(top), __ATOMIC_SEQ_CST);
    while (!kos_swap(stack, &top, CHANGED(top) | number));
}

static rtl_uint32_t take(KosQueueHandle queue, reference *stack, int objects)
{
    reference top = load(stack);
    while (NUMBER(top) != NONE)
        if (kos_swap(stack, &top, CHANGED(top) | NUMBER(load(link_of(queue, objects, NUMBER(top))))))
            break;
    return NUMBER(top);
}

KosQueueHandle KosQueueCreate(unsigned objCount, unsigned objSize, unsigned objAlign, void *buffer)
{
    if (objCount == 0 || objSize == 0 || objCount > OBJECTS_MAX || objSize > OBJECT_SIZE_MAX || objAlign == 0 ||
        (objAlign & (objAlign - 1)) != 0 || ((rtl_uintptr_t)buffer & (objAlign - 1)) != 0)
        return RTL_NULL;
    rtl_size_t stride = ((rtl_size_t)objSize + objAlign - 1) & ~((rtl_size_t)objAlign - 1),
               nodes = (rtl_size_t)objCount + 1;
    KosQueueHandle queue = KosMemZalloc(sizeof(*queue) + nodes * sizeof(struct node) + objCount * sizeof(reference));
    if (queue == RTL_NULL)
        return RTL_NULL;
    queue->own_objects = buffer == RTL_NULL;
    queue->objects = buffer != RTL_NULL ? buffer : KosMemAllocEx(objCount * stride, objAlign, 0);
    if (queue->objects == RTL_NULL) {
        KosMemFree(queue);
        return RTL_NULL;
    }
    queue->stride = stride;
    queue->count = objCount;
    queue->object_next = (reference *)(void *)&queue->nodes[nodes];
    queue->free_nodes = queue->free_objects = NONE;
    queue->nodes[0].next = NONE;
    for (rtl_uint32_t i = objCount; i > 0; i--) {
        put(queue, &queue->free_nodes, 0, i);
        put(queue, &queue->free_objects, 1, i - 1);
    }
    return queue;
}

void KosQueueDestroy(KosQueueHandle queue)
{
    if (queue->own_objects)
        KosMemFree(queue->objects);
    KosMemFree(queue);
}

static void *object_at(KosQueueHandle queue, rtl_uint32_t number)
{
    return number != NONE ? queue->objects + number * queue->stride : RTL_NULL;
}

static rtl_uint32_t number_of(KosQueueHandle queue, const void *obj)
{
    return (rtl_uint32_t)((rtl_size_t)((const char *)obj - queue->objects) / queue->stride);
}

void *KosQueueAlloc(KosQueueHandle queue)
{
    return object_at(queue, take(queue, &queue->free_objects, 1));
}

void KosQueueFree(KosQueueHandle queue, void *obj)
{
    put(queue, &queue->free_objects, 1, number_of(queue, obj));
}

static void append(KosQueueHandle queue, rtl_uint32_t number)
{
    struct node *node = &queue->nodes[number];
    __atomic_store_n(&node->next, CHANGED(load(&node->next)) | NONE, __ATOMIC_SEQ_CST);
    for (;;) {
        reference tail = load(&queue->tail), next = load(&queue->nodes[NUMBER(tail)].next);
        if (tail != load(&queue->tail))
            continue;
        if (NUMBER(next) != NONE) {
            (void)kos_swap(&queue->tail, &tail,
                           CHANGED(tail) | NUMBER(next)); /* another push stopped half-way: done for it */
        } else if (kos_swap(&queue->nodes[NUMBER(tail)].next, &next, CHANGED(next) | number)) {
            (void)kos_swap(&queue->tail, &tail, CHANGED(tail) | number);
            return;
        }
    }
}

static void *remove_first(KosQueueHandle queue)
{
    for (;;) {
        reference head = load(&queue->head), tail = load(&queue->tail);
        reference next = load(&queue->nodes[NUMBER(head)].next);
        if (head != load(&queue->head))
            continue;
        if (NUMBER(next) == NONE)
            return RTL_NULL;
        if (NUMBER(head) == NUMBER(tail)) {
            (void)kos_swap(&queue->tail, &tail, CHANGED(tail) | NUMBER(next));
            continue;
        }
        rtl_uint32_t object = __atomic_load_n(&queue->nodes[NUMBER(next)].object, __ATOMIC_SEQ_CST);
        if (kos_swap(&queue->head, &head, CHANGED(head) | NUMBER(next))) {
            put(queue, &queue->free_nodes, 0, NUMBER(head));
            return object_at(queue, object);
        }
    }
}

void KosQueuePush(KosQueueHandle queue, void *obj)
{
    rtl_uint32_t node = take(queue, &queue->free_nodes, 0);
    /* There is one: a node that is not free belongs to a queued object, to one in the hands of a Pop, or is the one in
     * front. */
    if (node == NONE)
        __builtin_trap(); /* an object was pushed twice */
    __atomic_store_n(&queue->nodes[node].object, number_of(queue, obj), __ATOMIC_SEQ_CST);
    append(queue, node);
    rtl_uint64_t seen = load(&queue->waiting);
    while (!kos_swap(&queue->waiting, &seen, (seen & ~LOW) | ((seen + 1) & LOW)))
        ;
    if (seen >= WAITER)
        kos_futex_wake(kos_low(&queue->waiting), 1);
}

void *KosQueuePop(KosQueueHandle queue, rtl_uint32_t timeout)
{
    void *obj = remove_first(queue);
    if (obj != RTL_NULL || timeout == 0)
        return obj;
    nk_uint64_t deadline = kos_deadline(timeout);
    rtl_uint64_t seen = __atomic_add_fetch(&queue->waiting, WAITER, __ATOMIC_SEQ_CST);
    for (;;) {
        obj = remove_first(queue); /* a push after the look at `waiting` changes its low half */
        if (obj != RTL_NULL || kos_futex_wait(kos_low(&queue->waiting), (rtl_uint32_t)seen, deadline) == rcTimeout)
            break;
        seen = load(&queue->waiting);
    }
    __atomic_fetch_sub(&queue->waiting, WAITER, __ATOMIC_SEQ_CST);
    return obj != RTL_NULL ? obj : remove_first(queue);
}

void KosQueueFlush(KosQueueHandle queue)
{
    for (void *obj; (obj = KosQueuePop(queue, 0)) != RTL_NULL;)
        KosQueueFree(queue, obj);
}
