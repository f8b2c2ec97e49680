/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles: [31:16] generation, [15:0] index. A stale handle never names another object. Generation 0 and ~0 never
 * occur. Rights: low 16 bits are the same for all resources, high 16 bits belong to the resource's type.
 */
#pragma once

#define KOS_INVALID_HANDLE    0xffffffffU
#define KOS_HANDLE_INDEX_BITS 16

/* The channel of every task to the kernel (class kl.core.Core) has this handle. */
#define KOS_CORE_HANDLE 0x00010001U

/* General rights. */
#define KOS_RIGHT_TRANSFER  (1U << 0)
#define KOS_RIGHT_COPY      (1U << 1)
#define KOS_RIGHT_GET_EVENT (1U << 2)
#define KOS_RIGHT_SET_EVENT (1U << 3)
#define KOS_RIGHT_GET_SID   (1U << 4)
#define KOS_RIGHT_IPC_CALL  (1U << 5) /* use in Call (client handle, callable handle) */
#define KOS_RIGHT_IPC_RECV  (1U << 6) /* use in Recv and Reply (server and listener handle) */
#define KOS_RIGHTS_GENERAL  0x0000ffffU

#define KOS_RIGHT_SPECIAL(bit) (1U << (16 + (bit)))

/* Events of objects, for notices: low 16 bits general, high 16 bits of the type, or, of a user resource, its
 * provider's. */
#define KOS_EVENT_OBJECT_DESTROYED (1U << 0) /* no handle to it is left: all closed or revoked */
#define KOS_EVENT_BADGE_CLOSED     (1U << 1) /* badges: no handle that was made with it, or from one, is left */
#define KOS_EVENT_SPECIAL(bit)     (1U << (16 + (bit)))
#define KOS_EVENT_TASK_COMPLETED   KOS_EVENT_SPECIAL(0)
#define KOS_EVENT_THREAD_COMPLETED KOS_EVENT_SPECIAL(0)
#define KOS_EVENT_THREAD_OVERRUN   KOS_EVENT_SPECIAL(1) /* it has used up the budget of its reservation */
#define KOS_EVENTS_GENERAL         0x0000ffffU

/* Listener handles: add channels. */
#define KOS_RIGHT_LISTENER_EXTEND KOS_RIGHT_SPECIAL(0)
/* Thread handles. */
#define KOS_RIGHT_THREAD_CONTROL KOS_RIGHT_SPECIAL(0) /* resume, terminate, priority, affinity */
#define KOS_RIGHT_THREAD_WAIT    KOS_RIGHT_SPECIAL(1)
#define KOS_RIGHT_THREAD_INFO    KOS_RIGHT_SPECIAL(2)
/* Task handles. */
#define KOS_RIGHT_TASK_CONTROL KOS_RIGHT_SPECIAL(0) /* arguments, channels, resume, terminate */
#define KOS_RIGHT_TASK_WAIT    KOS_RIGHT_SPECIAL(1)
#define KOS_RIGHT_TASK_INFO    KOS_RIGHT_SPECIAL(2)
/* Shared memory handles. */
#define KOS_RIGHT_MEMORY_READ  KOS_RIGHT_SPECIAL(0) /* map it readable, wait for its words and wake who does */
#define KOS_RIGHT_MEMORY_WRITE KOS_RIGHT_SPECIAL(1) /* map it writable */
#define KOS_RIGHT_MEMORY_DMA   KOS_RIGHT_SPECIAL(2) /* a DMA buffer: where it lies, for a device */
/* Handles of devices' memory have the first two; of interrupts: */
#define KOS_RIGHT_IRQ_CONTROL KOS_RIGHT_SPECIAL(0) /* attach, detach, enable, disable */
/* ROMFS file handles. */
#define KOS_RIGHT_FILE_READ KOS_RIGHT_SPECIAL(0)
/* Handles of the audit's log. */
#define KOS_RIGHT_AUDIT_READ KOS_RIGHT_SPECIAL(0)
