/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own page tables (TTBR1). Changed by the boot CPU only; entries are only ever added. */
#pragma once

#include <hal/base.h>

enum kernel_access { KERNEL_TEXT, KERNEL_CONSTANT, KERNEL_DATA, KERNEL_DEVICE };

extern u64 hal_kernel_root[512];

/* Maps size bytes in the largest blocks that fit; all page-aligned. False if the tables have run out. */
[[nodiscard]] bool hal_kernel_map(u64 address, paddr physical, u64 size, enum kernel_access access);

/* Maps an uncached or (constant) cached region into the device window; any alignment. Panics if there is no room. */
void *hal_kernel_map_window(paddr physical, u64 size, enum kernel_access access);

/* The second level of the last GiB is in the boot tables already: what is mapped there counts at once, in both. */
void hal_kernel_share_window(void);
