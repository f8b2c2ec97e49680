/* SPDX-License-Identifier: Apache-2.0 */
/* For the test and the real-time benchmark: a device of the emulated machine that raises its interrupt when told to: a
 * timer of the HPET (x86_64), the PL031 clock (aarch64). Neither is used by the kernel, which only compares with the
 * HPET's counter at boot. */
#pragma once
#include <kos/core.h>

#define DEVICE_SIZE 4096U
extern const rtl_uint64_t device_address; /* of its registers */
extern const int device_line;
extern const rtl_uint64_t controller_address; /* of an interrupt controller: the kernel's */
extern const rtl_uint64_t ram_address;
extern const rtl_uint64_t silent_address; /* no device answers there */

void device_init(volatile void *registers);
/* The line becomes active at once, or within microseconds; it stays so until device_quiet(). */
void device_raise(volatile void *registers);
/* The same in delay_ns, or at once where the device cannot wait. *when, set before: when that is, by kos_time_ns(),
 * to within 20 ns. */
void device_raise_later(volatile void *registers, unsigned delay_ns, unsigned long long *when);
void device_quiet(volatile void *registers);

/* A device that writes memory by itself, or 0: its registers. It is told, by what is made at `at` and lies at
 * `physical` (page), to write four bytes behind it, at at + 64: "QEMU". False: it has not, after a second. */
extern const rtl_uint64_t dma_device_address;
int dma_device_write(volatile void *registers, void *at, rtl_uint64_t physical);
