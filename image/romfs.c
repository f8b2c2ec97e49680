/* SPDX-License-Identifier: Apache-2.0 */
#include <image/romfs.h>

struct entry {
    u64 name, data, size;
    u32 id, zero;
};

static u64 load64(const u8 *at)
{
    u64 value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static u32 load32(const u8 *at)
{
    u32 value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static struct entry entry_at(const struct romfs *fs, u64 index)
{
    struct entry entry;
    memcpy(&entry, fs->image + ROMFS_HEADER_SIZE + index * ROMFS_ENTRY_SIZE, sizeof(entry));
    return entry;
}

static u32 crc32(const u8 *bytes, u64 size)
{
    u32 crc = ~0U;
    for (u64 i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (u32 bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

static bool entry_valid(const struct romfs *fs, const struct entry *entry, u64 names_start, u64 names_end, u64 total)
{
    if (entry->name < names_start || entry->name >= names_end || entry->data % KOS_PAGE_SIZE != 0 ||
        entry->data < names_end || entry->data > total || entry->size > total - entry->data)
        return false;
    for (u64 at = entry->name; at < names_end; at++)
        if (fs->image[at] == '\0')
            return at != entry->name;
    return false;
}

retcode romfs_open(const void *image, u64 size, struct romfs *fs)
{
    *fs = (struct romfs){.image = image};
    if (size < ROMFS_HEADER_SIZE || memcmp(image, ROMFS_MAGIC, 8) != 0)
        return rcBadImage;
    u64 total = load64(fs->image + 8), count = load32(fs->image + 16), names_end = load64(fs->image + 24);
    u64 names_start = ROMFS_HEADER_SIZE + count * ROMFS_ENTRY_SIZE;
    if (total > size || names_end > total || names_start > names_end ||
        crc32(fs->image + 24, names_end - 24) != load32(fs->image + 20))
        return rcBadImage;
    for (u64 i = 0; i < count; i++) {
        struct entry entry = entry_at(fs, i);
        if (!entry_valid(fs, &entry, names_start, names_end, total))
            return rcBadImage;
        if (i != 0 &&
            strcmp((const char *)fs->image + entry_at(fs, i - 1).name, (const char *)fs->image + entry.name) >= 0)
            return rcBadImage;
    }
    fs->size = total;
    fs->count = (u32)count;
    return rcOk;
}

static void file_fill(const struct romfs *fs, const struct entry *entry, struct romfs_file *file)
{
    *file = (struct romfs_file){.name = (const char *)fs->image + entry->name,
                                .data = fs->image + entry->data,
                                .size = entry->size,
                                .id = entry->id};
}

retcode romfs_lookup(const struct romfs *fs, const char *name, struct romfs_file *file)
{
    u64 low = 0, high = fs->count;
    while (low < high) {
        u64 middle = (low + high) / 2;
        struct entry entry = entry_at(fs, middle);
        int order = strcmp(name, (const char *)fs->image + entry.name);
        if (order == 0) {
            file_fill(fs, &entry, file);
            return rcOk;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return rcResourceNotFound;
}

retcode romfs_at(const struct romfs *fs, u64 index, struct romfs_file *file)
{
    if (index >= fs->count)
        return rcResourceNotFound;
    struct entry entry = entry_at(fs, index);
    file_fill(fs, &entry, file);
    return rcOk;
}
