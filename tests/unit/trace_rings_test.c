/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of trace rings, in a memory of the test's own: also where the writer stopped on its way round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tools/trace/rings.h>
#include <unistd.h>

#define PAGE     4096U
#define CAPACITY 16U
#define DIRECT   0xffff800000000000ULL

enum { AREA = PAGE, CONTROL = 2 * PAGE, RECORDS = 3 * PAGE, MEMORY = 4 * PAGE };

static uint64_t times[1024], discarded;
static unsigned count;
void ctf_write(struct ctf *ctf, const struct record *record)
{
    (void)ctf;
    times[count++] = record->time;
}
void ctf_discarded(struct ctf *ctf, unsigned cpu, uint64_t number)
{
    (void)ctf, (void)cpu;
    discarded = number;
}

static struct rings rings;
static struct trace_ring *ring;
static struct trace_record *records;

static void open_memory(uint64_t mode)
{
    static unsigned char memory[MEMORY];
    char name[] = "/tmp/kos.rings.XXXXXX";
    struct trace_area *area = (struct trace_area *)(void *)(memory + AREA);
    ring = (struct trace_ring *)(void *)(memory + CONTROL);
    memset(memory, 0, sizeof(memory));
    memcpy(area->signature, TRACE_SIGNATURE, sizeof(area->signature));
    area->self = AREA;
    area->version = TRACE_VERSION;
    area->record_size = TRACE_RECORD_SIZE;
    area->time_scale = 1ULL << 32;
    area->direct_map = DIRECT;
    area->rings[0] = CONTROL;
    ring->records = ring->next = (struct trace_record *)(uintptr_t)(DIRECT + RECORDS); /* NOLINT: the guest's */
    ring->capacity = CAPACITY;
    ring->mode = mode;
    int file = mkstemp(name);
    assert_true(file >= 0 && write(file, memory, sizeof(memory)) == (ssize_t)sizeof(memory));
    close(file);
    assert_true(rings_open(&rings, name));
    unlink(name);
    assert_non_null(rings.area);
    ring = (struct trace_ring *)(void *)(rings.memory + CONTROL);
    records = (struct trace_record *)(void *)(rings.memory + RECORDS);
    count = 0;
    discarded = 0;
}

/* As traces/record.c: next stands behind the last record until the next one is written. */
static void write_record(uint64_t number)
{
    if (number % CAPACITY == 0 && number != 0) {
        ring->laps_begun++;
        ring->laps_done++;
    }
    records[number % CAPACITY].time = number;
    ring->next = (struct trace_record *)(uintptr_t)(DIRECT + RECORDS + (number % CAPACITY + 1) * TRACE_RECORD_SIZE);
}

static void expect(uint64_t from, uint64_t to)
{
    while (rings_drain(&rings, NULL))
        ;
    assert_int_equal(count, to - from);
    for (uint64_t i = from; i < to; i++)
        assert_int_equal(times[i - from], i);
    count = 0;
}

static void in_order(void **state)
{
    (void)state;
    open_memory(TRACE_STOP);
    uint64_t written = 0;
    for (uint64_t step = 1; step < 3 * CAPACITY; step += 5) {
        uint64_t from = written;
        for (uint64_t i = 0; i < step % CAPACITY; i++)
            write_record(written++);
        expect(from, written);
        assert_int_equal(ring->taken, written);
    }
    assert_int_equal(discarded, 0);
}

static void overwritten_ones_are_lost(void **state)
{
    (void)state;
    open_memory(TRACE_OVERWRITE);
    for (uint64_t i = 0; i < 2 * CAPACITY + 3; i++)
        write_record(i);
    expect(CAPACITY + 4, 2 * CAPACITY + 3); /* one of the oldest may be half overwritten */
    assert_int_equal(discarded, CAPACITY + 4);
}

/* The lap is begun and not done: all of the old one are there, the first of the new one is not. */
static void stopped_between_two_laps(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        open_memory(turned != 0 ? TRACE_OVERWRITE : TRACE_STOP);
        for (uint64_t i = 0; i < CAPACITY; i++)
            write_record(i);
        ring->laps_begun++;
        if (turned != 0)
            ring->next = ring->records;
        alarm(20); /* it must end */
        expect(turned != 0 ? 1 : 0, CAPACITY);
        alarm(0);
    }
}

static void nonsense_is_no_ring(void **state)
{
    (void)state;
    open_memory(TRACE_OVERWRITE);
    for (uint64_t i = 0; i < 5; i++)
        write_record(i);
    ring->laps_begun = 7;
    expect(0, 0);
    ring->laps_begun = 0;
    ring->next += 2 * CAPACITY;
    expect(0, 0);
    ring->capacity = ~0ULL;
    expect(0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(overwritten_ones_are_lost),
        cmocka_unit_test(stopped_between_two_laps),
        cmocka_unit_test(nonsense_is_no_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
