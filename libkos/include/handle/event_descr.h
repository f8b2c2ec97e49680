/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/handle.h>
#include <rtl/stdint.h>

/* Events of objects: low 16 bits general, high 16 bits of the kind of object, or its provider's. */
#define EVENT_OBJECT_DESTROYED KOS_EVENT_OBJECT_DESTROYED
#define EVENT_BADGE_CLOSED     KOS_EVENT_BADGE_CLOSED
#define OBJECT_EVENT_SPEC(bit) KOS_EVENT_SPECIAL(bit)
#define OBJECT_EVENT_USER(bit) KOS_EVENT_SPECIAL(bit)
#define EVENT_TASK_COMPLETED   KOS_EVENT_TASK_COMPLETED
/* ours */
#define EVENT_THREAD_COMPLETED KOS_EVENT_THREAD_COMPLETED
#define EVENT_THREAD_OVERRUN   KOS_EVENT_THREAD_OVERRUN

typedef struct EventDesc {
    rtl_uintptr_t eventId;
    rtl_uint32_t eventMask;
} EventDesc;
