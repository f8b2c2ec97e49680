/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostic output and power. Polled; any CPU, interrupts in any state; works from the port's first C line on. */
#pragma once
#include <hal/base.h>

void hal_console_write(const char *text, size_t size);

[[noreturn]] void hal_power_off(void);
[[noreturn]] void hal_reset(void);

/* Up to 8 random bytes from the hardware; false if it has no source. */
bool hal_entropy(u64 *value);
