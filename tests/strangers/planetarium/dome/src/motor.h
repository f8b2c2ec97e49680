/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTOR_H
#define MOTOR_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double azimuth, altitude;
} position_t;

bool motor_start(void);
uint32_t motor_turn(position_t to);
/* Waits until the motor has done it. */
position_t motor_wait(uint32_t ticket, uint32_t *steps);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
#endif
