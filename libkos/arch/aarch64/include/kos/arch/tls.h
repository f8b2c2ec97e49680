/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread-local storage of aarch64 (ELF for the Arm 64-bit architecture, variant I): the thread pointer is TPIDR_EL0;
 * two words that belong to the library are there, and the thread's block of variables follows.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define KOS_TLS_CONTROL_SIZE 16U

#define KOS_TLS_POINTER_ALIGNMENT 16U

/* Bytes for a block of size bytes, aligned to alignment (a power of two), wherever the area begins. */
static inline size_t kos_tls_arch_size(size_t size, size_t alignment)
{
    return size + 2 * alignment + 2 * KOS_TLS_POINTER_ALIGNMENT + KOS_TLS_CONTROL_SIZE;
}

/* Where in an area the thread pointer goes; *block: where the variables begin. skew: the segment's address modulo its
 * alignment. */
static inline uintptr_t kos_tls_arch_place(uintptr_t area, size_t size, size_t alignment, size_t skew, uintptr_t *block)
{
    size_t align = alignment > KOS_TLS_POINTER_ALIGNMENT ? alignment : KOS_TLS_POINTER_ALIGNMENT;
    uintptr_t pointer = (area + align - 1) & ~(uintptr_t)(align - 1);
    (void)size;
    *block = pointer + KOS_TLS_CONTROL_SIZE + ((skew - KOS_TLS_CONTROL_SIZE) & (alignment - 1));
    return pointer;
}
