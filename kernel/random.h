/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers for addresses, for keys of hash tables and for processes (HAL.GetEntropy): SipHash, under a key that
 * is drawn at boot, of what never comes twice: the CPU, how many it has given, the time; and of what the processor's
 * own source says, if it has one. Numbers that a process has been given tell it nothing about the others'. The key
 * comes from the processor's source, from the boot loader (rng-seed of the device tree) and from the clock: where there
 * is neither of the first two, from one who knows how long booting took it is no secret.
 */
#pragma once
#include <hal/boot.h>

/* Draws the key; what the boot loader gave is erased. Boot CPU, before the others start. */
void kernel_random_init(struct hal_boot_info *boot);

/* Any CPU, interrupts off. */
u64 kernel_random(void);
