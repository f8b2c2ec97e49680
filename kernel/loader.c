/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/core.h>
#include <hal/boot.h>
#include <kernel/kernel.h>
#include <kernel/loader.h>
#include <kernel/random.h>

/* Where position-independent images go: 2 MiB steps within 1 TiB, so that page-table pages are few. */
#define LOAD_BASE    0x100000000ULL
#define LOAD_STEP    0x200000ULL
#define LOAD_CHOICES (1U << 19)

static retcode load_shared(struct address_space *space, const struct elf_segment *segment, const u8 *file, vaddr start,
                           u64 size)
{
    u64 offset = round_down(segment->file_offset, KOS_PAGE_SIZE);
    return space_map_shared(space, start, size, hal_image_physical(file + offset), segment->access);
}

static retcode load_private(struct task *task, const struct elf_segment *segment, const u8 *file, vaddr base,
                            vaddr start, u64 size)
{
    struct address_space *space = &task->domain.space;
    vaddr address = start;
    struct progress progress = {};
    retcode code;
    while ((code = space_allocate(space, &address, size,
                                  KOS_VMM_RESERVE | KOS_VMM_COMMIT | (segment->access & KOS_VMM_ACCESS), &progress)) ==
           PREEMPTED)
        checkpoint();
    if (code != rcOk)
        return code;
    const u8 *source = file + segment->file_offset;
    vaddr target = base + segment->address;
    for (u64 left = segment->file_size; left != 0;) {
        u64 span = KOS_PAGE_SIZE - (target & (KOS_PAGE_SIZE - 1));
        if (span > left)
            span = left;
        code = task_bring(task, target);
        if (code != rcOk)
            return code;
        if (!space_write(space, target, source, span))
            return rcOutOfMemory;
        source += span, target += span, left -= span;
    }
    return rcOk;
}

retcode loader_load(struct task *task, const void *file, u64 size, struct elf_image *image, vaddr *base)
{
    retcode code = elf_parse(file, size, HAL_ELF_MACHINE, image);
    if (code != rcOk)
        return code;
    checkpoint();
    *base = image->position_independent ? LOAD_BASE + (kernel_random() % LOAD_CHOICES) * LOAD_STEP : 0;
    for (u32 i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        vaddr start = *base + round_down(segment->address, KOS_PAGE_SIZE);
        u64 length = round_up(*base + segment->address + segment->memory_size, KOS_PAGE_SIZE) - start;
        bool shared = (segment->access & KOS_VMM_WRITE) == 0 && segment->file_size == segment->memory_size;
        code = shared ? load_shared(&task->domain.space, segment, file, start, length)
                      : load_private(task, segment, file, *base, start, length);
        if (code != rcOk)
            return code;
        checkpoint();
    }
    return rcOk;
}
