/* SPDX-License-Identifier: Apache-2.0 */
/* Address space of the aarch64 port: four-level tables of 4 KiB pages and the word that makes them active. */
#pragma once

#include <hal/base.h>

struct hal_space {
    paddr root;
    word space_word; /* value for TTBR0_EL1: ASID in bits 63..48, root */
};

/* TLBI ...IS reaches all CPUs. */
#define ARCH_INVALIDATE_BROADCASTS 1
