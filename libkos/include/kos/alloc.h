/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynamic memory of the process: committed, readable and writable. Time of every call is bounded, but for the calls
 * that get memory from the kernel or give it back. Null: there is no more. Safe in all threads. What is freed twice or
 * overwritten, and found so, ends the process.
 */
#pragma once
#include <rtl/stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
void *KosMemAlloc(rtl_size_t size);
void *KosMemZalloc(rtl_size_t size);
/* align: a power of two, else null. Size 0 gives an address that KosMemFree takes. */
void *KosMemAllocEx(rtl_size_t size, rtl_size_t align, int zeroed);
/* Bytes that may be used at p, at least those asked for. */
rtl_size_t KosMemGetSize(void *p);
void KosMemFree(void *p); /* null: nothing happens */
#ifdef __cplusplus
}
#endif
