/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of a fixed number of objects of one size, first in, first out, for any number of threads on both ends.
 * Producer: Alloc, fill, Push. Consumer: Pop, use, Free. No thread that is stopped in the middle of a call keeps others
 * from going on.
 */
#pragma once
#include <rtl/stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct KosQueue *KosQueueHandle;

/*
 * objAlign: a power of two; each object takes objSize rounded up to it. buffer: objCount such places, aligned to
 * objAlign, which belong to the queue until it is destroyed, or null: the queue takes them from KosMemAllocEx. Null: no
 * memory, or an argument is wrong.
 */
KosQueueHandle KosQueueCreate(unsigned objCount, unsigned objSize, unsigned objAlign, void *buffer);
void KosQueueDestroy(KosQueueHandle queue); /* nobody may use it any more */
void *KosQueueAlloc(KosQueueHandle queue);  /* an object of the caller's, or null: all are in use */
void KosQueuePush(KosQueueHandle queue, void *obj);
void *KosQueuePop(KosQueueHandle queue, rtl_uint32_t timeout); /* milliseconds; null: there was none */
void KosQueueFree(KosQueueHandle queue, void *obj);
void KosQueueFlush(KosQueueHandle queue); /* pops and frees whatever is queued */
#ifdef __cplusplus
}
#endif
