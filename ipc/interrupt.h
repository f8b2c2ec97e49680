/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device interrupts as objects: one for each line, for the driver that has registered it. A thread attaches itself and
 * receives, by a handle with which it can do nothing else.
 *
 *   event                              pending   line
 *   attach                             0         to the thread's CPU; masked
 *   the thread receives, pending 0               unmasked, unless it is disabled; the thread waits
 *   the interrupt                      1         level-triggered: masked by the port (hal/irq.h). The thread wakes
 *   the thread has received            0         as it is: the device may still ask
 *   the thread receives again                    unmasked, unless it is disabled: so this is the acknowledgement
 *   disable; enable                              masked until it is enabled
 *   detach, the last handle goes                 masked; a thread that waits gets rcHandleRevoked
 *
 * The thread waits for the word `pending` in the object's own futex bucket, so it wakes as from any other wait.
 */
#pragma once
#include <sched/futex.h>

struct interrupt {
    struct object object; /* OBJECT_INTERRUPT */
    u32 line;             /* constant */
    struct quota *quota;
    struct epoch_entry epoch;

    cache_aligned struct spinlock lock; /* guards what follows, and the line's state */
    u32 thread;                         /* tid of who is attached; 0: nobody */
    u32 flags, cpu;                     /* KOS_IRQ_*, and where it goes */
    bool disabled;
    u32 pending; /* raised, and not received yet; taken without the lock by who wakes the thread */
    struct futex_bucket bucket;
};

void interrupt_room_init(void);
/* rcInvalidArgument: no such line; rcAlreadyExists; rcQuotaExceeded. One reference. */
retcode interrupt_create(struct quota *quota, u32 line, struct interrupt **interrupt);
/* flags: KOS_IRQ_*. rcAlreadyExists: a thread is attached. */
retcode interrupt_attach(struct interrupt *interrupt, const struct thread *thread, u32 flags);
void interrupt_detach(struct interrupt *interrupt);
void interrupt_enable(struct interrupt *interrupt, bool enabled);
/* The running thread, which is attached, waits for the next interrupt, or has it: its context says so. Codes of
 * futex_wait; rcInvalidOperation: it is not attached. */
retcode interrupt_receive(struct thread *thread, struct interrupt *interrupt);
/* The end of its wait, with an interrupt (rcOk) or without; by who wakes it. */
void interrupt_complete(struct thread *thread, retcode code);
/* kernel_device_interrupt(), on the way into the kernel. */
void interrupt_raised(u32 line);
