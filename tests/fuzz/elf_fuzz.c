/* SPDX-License-Identifier: Apache-2.0 */
#include <image/elf.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct elf_image image;
    if (elf_parse(data, size, 62, &image) == rcOk)
        for (u32 i = 0; i < image.segment_count; i++)
            if (image.segments[i].file_offset + image.segments[i].file_size > size)
                __builtin_trap();
    return 0;
}
