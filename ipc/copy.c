/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies to and from the memory of tasks, page by page through the direct map, so it does not matter whose space is
 * active. At once, or in steps (smp/preemption.h).
 */
#include <ipc/ipc.h>
#include <memory/page.h>

void *copy_span(struct address_space *space, vaddr address, u64 size, u32 access, u64 *span)
{
    *span = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    if (*span > size)
        *span = size;
    return space_resolve(space, address, access);
}

retcode copy_in(struct domain *from, void *to, vaddr address, u64 size)
{
    u8 *bytes = to;
    while (size != 0) {
        u64 span;
        const void *source = copy_span(&from->space, address, size, HAL_ACCESS_READ, &span);
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
        u64 span;
        void *target = copy_span(&to->space, address, size, HAL_ACCESS_WRITE, &span);
        if (target == nullptr)
            return rcTargetFault;
        memcpy(target, bytes, span);
        bytes += span, address += span, size -= span;
    }
    return rcOk;
}

retcode copy_across(struct domain *to, vaddr target, struct domain *from, vaddr source, u64 size)
{
    while (size != 0) {
        u64 read_span, span;
        const void *in = copy_span(&from->space, source, size, HAL_ACCESS_READ, &read_span);
        if (in == nullptr)
            return rcSourceFault;
        void *out = copy_span(&to->space, target, read_span, HAL_ACCESS_WRITE, &span);
        if (out == nullptr)
            return rcTargetFault;
        memcpy(out, in, span);
        source += span, target += span, size -= span;
    }
    return rcOk;
}

/* ---- in steps ---- */

/* As page_span, but a page that is not there is a step of its own: null with *code PREEMPTED, or fault. */
static void *step_span(struct address_space *space, vaddr address, u64 size, u32 access, u64 *span, retcode fault,
                       retcode *code)
{
    *span = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    if (*span > size)
        *span = size;
    u32 present = 0;
    paddr page = address < KOS_USER_LIMIT ? hal_space_lookup(&space->hal, address, &present) : PADDR_NONE;
    if (likely(page != PADDR_NONE && (present & access) == access))
        return (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
    *code = address < KOS_USER_LIMIT ? space_fault_preemptible(space, address, access) : fault;
    *code = *code == rcOk || *code == PREEMPTED ? PREEMPTED : fault;
    return nullptr;
}

/* One step; PREEMPTED: it was only a page fault, or there is more to do. A null task is the kernel: that side is a
 * pointer. */
static retcode step(struct domain *to, u64 target, struct domain *from, u64 source, u64 size, u64 *done)
{
    u64 read_span = size - *done, span;
    retcode code = rcOk;
    const void *in = (const void *)(source + *done);
    if (from != nullptr)
        in = step_span(&from->space, source + *done, size - *done, HAL_ACCESS_READ, &read_span, rcSourceFault, &code);
    if (in == nullptr)
        return code;
    span = read_span;
    void *out = (void *)(target + *done);
    if (to != nullptr)
        out = step_span(&to->space, target + *done, read_span, HAL_ACCESS_WRITE, &span, rcTargetFault, &code);
    if (out == nullptr)
        return code;
    memcpy(out, in, span);
    *done += span;
    return *done < size ? PREEMPTED : rcOk;
}

static retcode steps(struct domain *to, u64 target, struct domain *from, u64 source, u64 size, u64 *done)
{
    retcode code = *done < size ? PREEMPTED : rcOk;
    while (code == PREEMPTED && (code = step(to, target, from, source, size, done)) == PREEMPTED)
        if (preemption_point())
            return code;
    return code;
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
