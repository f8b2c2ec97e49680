/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
static inline void kos_io_read_barrier(void)
{
    __asm__ volatile("dsb ld" ::: "memory");
}
static inline void kos_io_write_barrier(void)
{
    __asm__ volatile("dsb st" ::: "memory");
}
static inline void kos_io_barrier(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}
