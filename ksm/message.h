/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification of what a message holds beyond sizes: places and sizes of chunks at every depth, strings, tags of
 * unions. It reads the constant part from the kernel's copy and the arena through spans, since an arena's pages lie
 * anywhere. Any CPU, interrupts masked, no locks. Work is bounded by the size of constant part and arena: all chunks
 * together may not be larger than the arena, so one that is named twice is refused.
 *
 * What was verified must be what is delivered: who calls this reads from memory that the sender can no longer change,
 * or repeats it on the delivered copy.
 */
#pragma once
#include <ksm/policy.h>

struct ksm_arena {
    u64 size; /* bytes */
    /* Kernel address of the byte at offset (below size), and how many follow there; null if unreadable. */
    const void *(*span)(void *context, u64 offset, u64 *available);
    void *context;
};

/* An arena that lies in one piece. */
struct ksm_arena ksm_arena_flat(const void *bytes, u64 size);

/* constant_part: the bytes behind the message header, shape->size less the header's. */
bool ksm_message_fits(const struct ksm_shape *shape, const void *constant_part, const struct ksm_arena *arena);
