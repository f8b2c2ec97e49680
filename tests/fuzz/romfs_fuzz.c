/* SPDX-License-Identifier: Apache-2.0 */
#include <image/romfs.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct romfs fs;
    struct romfs_file file;
    if (romfs_open(data, size, &fs) != rcOk)
        return 0;
    for (u64 i = 0; i < romfs_count(&fs); i++)
        if (romfs_at(&fs, i, &file) != rcOk || romfs_lookup(&fs, file.name, &file) != rcOk ||
            (const u8 *)file.data + file.size > data + size)
            __builtin_trap();
    return 0;
}
