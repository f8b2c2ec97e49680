/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reclamation of what other CPUs may be reading without a lock. A kernel entry is the reader's section; an entry
 * deferred here is freed once every online CPU has been outside the kernel, or idle, since. Readers pay nothing: the
 * deferring CPU asks the others by inbox.
 */
#pragma once
#include <hal/base.h>

struct epoch_entry {
    struct epoch_entry *next;
    void (*free)(struct epoch_entry *);
};

/* Any CPU; entry is owned by the epoch room until free runs, on the same CPU. */
void epoch_defer(struct epoch_entry *entry, void (*free)(struct epoch_entry *));

/* Called on the slow way out of the kernel when CPU_PENDING_EPOCH is set: this CPU holds no pointer from before. Frees
 * that many entries at most; if more could be, the bit is set again. */
void epoch_advance(u32 most);
/* True if nothing is deferred on this CPU. */
bool epoch_idle(void);
