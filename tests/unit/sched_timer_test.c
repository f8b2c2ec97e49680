/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of one CPU. The clock and the one-shot hardware timer are played here: the test says how late it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/fake.h"
#include <sched/timer.h>
#include <smp/cpu.h>
#include <stdlib.h>

#define TIMERS 100U
#define NEVER  (~0ULL)
static struct cpu cpu;
static struct timer timers[TIMERS];
static u64 now, hardware, programmed_count; /* hardware: the deadline it holds, NEVER = none */
static u32 fired[TIMERS * 4], fired_count;

u64 hal_time_now(void)
{
    return now;
}
void hal_timer_set(u64 deadline)
{
    hardware = deadline;
    programmed_count++;
}

static void note(struct timer *timer)
{
    assert_false(timer_armed(timer)); /* it may be armed again by its own callback */
    assert_true(timer->deadline <= now);
    assert_true(fired_count < array_length(fired));
    fired[fired_count++] = (u32)(timer - timers);
}

/* The hardware fires: late by `late`, and holds no deadline any more. */
static void interrupt(u64 late)
{
    now = hardware + late;
    hardware = NEVER;
    timer_run();
}

static int setup(void **state)
{
    (void)state;
    memset(&cpu, 0, sizeof(cpu));
    fake_cpu = &cpu.hal;
    cpu_init(&cpu, nullptr);
    tree_init(&cpu.timers, timer_before);
    for (u32 i = 0; i < TIMERS; i++)
        timer_init(&timers[i]);
    now = 1000, hardware = NEVER, programmed_count = 0, fired_count = 0;
    return 0;
}

static void assert_fired(const u32 *expected, u32 count)
{
    assert_int_equal(fired_count, count);
    for (u32 i = 0; i < count; i++)
        assert_int_equal(fired[i], expected[i]);
}
#define assert_fired_are(...)                                                                                          \
    do {                                                                                                               \
        const u32 expected_[] = {__VA_ARGS__};                                                                         \
        assert_fired(expected_, array_length(expected_));                                                              \
    } while (0)

static void a_timer_starts_disarmed(void **state)
{
    (void)state;
    assert_false(timer_armed(&timers[0]));
    timer_cancel(&timers[0]); /* no-op */
    timer_run();
    assert_int_equal(fired_count, 0);
    assert_int_equal(hardware, NEVER);
}

static void timers_expire_by_deadline_not_by_arrival(void **state)
{
    (void)state;
    timer_arm(&timers[0], 3000, note);
    timer_arm(&timers[1], 2000, note);
    timer_arm(&timers[2], 4000, note);
    timer_arm(&timers[3], 2500, note);
    now = 5000;
    timer_run();
    assert_fired_are(1, 3, 0, 2);
}

static void equal_deadlines_expire_in_order_of_arming(void **state)
{
    (void)state;
    timer_arm(&timers[2], 2000, note);
    timer_arm(&timers[0], 2000, note);
    timer_arm(&timers[3], 1999, note);
    timer_arm(&timers[1], 2000, note);
    interrupt(1); /* 1999 was programmed: all of 2000 are due with it */
    assert_fired_are(3, 2, 0, 1);
}

static void the_deadline_itself_is_due_and_a_moment_before_is_not(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, note);
    now = 1999;
    timer_run();
    assert_int_equal(fired_count, 0);
    assert_true(timer_armed(&timers[0]));
    assert_int_equal(hardware, 2000); /* an early interrupt programs the same deadline again */
    now = 2000;
    timer_run();
    assert_fired_are(0);
}

static void the_hardware_holds_the_earliest_deadline(void **state)
{
    (void)state;
    timer_arm(&timers[0], 3000, note);
    assert_int_equal(hardware, 3000);
    timer_arm(&timers[1], 2000, note);
    assert_int_equal(hardware, 2000);
    timer_arm(&timers[2], 2500, note); /* later than what is programmed: the hardware is left alone */
    assert_int_equal(programmed_count, 2);
    interrupt(0);
    assert_fired_are(1);
    assert_int_equal(hardware, 2500);
    interrupt(0);
    assert_int_equal(hardware, 3000);
    interrupt(0);
    assert_fired_are(1, 2, 0);
    assert_int_equal(hardware, NEVER);
    assert_int_equal(programmed_count, 4);
}

static void an_endless_deadline_is_never_programmed(void **state)
{
    (void)state;
    timer_arm(&timers[0], timer_deadline(KOS_INFINITE_TIMEOUT), note);
    assert_true(timer_armed(&timers[0]));
    assert_int_equal(programmed_count, 0);
    now = NEVER - 1;
    timer_run();
    assert_int_equal(fired_count, 0);
    assert_int_equal(programmed_count, 0);
}

static void a_cancelled_timer_does_not_expire(void **state)
{
    (void)state;
    for (u32 i = 0; i < 3; i++)
        timer_arm(&timers[i], 2000 + i, note);
    timer_cancel(&timers[1]);
    assert_false(timer_armed(&timers[1]));
    timer_cancel(&timers[1]);
    now = 3000;
    timer_run();
    assert_fired_are(0, 2);
}

static void cancelling_the_first_leaves_an_early_interrupt_that_finds_nothing(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, note);
    timer_arm(&timers[1], 5000, note);
    timer_cancel(&timers[0]);
    interrupt(0);
    assert_int_equal(fired_count, 0);
    assert_int_equal(hardware, 5000);
    interrupt(0);
    assert_fired_are(1);
}

static void rearming_moves_the_deadline(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, note);
    timer_arm(&timers[1], 3000, note);
    timer_arm(&timers[0], 4000, note); /* later */
    interrupt(0);
    assert_int_equal(fired_count, 0);
    assert_int_equal(hardware, 3000);
    timer_arm(&timers[0], 2500, note); /* earlier */
    assert_int_equal(hardware, 2500);
    interrupt(0);
    interrupt(0);
    assert_fired_are(0, 1);
    assert_int_equal(hardware, NEVER);
}

static void arming_after_all_expired_programs_again(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, note);
    interrupt(10);
    timer_arm(&timers[0], 2000 + 5000, note); /* later than the deadline that fired */
    assert_int_equal(hardware, 7000);
    interrupt(0);
    assert_fired_are(0, 0);
}

static void arm_again_once(struct timer *timer)
{
    note(timer);
    timer_arm(timer, now + 500, note);
}
static void a_callback_may_arm_its_timer_again(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, arm_again_once);
    interrupt(0);
    assert_true(timer_armed(&timers[0]));
    assert_int_equal(hardware, 2500);
    interrupt(0);
    assert_fired_are(0, 0);
}

static void cancel_the_next(struct timer *timer)
{
    note(timer);
    timer_cancel(timer + 1);
}
static void a_callback_may_cancel_another_that_is_due(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, cancel_the_next);
    timer_arm(&timers[1], 2000, note);
    timer_arm(&timers[2], 2000, note);
    interrupt(0);
    assert_fired_are(0, 2);
}

static void arm_the_next_at_once(struct timer *timer)
{
    note(timer);
    timer_arm(timer + 1, now, note);
}
static void a_callback_may_arm_another_that_is_due_at_once(void **state)
{
    (void)state;
    timer_arm(&timers[0], 2000, arm_the_next_at_once);
    interrupt(7);
    assert_fired_are(0, 1);
    assert_int_equal(hardware, NEVER);
}

static void only_so_many_expire_at_once_and_the_rest_at_once_after(void **state)
{
    (void)state;
    for (u32 i = 0; i < 2 * TIMERS_AT_ONCE + 1; i++)
        timer_arm(&timers[i], 2000 + i, note);
    now = 3000, hardware = NEVER;
    timer_run();
    assert_int_equal(fired_count, TIMERS_AT_ONCE);
    assert_int_equal(hardware, 2000 + TIMERS_AT_ONCE); /* in the past: the interrupt comes again immediately */
    interrupt(1000);
    assert_int_equal(fired_count, 2 * TIMERS_AT_ONCE);
    interrupt(1000);
    assert_int_equal(fired_count, 2 * TIMERS_AT_ONCE + 1);
    for (u32 i = 0; i < fired_count; i++)
        assert_int_equal(fired[i], i);
    assert_int_equal(hardware, NEVER);
}

static void milliseconds_become_a_deadline_without_overflow(void **state)
{
    (void)state;
    assert_int_equal(timer_deadline(0), 1000);
    assert_int_equal(timer_deadline(1), 1000 + 1000000);
    assert_int_equal(timer_deadline(KOS_INFINITE_TIMEOUT - 1), 1000 + 1000000ULL * (KOS_INFINITE_TIMEOUT - 1));
    assert_int_equal(timer_deadline(KOS_INFINITE_TIMEOUT), NEVER);
}

/* The model: what each timer's deadline is, NEVER = disarmed. */
static u64 model[TIMERS];
static u64 model_last; /* deadline of the last that expired in this run */

static void check_against_model(struct timer *timer)
{
    u64 *deadline = &model[timer - timers];
    assert_int_equal(timer->deadline, *deadline);
    assert_true(*deadline <= now && *deadline >= model_last);
    model_last = *deadline;
    *deadline = NEVER;
}

static void random_against_model(void **state)
{
    (void)state;
    srand(11);
    for (u32 i = 0; i < TIMERS; i++)
        model[i] = NEVER;
    for (u32 step = 0; step < 100000; step++) {
        u32 i = (u32)rand() % TIMERS;
        if (rand() % 3 != 0) {
            model[i] = now + (u64)(rand() % 10000);
            timer_arm(&timers[i], model[i], check_against_model);
        } else {
            timer_cancel(&timers[i]);
            model[i] = NEVER;
        }
        u64 first = NEVER;
        for (u32 n = 0; n < TIMERS; n++) {
            assert_int_equal(timer_armed(&timers[n]), model[n] != NEVER);
            first = model[n] < first ? model[n] : first;
        }
        assert_true(hardware <= first); /* no deadline is missed */
        now += (u64)(rand() % 200);
        if (now < hardware)
            continue;
        model_last = 0;
        while (hardware <= now) {
            hardware = NEVER;
            timer_run();
        }
        for (u32 n = 0; n < TIMERS; n++)
            assert_true(model[n] > now);
    }
}

int main(void)
{
#define test(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        test(a_timer_starts_disarmed),
        test(timers_expire_by_deadline_not_by_arrival),
        test(equal_deadlines_expire_in_order_of_arming),
        test(the_deadline_itself_is_due_and_a_moment_before_is_not),
        test(the_hardware_holds_the_earliest_deadline),
        test(an_endless_deadline_is_never_programmed),
        test(a_cancelled_timer_does_not_expire),
        test(cancelling_the_first_leaves_an_early_interrupt_that_finds_nothing),
        test(rearming_moves_the_deadline),
        test(arming_after_all_expired_programs_again),
        test(a_callback_may_arm_its_timer_again),
        test(a_callback_may_cancel_another_that_is_due),
        test(a_callback_may_arm_another_that_is_due_at_once),
        test(only_so_many_expire_at_once_and_the_rest_at_once_after),
        test(milliseconds_become_a_deadline_without_overflow),
        test(random_against_model),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
