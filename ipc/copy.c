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

struct span {
    u8 *bytes;
    u64 size;
    u32 present; /* HAL_PAGE_* */
};

/* What lies on one page. One that is not there is a step of its own: null with *code PREEMPTED, or fault. */
static struct span step_span(struct address_space *space, vaddr address, u64 size, u32 access, retcode fault,
                             retcode *code)
{
    struct span span = {.size = on_page(address, size)};
    paddr page = address < KOS_USER_LIMIT ? hal_space_lookup(&space->hal, address, &span.present) : PADDR_NONE;
    if (likely(page != PADDR_NONE && (span.present & access) == access)) {
        span.bytes = (u8 *)hal_direct(round_down(page, PAGE_SIZE)) + (address & (PAGE_SIZE - 1));
    } else {
        *code = address < KOS_USER_LIMIT ? space_fault_preemptible(space, address, access) : fault;
        *code = *code == rcOk || *code == PREEMPTED ? PREEMPTED : fault;
    }
    return span;
}

/* One step; PREEMPTED: it was only a page fault, or there is more to do. A null task is the kernel: that side is a
 * pointer. */
static retcode step(struct domain *to, u64 target, struct domain *from, u64 source, u64 size, u64 *done)
{
    retcode code = rcOk;
    u64 some = size - *done < COPY_STEP ? size - *done : COPY_STEP;
    struct span in = {.bytes = (u8 *)(source + *done), .size = some};
    if (from != nullptr)
        in = step_span(&from->space, source + *done, some, HAL_ACCESS_READ, rcSourceFault, &code);
    if (in.bytes == nullptr)
        return code;
    struct span out = {.bytes = (u8 *)(target + *done), .size = in.size};
    if (to != nullptr)
        out = step_span(&to->space, target + *done, in.size, HAL_ACCESS_WRITE, rcTargetFault, &code);
    if (out.bytes == nullptr)
        return code;
    if (likely((out.present & HAL_PAGE_SEALABLE) == 0))
        memcpy(out.bytes, in.bytes, out.size);
    else if (!space_write_sealable(&to->space, target + *done, in.bytes, out.size))
        return rcTargetFault; /* just sealed */
    *done += out.size;
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
