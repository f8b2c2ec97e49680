/* SPDX-License-Identifier: Apache-2.0 */
/* The list of free RAM that goes to kernel_main. */
#include "port.h"

void hal_ranges_add(struct hal_boot_info *info, u64 start, u64 size)
{
    u64 end = round_down(start + size, KOS_PAGE_SIZE);
    start = round_up(start, KOS_PAGE_SIZE);
    if (end > HAL_DIRECT_MAP_SIZE)
        end = HAL_DIRECT_MAP_SIZE;
    if (start < end && info->range_count < HAL_MEMORY_RANGES_MAX)
        info->ranges[info->range_count++] = (struct hal_memory_range){start, end};
}

/* What cannot be split for want of room in the list loses its upper part. */
void hal_ranges_remove(struct hal_boot_info *info, u64 start, u64 size)
{
    const u64 end = start + size > UINT64_MAX - KOS_PAGE_SIZE ? UINT64_MAX : round_up(start + size, KOS_PAGE_SIZE);
    start = round_down(start, KOS_PAGE_SIZE);
    if (size == 0)
        return;
    for (u32 i = 0; i < info->range_count; i++) {
        struct hal_memory_range *range = &info->ranges[i];
        const struct hal_memory_range old = *range;
        if (start >= old.end || end <= old.start)
            continue;
        if (start > old.start) {
            range->end = start;
            if (end < old.end)
                hal_ranges_add(info, end, old.end - end);
        } else if (end < old.end) {
            range->start = end;
        } else {
            *range = info->ranges[--info->range_count];
            i--;
        }
    }
}

paddr hal_ranges_take_page(struct hal_boot_info *info)
{
    struct hal_memory_range *largest = nullptr;
    for (u32 i = 0; i < info->range_count; i++)
        if (largest == nullptr || info->ranges[i].end - info->ranges[i].start > largest->end - largest->start)
            largest = &info->ranges[i];
    if (largest == nullptr || largest->end - largest->start <= KOS_PAGE_SIZE)
        return PADDR_NONE;
    largest->end -= KOS_PAGE_SIZE;
    hal_page_zero(largest->end);
    return largest->end;
}
