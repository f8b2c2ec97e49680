/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread-local storage of x86_64 (System V ABI, variant II): the thread pointer is FS base; a thread's block of
 * variables ends there, and the word there holds its own address.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define KOS_TLS_CONTROL_SIZE 64U /* bytes at the thread pointer: itself, and room that the ABI's users may expect */

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
    size_t room = size + ((0 - skew - size) & (alignment - 1));
    size_t align = alignment > KOS_TLS_POINTER_ALIGNMENT ? alignment : KOS_TLS_POINTER_ALIGNMENT;
    uintptr_t pointer = (area + room + align - 1) & ~(uintptr_t)(align - 1);
    *block = pointer - room;
    *(uintptr_t *)pointer = pointer;
    return pointer;
}
