/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
struct hal_space {
    paddr root;
};
#define ARCH_INVALIDATE_BROADCASTS 0
