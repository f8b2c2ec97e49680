/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ROMFS: the image's read-only files. Little endian; offsets from the image's start.
 *
 *   0   8  magic "KOSROM01"
 *   8   8  total size in bytes
 *   16  4  number of files
 *   20  4  CRC-32 (IEEE 802.3) of the bytes from 24 to the end of the names
 *   24  8  offset of the end of the names
 *   32  32 * files: per file 8 name offset, 8 data offset (multiple of 4096), 8 size, 4 id, 4 zero; sorted by name
 *       names, each ended by NUL; then the data, each file padded with zeros to a page
 */
#pragma once
#include <hal/base.h>

#define ROMFS_MAGIC       "KOSROM01"
#define ROMFS_HEADER_SIZE 32U
#define ROMFS_ENTRY_SIZE  32U

struct romfs {
    const u8 *image;
    u64 size;
    u32 count;
};

struct romfs_file {
    const char *name;
    const void *data;
    u64 size;
    u32 id;
};

/* Checks the whole directory once: rcBadImage. Afterwards lookups trust it. */
retcode romfs_open(const void *image, u64 size, struct romfs *fs);
retcode romfs_lookup(const struct romfs *fs, const char *name, struct romfs_file *file); /* rcResourceNotFound */
retcode romfs_at(const struct romfs *fs, u64 index, struct romfs_file *file);            /* rcResourceNotFound */
static inline u64 romfs_count(const struct romfs *fs)
{
    return fs->count;
}
static inline u64 romfs_size(const struct romfs *fs)
{
    return fs->size;
}
