/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random events on several threads at once, and the interpreter as the judge: there must be an order of them all in
 * which it says the same. Decisions that may change something draw numbers while they hold their locks, so theirs is
 * known. Another one saw the state between two of them: not before one that had ended when it began, not behind one
 * that had not begun when it ended.
 */
#include <ksm/ksm.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <tests/languages/psl/compare/kernel.h>
#include <hal/cpu.h>

#define EACH  48U
#define TOTAL (KERNEL_THREADS * EACH)
#define NONE  (~0U)

struct job {
    struct pool pool;
    struct encoded message;
    struct reference_event event;
    bool granted, matched;
    u32 number;      /* of a decision that changes, or NONE */
    u32 first, last; /* numbers drawn of which the state may have been, of another */
};
static struct job *jobs;

const struct ksm_policy *kernel_module;
static _Atomic u32 numbers, ended; /* drawn; so many of the first ones have ended */
static _Atomic bool has_ended[TOTAL + 1];
static thread_local u32 drawn;

/* A decision of the module that draws a number. */
struct drawing {
    struct ksm_decision decision;
    const struct ksm_decision *original;
    struct drawing *next;
};

static bool draw(struct ksm_transaction *transaction)
{
    const struct drawing *drawing = container_of(transaction->decision, struct drawing, decision);
    bool granted = drawing->original->evaluate(transaction);
    drawn = atomic_fetch_add(&numbers, 1);
    return granted;
}

static const struct ksm_decision *drawing_of(const struct ksm_decision *original)
{
    static struct drawing *all;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    struct drawing *drawing = all;
    while (drawing != nullptr && drawing->original != original)
        drawing = drawing->next;
    if (drawing == nullptr) {
        drawing = malloc(sizeof(*drawing));
        *drawing = (struct drawing){*original, original, all};
        drawing->decision.evaluate = draw;
        all = drawing;
    }
    pthread_mutex_unlock(&lock);
    return &drawing->decision;
}

struct ksm_descriptor kernel_describe(enum ksm_event event, u32 source_class, u32 destination_class, u32 riid, u32 mid)
{
    struct ksm_descriptor descriptor = kernel_module->describe(event, source_class, destination_class, riid, mid);
    if (descriptor.decision->evaluate != nullptr && (descriptor.decision->flags & KSM_CHANGES_STATE) != 0)
        descriptor.decision = drawing_of(descriptor.decision);
    return descriptor;
}

static void end(u32 number)
{
    atomic_store(&has_ended[number], true);
    for (u32 count = atomic_load(&ended); atomic_load(&has_ended[count]);)
        if (atomic_compare_exchange_strong(&ended, &count, count + 1))
            count++;
}

static void run(struct job *job)
{
    const struct reference_event *event = &job->event;
    struct ksm_arena arena = ksm_arena_flat(job->message.arena, job->message.arena_size);
    struct ksm_query query;
    compare_query(&query, event, &job->message, &arena, nullptr);
    struct ksm_descriptor descriptor =
        kernel_module->describe(query.event, query.source_class, query.destination_class, query.riid, query.mid);
    compare_query(&query, event, &job->message, &arena, descriptor.decision);
    drawn = NONE;
    job->first = atomic_load(&ended);
    job->granted = ksm_decide(&query) == rcOk;
    job->last = atomic_load(&numbers);
    job->number = drawn;
    if (drawn != NONE)
        end(drawn);
}

static pthread_barrier_t start;

static void *thread(void *index)
{
    host_cpu.index = (u32)(uintptr_t)index;
    pthread_barrier_wait(&start);
    for (u32 i = 0; i < EACH; i++)
        run(&jobs[(host_cpu.index - 1) * EACH + i]);
    return nullptr;
}

static bool judge(struct compare *compare, struct job *job)
{
    compare->event = job->event;
    return reference_decide(compare->interpreter, &job->event) == job->granted;
}

/* The others that may have seen the state as it is now. */
static void judge_readers(struct compare *compare, u32 position)
{
    for (u32 i = 0; i < TOTAL; i++) {
        struct job *job = &jobs[i];
        if (job->number == NONE && !job->matched && job->first <= position && position <= job->last)
            job->matched = judge(compare, job);
    }
}

static void judge_all(struct compare *compare)
{
    struct job *order[TOTAL] = {nullptr};
    u32 count = atomic_load(&numbers);
    for (u32 i = 0; i < TOTAL; i++)
        if (jobs[i].number != NONE)
            order[jobs[i].number] = &jobs[i];
    compare->traced = 0;
    judge_readers(compare, 0);
    for (u32 number = 0; number < count; number++) {
        if (!judge(compare, order[number]))
            compare_fail(compare, "a change on another thread: the verdict is not the interpreter's");
        judge_readers(compare, number + 1);
    }
    for (u32 i = 0; i < TOTAL; i++) {
        if (jobs[i].number == NONE && !jobs[i].matched) {
            compare->event = jobs[i].event;
            compare_fail(compare, "on another thread: a verdict that no state at that time explains");
        }
    }
}

void compare_parallel(struct compare *compare)
{
    pthread_t threads[KERNEL_THREADS];
    struct reference_event event = compare->event;
    if (jobs == nullptr)
        jobs = malloc(TOTAL * sizeof(*jobs));
    for (u32 i = 0; i < TOTAL; i++) {
        struct job *job = &jobs[i];
        job->pool = (struct pool){};
        job->matched = false;
        compare_make_event(compare, &job->pool, &job->message);
        job->event = compare->event;
        atomic_store(&has_ended[i], false);
    }
    atomic_store(&numbers, 0);
    atomic_store(&ended, 0);
    pthread_barrier_init(&start, nullptr, KERNEL_THREADS);
    for (u32 i = 0; i < KERNEL_THREADS; i++)
        pthread_create(&threads[i], nullptr, thread, (void *)(uintptr_t)(i + 1));
    for (u32 i = 0; i < KERNEL_THREADS; i++)
        pthread_join(threads[i], nullptr);
    pthread_barrier_destroy(&start);
    judge_all(compare);
    for (u32 i = 0; i < TOTAL; i++)
        pool_free(&jobs[i].pool);
    compare->event = event;
}
