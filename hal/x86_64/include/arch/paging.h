/* SPDX-License-Identifier: Apache-2.0 */
/* Address space of the x86_64 port: four-level tables and the word that makes them active. */
#pragma once

#include <hal/base.h>

struct hal_space {
    paddr root;
    word space_word; /* value for CR3: root, PCID, and bit 63 (keep the PCID's translations) if there is a PCID */
};

#define ARCH_INVALIDATE_BROADCASTS 0
#define ARCH_IDENTIFIERS_MAX       4096U /* PCIDs of 12 bits */
/* hal_space_keeps_translations(): under its PCID. */
static inline bool arch_space_keeps_translations(const struct hal_space *space)
{
    return (space->space_word & 0xfff) != 0;
}
