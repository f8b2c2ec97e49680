/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs when and where: what the files of these tests share. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <kos/core.h>
#include <kos/time.h>
#include <stdio.h>
#include <tests/scheduling/work.h>

void expect(const char *name, long long got, long long expected);

/* A thread of class << 8 | priority on that CPU; it gets argument. */
Handle start(unsigned class_priority, unsigned cpu, void (*routine)(void *argument), void *argument);
void finish(Handle thread);
/* Sleeps until *word is value, 3 s at most; says whether it came. */
int reached(const volatile unsigned *word, unsigned value);
unsigned state_of(Handle thread);
int reaches_state(Handle thread, unsigned state);
unsigned cpu_of(Handle thread);
/* KOS_LEVEL_*, with and without what is donated. */
unsigned level_of(Handle thread);
int reaches_level(Handle thread, unsigned level);
/* Counts *word up without end. */
void spin(void *word);

#define STANDARD(priority_) (KOS_CLASS_STANDARD << 8 | (priority_))
#define FIFO(priority_)     (KOS_CLASS_FIFO << 8 | (priority_))
#define LEVEL(priority_)    (KOS_LEVEL_REAL_TIME + (priority_))
#define CURRENT             INVALID_HANDLE

void move_tests(unsigned cpus);
void donation_tests(unsigned cpus);
void apart_tests(void);
void lock_tests(unsigned cpus);
void inversion_tests(unsigned cpus);
void queue_tests(unsigned cpus);
void urgent_server_tests(unsigned cpus);
void wait_tests(void);
void turn_tests(void);
void crowd_tests(unsigned cpus);
void reservation_tests(void);
void charge_tests(unsigned cpus);
