/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies to and from the memory of tasks, page by page through the direct map, so it does not matter whose space is
 * active. At once, or in steps (smp/preemption.h).
 */
#include <ipc/ipc.h>
#include <memory/page.h>

static u64 on_page(vaddr address, u64 size)
{
    u64 rest = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    return size < rest ? size : rest;
}

const void *copy_span(struct address_space *space, vaddr address, u64 size, u64 *span)
{
    *span = on_page(address, size);
    return space_resolve(space, address, HAL_ACCESS_READ);
}

retcode copy_in(struct domain *from, void *to, vaddr address, u64 size)
{
    u8 *bytes = to;
    while (size != 0) {
        u64 span;
        const void *source = copy_span(&from->space, address, size, &span);
        if (source == nullptr)
            return rcSourceFault;
        memcpy(bytes, source, span);
        bytes += span, address += span, size -= span;
    }
    return rcOk;
}

retcode copy_out(struct domain *to, vaddr address, const void *from, u64 size)
{
    const u8 *bytes = from;
    while (size != 0) {
        u64 span = on_page(address, size);
        if (!space_write(&to->space, address, bytes, span))
            return rcTargetFault;
        bytes += span, address += span, size -= span;
    }
    return rcOk;
}

retcode copy_across(struct domain *to, vaddr target, struct domain *from, vaddr source, u64 size)
{
    while (size != 0) {
        u64 span;
        const void *in = copy_span(&from->space, source, on_page(target, size), &span);
        if (in == nullptr)
            return rcSourceFault;
        if (!space_write(&to->space, target, in, span))
            return rcTargetFault;
        source += span, target += span, size -= span;
    }
    return rcOk;
}

/* ---- in steps ---- */

/* One side of a copy: what lies ahead on the page that was looked up. Kept until interrupts are let in: a kernel entry
 * is a reader's section, and a seal takes the lock (HAL_PAGE_SEALABLE). */
struct span {
    u8 *bytes;
    u64 size;    /* 0: to be looked up */
    u32 present; /* HAL_PAGE_* */
};

/* A null domain is the kernel: address is a pointer. */
static inline struct span span_begin(const struct domain *domain, u64 address, u64 size)
{
    return (struct span){.bytes = (u8 *)address, .size = domain == nullptr ? size : 0};
}

/* A page that is not there is a step of its own: PREEMPTED, or fault. */
static retcode span_look(struct span *span, struct domain *domain, vaddr address, u64 size, u32 access, retcode fault)
{
    struct address_space *space = &domain->space;
    if (unlikely(address >= KOS_USER_LIMIT))
        return fault;
    paddr page = hal_space_lookup(&space->hal, address, &span->present);
    if (unlikely(page == PADDR_NONE || (span->present & access) != access)) {
        retcode code = space_fault_preemptible(space, address, access);
        return code == rcOk || code == PREEMPTED ? PREEMPTED : fault;
    }
    span->bytes = (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
    span->size = on_page(address, size);
    return rcOk;
}

/* The next COPY_STEP bytes, or as far as both spans reach. */
static bool span_copy(struct span *out, struct domain *to, vaddr target, struct span *in, u64 *done)
{
    u64 size = in->size < out->size ? in->size : out->size;
    if (size > COPY_STEP)
        size = COPY_STEP;
    if (likely((out->present & HAL_PAGE_SEALABLE) == 0))
        memcpy(out->bytes, in->bytes, size);
    else if (!space_write_sealable(&to->space, target, in->bytes, size))
        return false; /* just sealed */
    in->bytes += size, in->size -= size;
    out->bytes += size, out->size -= size;
    *done += size;
    return true;
}

/* A null task is the kernel: that side is a pointer. */
static retcode steps(struct domain *to, u64 target, struct domain *from, u64 source, u64 size, u64 *done)
{
    struct span in = span_begin(from, source + *done, size - *done), out = span_begin(to, target + *done, size - *done);
    while (*done < size) {
        retcode code = rcOk;
        if (in.size == 0)
            code = span_look(&in, from, source + *done, size - *done, HAL_ACCESS_READ, rcSourceFault);
        if (code == rcOk && out.size == 0)
            code = span_look(&out, to, target + *done, size - *done, HAL_ACCESS_WRITE, rcTargetFault);
        if (code == rcOk && unlikely(!span_copy(&out, to, target + *done, &in, done)))
            code = rcTargetFault;
        if (code == PREEMPTED) { /* a fault: what was looked up before it may have changed */
            in = span_begin(from, source + *done, size - *done);
            out = span_begin(to, target + *done, size - *done);
        } else if (code != rcOk)
            return code;
        if (*done < size && preemption_point())
            return PREEMPTED;
    }
    return rcOk;
}

retcode copy_in_steps(struct domain *from, void *to, vaddr address, u64 size, u64 *done)
{
    return steps(nullptr, (u64)to, from, address, size, done);
}

retcode copy_out_steps(struct domain *to, vaddr address, const void *from, u64 size, u64 *done)
{
    return steps(to, address, nullptr, (u64)from, size, done);
}

retcode copy_across_steps(struct domain *to, vaddr target, struct domain *from, vaddr source, u64 size, u64 *done)
{
    return steps(to, target, from, source, size, done);
}

bool copy_resident(const struct domain *domain, vaddr address, u64 size, u32 access)
{
    const vaddr places[] = {address, address + (size != 0 ? size - 1 : 0)};
    for (u32 i = 0; i < 1 + (u32)(((address ^ places[1]) & ~(u64)(PAGE_SIZE - 1)) != 0); i++) {
        u32 present;
        if (places[i] >= KOS_USER_LIMIT || hal_space_lookup(&domain->space.hal, places[i], &present) == PADDR_NONE ||
            (present & access) != access)
            return false;
    }
    return true;
}
