/* SPDX-License-Identifier: Apache-2.0 */
/* The run queue against what it promises, and against a model that keeps one array and searches it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <sched/run_queue.h>
#include <stdlib.h>

#define THREADS 200U
static struct cpu cpu;
static struct run_queue *const queue = &cpu.run_queue;
static struct thread threads[THREADS];

static int setup(void **state)
{
    (void)state;
    memset(&cpu, 0, sizeof(cpu));
    cpu_init(&cpu, nullptr);
    tree_init(&queue->deadlines, run_queue_earlier);
    memset(threads, 0, sizeof(threads));
    for (u32 i = 0; i < THREADS; i++) {
        list_init(&threads[i].run_link);
        tree_node_init(&threads[i].edf_node);
    }
    return 0;
}

static struct thread *at_level(u32 index, u32 level)
{
    threads[index].level = level;
    return &threads[index];
}

static void nothing_is_popped_from_an_empty_queue(void **state)
{
    (void)state;
    assert_null(run_queue_pop(queue));
    assert_int_equal(queue->ready, 0);
    for (u32 level = 0; level < CPU_LEVELS; level++)
        assert_false(run_queue_above(queue, level));
}

static void levels_of_classes_and_priorities_are_apart(void **state)
{
    (void)state;
    assert_int_equal(run_level(KOS_CLASS_STANDARD, 0), RUN_LEVEL_STANDARD);
    assert_int_equal(run_level(KOS_CLASS_STANDARD, 17), RUN_LEVEL_STANDARD); /* they never preempt each other */
    assert_true(run_level(KOS_CLASS_FIFO, 0) > RUN_LEVEL_STANDARD);
    assert_true(run_level(KOS_CLASS_FIFO, KOS_PRIORITY_REAL_TIME_MAX) < run_level(KOS_CLASS_RESERVATION, 0));
    assert_int_equal(run_level(KOS_CLASS_RESERVATION, 31), run_level(KOS_CLASS_RESERVATION, 0));
    assert_true(run_level(KOS_CLASS_RESERVATION, 0) < CPU_LEVELS);
    for (u32 priority = 0; priority < KOS_PRIORITY_REAL_TIME_MAX; priority++)
        assert_int_equal(run_level(KOS_CLASS_FIFO, priority + 1), run_level(KOS_CLASS_FIFO, priority) + 1);
    for (u32 priority = 0; priority <= KOS_PRIORITY_REAL_TIME_MAX; priority++)
        assert_int_equal(run_level(KOS_CLASS_ROUND_ROBIN, priority), run_level(KOS_CLASS_FIFO, priority));
}

static void higher_levels_come_first(void **state)
{
    (void)state;
    for (u32 i = 0; i < CPU_LEVELS; i++) /* 37 is coprime to 64: every level once, in a mixed order */
        run_queue_push_back(queue, at_level(i, i * 37 % CPU_LEVELS));
    assert_int_equal(queue->ready, ~0ULL);
    for (u32 level = CPU_LEVELS; level-- > 0;) {
        struct thread *thread = run_queue_pop(queue);
        assert_non_null(thread);
        assert_int_equal(thread->level, level);
        assert_int_equal(queue->ready, (1ULL << level) - 1);
    }
    assert_null(run_queue_pop(queue));
}

static void a_level_is_first_in_first_out(void **state)
{
    (void)state;
    for (u32 i = 0; i < THREADS; i++)
        run_queue_push_back(queue, at_level(i, RUN_LEVEL_STANDARD));
    for (u32 i = 0; i < THREADS; i++)
        assert_ptr_equal(run_queue_pop(queue), &threads[i]);
    assert_int_equal(queue->ready, 0);
}

static void push_front_goes_before_its_level_only(void **state)
{
    (void)state;
    run_queue_push_back(queue, at_level(0, 40));
    run_queue_push_back(queue, at_level(1, 41));
    run_queue_push_front(queue, at_level(2, 40));
    run_queue_push_front(queue, at_level(3, 63)); /* alone there: sets the bit too */
    const u32 expected[] = {3, 1, 2, 0};
    for (u32 i = 0; i < array_length(expected); i++)
        assert_ptr_equal(run_queue_pop(queue), &threads[expected[i]]);
}

static void the_bit_goes_with_the_last_of_a_level(void **state)
{
    (void)state;
    const u32 levels[] = {0, 1, 31, 32, 63};
    for (u32 i = 0; i < array_length(levels); i++) {
        struct thread *first = at_level(0, levels[i]), *second = at_level(1, levels[i]);
        run_queue_push_back(queue, first);
        run_queue_push_back(queue, second);
        run_queue_remove(queue, first);
        assert_int_equal(queue->ready, 1ULL << levels[i]);
        run_queue_remove(queue, second);
        assert_int_equal(queue->ready, 0);
        assert_true(list_empty(&first->run_link) && list_empty(&second->run_link));
    }
}

static void removal_from_the_middle_keeps_the_order(void **state)
{
    (void)state;
    for (u32 i = 0; i < 5; i++)
        run_queue_push_back(queue, at_level(i, 33));
    run_queue_remove(queue, &threads[2]);
    const u32 expected[] = {0, 1, 3, 4};
    for (u32 i = 0; i < array_length(expected); i++)
        assert_ptr_equal(run_queue_pop(queue), &threads[expected[i]]);
    assert_null(run_queue_pop(queue));
}

static void above_means_strictly_above(void **state)
{
    (void)state;
    for (u32 waiting = 0; waiting < CPU_LEVELS; waiting++) {
        run_queue_push_back(queue, at_level(0, waiting));
        for (u32 level = 0; level < CPU_LEVELS; level++)
            assert_int_equal(run_queue_above(queue, level), waiting > level);
        run_queue_remove(queue, &threads[0]);
    }
}

/* Thread with a deadline: its own account; 0: without an account, as holders of locks. */
static struct thread *by_deadline(u32 index, u64 deadline)
{
    threads[index].account = deadline == 0 ? nullptr : &threads[index];
    threads[index].reservation.deadline = deadline;
    return at_level(index, RUN_LEVEL_RESERVATION);
}

static void reservations_leave_by_deadline(void **state)
{
    (void)state;
    static const u64 deadlines[] = {500, 300, 0, 300, 900, ~0ULL, 0, 1};
    static const u32 expected[] = {8, 2, 6, 7, 1, 3, 0, 4, 5, 9}; /* equal ones in order of arrival */
    for (u32 i = 0; i < array_length(deadlines); i++)
        (i % 2 == 0 ? run_queue_push_back : run_queue_push_front)(queue, by_deadline(i, deadlines[i]));
    run_queue_push_back(queue, at_level(8, RUN_LEVEL_RESERVATION + 1));
    run_queue_push_back(queue, at_level(9, RUN_LEVEL_RESERVATION - 1));
    for (u32 i = 0; i < array_length(expected); i++)
        assert_ptr_equal(run_queue_pop(queue), &threads[expected[i]]);
    assert_int_equal(queue->ready, 0);
}

static void a_reservation_is_more_urgent_by_an_earlier_deadline(void **state)
{
    (void)state;
    struct thread *account = by_deadline(0, 500);
    const u32 level = RUN_LEVEL_RESERVATION;
    assert_false(run_queue_more_urgent(queue, level, account));
    run_queue_push_back(queue, by_deadline(1, 500));
    assert_false(run_queue_more_urgent(queue, level, account)); /* not by an equal one */
    assert_true(run_queue_more_urgent(queue, level - 1, account));
    assert_false(run_queue_more_urgent(queue, level + 1, account));
    run_queue_push_back(queue, by_deadline(2, 499));
    assert_true(run_queue_more_urgent(queue, level, account));
    assert_false(run_queue_more_urgent(queue, level, nullptr)); /* nothing is before the holder of a lock */
    run_queue_remove(queue, &threads[2]);
    assert_false(run_queue_more_urgent(queue, level, account));
    run_queue_remove(queue, &threads[1]);
    assert_int_equal(queue->ready, 0);
}

static void rotation_is_a_pop_and_a_push_back(void **state)
{
    (void)state;
    for (u32 waiting = 1; waiting < 5; waiting++) {
        setup(nullptr);
        for (u32 i = 0; i < waiting; i++)
            run_queue_push_back(queue, at_level(i, 40));
        struct thread *running = at_level(waiting, 40);
        for (u32 round = 0; round < 3 * waiting; round++) { /* with the running one, waiting + 1 go around */
            struct thread *next = run_queue_rotate(&queue->queues[40], running);
            assert_ptr_equal(next, &threads[round % (waiting + 1)]);
            assert_int_equal(queue->ready, 1ULL << 40);
            running = next;
        }
        u32 left = 0;
        while (run_queue_pop(queue) != nullptr)
            left++;
        assert_int_equal(left, waiting);
    }
}

/* The model: all queued threads in one array, in the order in which they leave within a level. */
static u32 model[THREADS], model_count;

static void model_insert(u32 place, u32 index)
{
    memmove(&model[place + 1], &model[place], (model_count++ - place) * sizeof(model[0]));
    model[place] = index;
}
static void model_remove(u32 place)
{
    memmove(&model[place], &model[place + 1], (--model_count - place) * sizeof(model[0]));
}
static u32 model_most_urgent(void)
{
    u32 best = 0;
    for (u32 i = 1; i < model_count; i++)
        if (threads[model[i]].level > threads[model[best]].level ||
            (threads[model[i]].level == RUN_LEVEL_RESERVATION && threads[model[best]].level == RUN_LEVEL_RESERVATION &&
             run_deadline(threads[model[i]].account) < run_deadline(threads[model[best]].account)))
            best = i;
    return best;
}
static u32 model_place(u32 index)
{
    u32 place = 0;
    while (place < model_count && model[place] != index)
        place++;
    return place;
}

static void random_against_model(void **state)
{
    (void)state;
    srand(7);
    model_count = 0;
    for (u32 step = 0; step < 200000; step++) {
        u32 index = (u32)rand() % THREADS, place = model_place(index);
        u32 draining = (step / 3000) % 2;
        if (place < model_count) {
            run_queue_remove(queue, &threads[index]);
            model_remove(place);
        } else if ((u32)rand() % 4 < 1 + 2 * draining) {
            struct thread *thread = run_queue_pop(queue);
            if (model_count == 0) {
                assert_null(thread);
            } else {
                u32 best = model_most_urgent();
                assert_ptr_equal(thread, &threads[model[best]]);
                model_remove(best);
            }
        } else {
            if (rand() % 4 == 0)
                by_deadline(index, (u64)(rand() % 8));
            else
                at_level(index, (u32)rand() % CPU_LEVELS);
            if (rand() % 2 == 0 || threads[index].level == RUN_LEVEL_RESERVATION) {
                run_queue_push_back(queue, &threads[index]);
                model_insert(model_count, index);
            } else {
                run_queue_push_front(queue, &threads[index]);
                model_insert(0, index);
            }
        }
        u64 ready = 0;
        for (u32 i = 0; i < model_count; i++)
            ready |= 1ULL << threads[model[i]].level;
        assert_int_equal(queue->ready, ready);
        u32 level = (u32)rand() % CPU_LEVELS;
        assert_int_equal(run_queue_above(queue, level),
                         model_count != 0 && threads[model[model_most_urgent()]].level > level);
    }
}

int main(void)
{
    fake_cpu_set(0);
#define test(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        test(nothing_is_popped_from_an_empty_queue),
        test(levels_of_classes_and_priorities_are_apart),
        test(higher_levels_come_first),
        test(a_level_is_first_in_first_out),
        test(push_front_goes_before_its_level_only),
        test(the_bit_goes_with_the_last_of_a_level),
        test(removal_from_the_middle_keeps_the_order),
        test(above_means_strictly_above),
        test(reservations_leave_by_deadline),
        test(a_reservation_is_more_urgent_by_an_earlier_deadline),
        test(rotation_is_a_pop_and_a_push_back),
        test(random_against_model),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
