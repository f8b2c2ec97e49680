/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_space {
    paddr root;
};
#define ARCH_INVALIDATE_BROADCASTS 0
static inline bool arch_space_keeps_translations(const struct hal_space *space)
{
    (void)space;
    return true;
}
