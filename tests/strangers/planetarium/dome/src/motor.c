/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that turns the dome step by step; the others leave it orders. */
#include "motor.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define STEP 0.75

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ordered = PTHREAD_COND_INITIALIZER, arrived = PTHREAD_COND_INITIALIZER;
static position_t now, wanted;
static uint32_t last_ticket, done_ticket, step_count;

void log_line(const char *format, ...)
{
    char line[160];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    fprintf(stderr, "[dome] %s\n", line);
}

static double approach(double from, double to)
{
    return fabs(to - from) <= STEP ? to : from + copysign(STEP, to - from);
}

static void *motor(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (done_ticket == last_ticket)
            pthread_cond_wait(&ordered, &lock);
        while (now.azimuth != wanted.azimuth || now.altitude != wanted.altitude) {
            struct timespec pause = {0, 100000};
            now.azimuth = approach(now.azimuth, wanted.azimuth);
            now.altitude = approach(now.altitude, wanted.altitude);
            step_count++;
            pthread_mutex_unlock(&lock);
            nanosleep(&pause, NULL);
            pthread_mutex_lock(&lock);
        }
        done_ticket = last_ticket;
        pthread_cond_broadcast(&arrived);
    }
    return NULL;
}

bool motor_start(void)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 64 * 1024);
    int err = pthread_create(&thread, &attr, motor, NULL);
    pthread_attr_destroy(&attr);
    if (err != 0)
        log_line("no motor: %s", strerror(err));
    return err == 0;
}

uint32_t motor_turn(position_t to)
{
    pthread_mutex_lock(&lock);
    wanted = to;
    step_count = 0;
    uint32_t ticket = ++last_ticket;
    pthread_cond_signal(&ordered);
    pthread_mutex_unlock(&lock);
    return ticket;
}

position_t motor_wait(uint32_t ticket, uint32_t *steps)
{
    pthread_mutex_lock(&lock);
    while (done_ticket < ticket) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 60;
        if (pthread_cond_timedwait(&arrived, &lock, &until) == ETIMEDOUT)
            break;
    }
    position_t reached = now;
    *steps = step_count;
    pthread_mutex_unlock(&lock);
    return reached;
}
