/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical pages: a buddy allocator behind one lock, and a cache of single pages per CPU, which goes there once for
 * many pages. Any CPU, interrupts masked. Contents are not zeroed unless said.
 */
#pragma once
#include <hal/base.h>

#define PAGE_SIZE      KOS_PAGE_SIZE
#define PAGE_SHIFT     12
#define PAGE_ORDER_MAX 10 /* 4 MiB */

/* Boot only: gives [start, end) to the allocator. Bookkeeping (5 bytes a page) comes out of the ranges themselves; no
 * pass over all pages. */
void page_allocator_add(paddr start, paddr end);

/* 2^order contiguous pages aligned to their size, or PADDR_NONE. */
paddr page_allocate(unsigned order);
void page_free(paddr page, unsigned order);
/* One page in two steps, each short: one that this CPU has at hand, or PADDR_NONE; and if it has none, it takes some.
 * False: there are none. */
paddr page_take(void);
bool page_refill(void);
/* A page that this CPU frees now costs more: others go back to all CPUs first. */
bool page_cache_full(void);

paddr page_allocate_zeroed(void); /* one page */

/* A word about an allocated page that lies outside it, where who can write the page cannot reach; not initialized. */
u32 *page_link(paddr page);

u64 page_count_total(void);
u64 page_count_free(void); /* caches included; exact only while nobody allocates */
