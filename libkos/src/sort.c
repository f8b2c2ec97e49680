/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

static void swap(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* Makes a heap of [0, count) again, whose part at root may be too small. */
static void sink_down(char *items, size_t root, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0)
            child++;
        if (compare(items + root * size, items + child * size) >= 0)
            return;
        swap(items + root * size, items + child * size, size);
    }
}

/* Heap sort: no memory of its own, and no input that it is slow with. */
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    char *items = base;
    for (size_t root = count / 2; root-- > 0;)
        sink_down(items, root, count, size, compare);
    for (size_t left = count; left > 1; left--) {
        swap(items, items + (left - 1) * size, size);
        sink_down(items, 0, left - 1, size, compare);
    }
}

void *bsearch(const void *key, const void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    const char *items = base;
    while (count > 0) {
        const char *middle = items + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0)
            return (void *)(size_t)middle;
        if (order > 0) {
            items = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}

static unsigned long long rand_state = 1;

void srand(unsigned seed)
{
    rand_state = seed;
}

int rand(void)
{
    rand_state = rand_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)(rand_state >> 33);
}
