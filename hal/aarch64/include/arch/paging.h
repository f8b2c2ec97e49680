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
#define ARCH_IDENTIFIERS_MAX       65536U /* ASIDs of 16 bits; where they have 8, 256 of them are used */
/* hal_space_keeps_translations(): hal_space_destroy() lets all CPUs forget them by itself. */
static inline bool arch_space_keeps_translations(const struct hal_space *space)
{
    (void)space;
    return false;
}
