/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two-level segregated fit (M. Masmano and others, "TLSF", ECRTS 2004): free blocks lie in bins by size, a power of two
 * and a sixteenth of it; two bit maps find a bin that is large enough; neighbours merge at once. Nothing but memset
 * depends on a size.
 */
#include <coresrv/vmm/vmm_api.h>
#include <kos/alloc.h>
#include <kos/mutex.h>
#include <string.h>

struct block {
    rtl_size_t before; /* bytes of the block in front of this one; 0: the first of its region. Direct: bytes from the
                          mapping to here */
    rtl_size_t size;   /* bytes, header included, and the bits below */
    struct block *next, *previous; /* free ones only: the bin's list */
};
#define UNIT         16U /* sizes and addresses are multiples */
#define HEADER       (2 * sizeof(rtl_size_t))
#define BLOCK_LEAST  sizeof(struct block)
#define USED         1U
#define DIRECT       2U /* has a mapping of its own, whose size is the mapping's first word */
#define BITS         (rtl_size_t)(UNIT - 1)
#define REGION_LEAST (128UL << 10)
#define DIRECT_LEAST (64UL << 10)
#define SIZE_MAX_    (1UL << 40)

#define FIRST_SHIFT 5U /* BLOCK_LEAST is 1 << 5 */
#define ROWS        36U
#define COLUMNS     16U
static_assert(BLOCK_LEAST == 1U << FIRST_SHIFT, "the first bin");

static KosMutex lock = KosInitializedMutex;
static struct {
    rtl_uint64_t rows;          /* bit: the row has blocks; all guarded by lock */
    rtl_uint32_t columns[ROWS]; /* bit: the bin has blocks */
    struct block *bin[ROWS][COLUMNS];
    unsigned whole; /* regions without a used block: one is kept */
} heap;

static rtl_size_t size_of(const struct block *block)
{
    return block->size & ~BITS;
}
static struct block *at(void *address, rtl_size_t offset)
{
    return (struct block *)(void *)((char *)address + offset);
}
static struct block *after(struct block *block)
{
    return at(block, size_of(block));
}
static int is_whole(struct block *block)
{
    return block->before == 0 && size_of(after(block)) == 0;
}

static void bin_of(rtl_size_t size, unsigned *row, unsigned *column)
{
    unsigned log = 63U - (unsigned)__builtin_clzll(size);
    *row = log - FIRST_SHIFT;
    *column = (unsigned)(size >> (log - 4)) & (COLUMNS - 1);
}

static void bin_insert(struct block *block)
{
    unsigned row, column;
    bin_of(size_of(block), &row, &column);
    block->previous = RTL_NULL;
    block->next = heap.bin[row][column];
    if (block->next != RTL_NULL)
        block->next->previous = block;
    heap.bin[row][column] = block;
    heap.columns[row] |= 1U << column;
    heap.rows |= 1ULL << row;
}

static void bin_remove(struct block *block)
{
    unsigned row, column;
    bin_of(size_of(block), &row, &column);
    if (block->next != RTL_NULL)
        block->next->previous = block->previous;
    if (block->previous != RTL_NULL)
        block->previous->next = block->next;
    else
        heap.bin[row][column] = block->next;
    if (heap.bin[row][column] == RTL_NULL && (heap.columns[row] &= ~(1U << column)) == 0)
        heap.rows &= ~(1ULL << row);
}

/* A free block of size bytes or more, still in its bin. */
static struct block *bin_find(rtl_size_t size)
{
    unsigned row, column;
    rtl_size_t step =
        (rtl_size_t)1 << (59U - (unsigned)__builtin_clzll(size)); /* every block of the next bin is large enough */
    bin_of(size + step - 1, &row, &column);
    if (row >= ROWS)
        return RTL_NULL;
    rtl_uint32_t columns = heap.columns[row] & (~0U << column);
    if (columns == 0) {
        rtl_uint64_t rows = heap.rows & (~0ULL << row << 1);
        if (rows == 0)
            return RTL_NULL;
        row = (unsigned)__builtin_ctzll(rows);
        columns = heap.columns[row];
    }
    return heap.bin[row][__builtin_ctz(columns)];
}

static void *map(rtl_size_t size)
{
    return KnVmAllocate(RTL_NULL, size,
                        VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED | VMM_FLAG_READ | VMM_FLAG_WRITE);
}

static rtl_size_t round_up(rtl_size_t size, rtl_size_t unit)
{
    return (size + unit - 1) & ~(unit - 1);
}

/* One block and a used one of size 0 behind it. */
static struct block *region_add(rtl_size_t size)
{
    size = round_up(size + HEADER, KOS_PAGE_SIZE);
    if (size < REGION_LEAST)
        size = REGION_LEAST;
    struct block *block = map(size);
    if (block == RTL_NULL)
        return RTL_NULL;
    block->before = 0;
    block->size = size - HEADER;
    after(block)->before = size - HEADER;
    after(block)->size = USED;
    heap.whole++;
    bin_insert(block);
    return block;
}

/* Cuts a block that is in no bin after size bytes, if the rest can be a block; the rest becomes free. */
static void cut(struct block *block, rtl_size_t size)
{
    rtl_size_t rest = size_of(block) - size;
    if (rest < BLOCK_LEAST)
        return;
    struct block *next = after(block), *free = at(block, size);
    free->before = size;
    free->size = rest;
    next->before = rest;
    block->size = size | (block->size & BITS);
    bin_insert(free);
}

/* size with header; align: UNIT or more. */
static struct block *heap_take(rtl_size_t size, rtl_size_t align)
{
    rtl_size_t search = align > UNIT ? size + align + BLOCK_LEAST : size;
    struct block *block = bin_find(search);
    if (block == RTL_NULL && (block = region_add(search)) == RTL_NULL)
        return RTL_NULL;
    heap.whole -= is_whole(block) ? 1U : 0U;
    bin_remove(block);
    rtl_uintptr_t payload = (rtl_uintptr_t)block + HEADER;
    rtl_size_t gap = round_up(payload, align) - payload;
    if (gap != 0) {
        if (gap < BLOCK_LEAST)
            gap += align;
        struct block *front = block, *next = after(block);
        block = at(front, gap);
        block->before = gap;
        block->size = size_of(front) - gap;
        next->before = block->size;
        front->size = gap;
        bin_insert(front);
    }
    block->size |= USED;
    cut(block, size);
    return block;
}

static void heap_give(struct block *block)
{
    struct block *next = after(block);
    if ((block->size & BITS) != USED || next->before != size_of(block))
        __builtin_trap(); /* freed twice, or overwritten */
    block->size &= ~BITS;
    if ((next->size & USED) == 0) {
        bin_remove(next);
        block->size += next->size;
    }
    if (block->before != 0) {
        struct block *front = (struct block *)(void *)((char *)block - block->before);
        if ((front->size & USED) == 0) {
            bin_remove(front);
            front->size += block->size;
            block = front;
        }
    }
    after(block)->before = block->size;
    if (is_whole(block) && heap.whole != 0) {
        (void)KnVmUnmap(block, block->size + HEADER);
        return;
    }
    heap.whole += is_whole(block) ? 1U : 0U;
    bin_insert(block);
}

/* Large blocks come from the kernel and go back to it. */
static void *direct_take(rtl_size_t size, rtl_size_t align)
{
    rtl_size_t total = round_up(size + align + UNIT + HEADER, KOS_PAGE_SIZE);
    char *start = map(total);
    if (start == RTL_NULL)
        return RTL_NULL;
    *(rtl_size_t *)(void *)start = total;
    char *payload = start + (round_up((rtl_uintptr_t)start + UNIT + HEADER, align) - (rtl_uintptr_t)start);
    struct block *block = (struct block *)(void *)(payload - HEADER);
    block->before = (rtl_size_t)((char *)block - start);
    block->size = ((total - block->before) & ~BITS) | USED | DIRECT;
    return payload;
}

static struct block *block_of(void *p)
{
    return (struct block *)(void *)((char *)p - HEADER);
}

void *KosMemAllocEx(rtl_size_t size, rtl_size_t align, int zeroed)
{
    if (align == 0 || (align & (align - 1)) != 0 || size > SIZE_MAX_ || align > SIZE_MAX_)
        return RTL_NULL;
    if (align < UNIT)
        align = UNIT;
    if (size + align >= DIRECT_LEAST)
        return direct_take(size, align); /* the kernel's pages are zero */
    rtl_size_t total = round_up(size + HEADER, UNIT);
    KosMutexLock(&lock);
    struct block *block = heap_take(total < BLOCK_LEAST ? BLOCK_LEAST : total, align);
    KosMutexUnlock(&lock);
    if (block == RTL_NULL)
        return RTL_NULL;
    void *p = (char *)block + HEADER;
    return zeroed ? memset(p, 0, size) : p;
}

void *KosMemAlloc(rtl_size_t size)
{
    return KosMemAllocEx(size, UNIT, 0);
}

void *KosMemZalloc(rtl_size_t size)
{
    return KosMemAllocEx(size, UNIT, 1);
}

rtl_size_t KosMemGetSize(void *p)
{
    return size_of(block_of(p)) - HEADER;
}

void KosMemFree(void *p)
{
    if (p == RTL_NULL)
        return;
    struct block *block = block_of(p);
    if ((block->size & BITS) == (USED | DIRECT)) {
        char *start = (char *)block - block->before;
        (void)KnVmUnmap(start, *(rtl_size_t *)(void *)start);
        return;
    }
    KosMutexLock(&lock);
    heap_give(block);
    KosMutexUnlock(&lock);
}
