/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASHIER_H
#define CASHIER_H
#include <stdio.h>
#define LOG(fmt, ...) fprintf(stderr, "%s: " fmt "\n", who, ##__VA_ARGS__)
extern const char *who;
#endif
