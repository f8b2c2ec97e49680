/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers by which a processor tells the translations of address spaces apart (ASID, PCID): one per space for its life.
 * A number is freed when no CPU keeps translations under it any more, so it may be given again at once. 0 is what
 * spaces share when there are no more, and who shares it keeps no translations across switches.
 */
#pragma once
#include <hal/base.h>
#include <arch/paging.h>

/* Boot CPU, once: numbers below count, a multiple of 64 and at most ARCH_IDENTIFIERS_MAX. */
void hal_identifiers_init(u32 count);
u64 hal_identifier_allocate(void); /* any CPU; 0: there is none */
void hal_identifier_free(u64 identifier);
