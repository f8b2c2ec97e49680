/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of devices. A driver registers a line, one of its threads attaches itself, and receives (Recv) by the
 * handle that it gets: each message, which has no words and wants no Reply, is an interrupt. A line that is raised by a
 * level is masked when its interrupt has come, until the thread receives again: so it first quiets the device.
 *
 *     Handle irq, delivery;
 *     KnRegisterIrq(34, &irq);
 *     KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &delivery);
 *     while (KnIoWaitIrq(delivery) == rcOk)
 *         ... the device ...
 */
#pragma once
#include <coresrv/syscalls.h>
#include <kos/core.h>

#define IRQ_LEVEL_LOW  KOS_IRQ_LEVEL_LOW
#define IRQ_LEVEL_HIGH KOS_IRQ_LEVEL_HIGH
#define IRQ_EDGE_RAISE KOS_IRQ_EDGE_RAISE
#define IRQ_EDGE_FALL  KOS_IRQ_EDGE_FALL
/* Accepted. A line is one driver's: who registers it, too, gets rcAlreadyExists. */
#define IRQ_SHARED 0U
/* Accepted. Which of two interrupts is served first is decided by the priorities of the threads that are attached. */
#define IRQ_PRIO_LOW    0U
#define IRQ_PRIO_NORMAL 0U
#define IRQ_PRIO_HIGH   0U
#define IRQ_PRIO_RT     0U

/* rcInvalidArgument: no such line; rcAlreadyExists: somebody has it. The handle can be passed on. */
static inline Retcode KnRegisterIrq(int irq, Handle *outRid)
{
    struct kos_core_result r = KOS_CORE(IO, RegisterIrq, (nk_uint64_t)(unsigned)irq);
    *outRid = (Handle)KOS_CORE_OUT(r, IO, RegisterIrq, resource);
    return r.rc;
}
/* The calling thread receives by *handle, and nobody else. rcAlreadyExists: a thread is attached. */
static inline Retcode KnIoAttachIrq(Handle rid, rtl_uint32_t flags, Handle *handle)
{
    struct kos_core_result r = KOS_CORE(IO, AttachIrq, rid, flags);
    *handle = (Handle)KOS_CORE_OUT(r, IO, AttachIrq, delivery);
    return r.rc;
}
/* The thread that waits gets rcHandleRevoked. */
static inline Retcode KnIoDetachIrq(Handle rid)
{
    return KOS_CORE(IO, DetachIrq, rid).rc;
}
/* Unmasks the line; masks it until then. */
static inline Retcode KnIoEnableIrq(Handle rid)
{
    return KOS_CORE(IO, EnableIrq, rid).rc;
}
static inline Retcode KnIoDisableIrq(Handle rid)
{
    return KOS_CORE(IO, DisableIrq, rid).rc;
}
/* Ours: Recv of one interrupt. */
static inline Retcode KnIoWaitIrq(Handle handle)
{
    struct nk_message message;
    struct kos_exchange_parts parts = KOS_NO_PARTS;
    nk_size_t used;
    parts.in = &message;
    parts.in_size = parts.in_writable = sizeof(message);
    return kos_exchange(KOS_OPERATION_RECV << KOS_OPERATION_SHIFT | handle, parts, &used);
}
