/* SPDX-License-Identifier: Apache-2.0 */
/* Order of accesses to devices' memory and to other memory, as devices see it. */
#pragma once
#include <kos/arch/io.h>
static inline void IoReadBarrier(void)
{
    kos_io_read_barrier();
}
static inline void IoWriteBarrier(void)
{
    kos_io_write_barrier();
}
static inline void IoReadWriteBarrier(void)
{
    kos_io_barrier();
}
