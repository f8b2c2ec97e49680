/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint fs.FS: the image's ROMFS. */
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <memory/object_cache.h>

struct file {
    struct object object; /* OBJECT_FILE */
    struct romfs_file entry;
    struct quota *quota;
    struct epoch_entry epoch;
};

static struct object_cache files;

static void file_reclaim(struct epoch_entry *entry)
{
    object_cache_free(&files, container_of(entry, struct file, epoch), nullptr);
}

static void file_destroy(struct object *object)
{
    struct file *file = container_of(object, struct file, object);
    domain_drop(file->quota);
    epoch_defer(&file->epoch, file_reclaim);
}

void core_fs_init(void)
{
    object_cache_init(&files, "file", sizeof(struct file), 8);
    object_operations[OBJECT_FILE] = (struct object_operations){.destroy = file_destroy};
}

retcode core_FS_Open(struct core_call *call)
{
    CORE_METHOD(FS, Open);
    const char *name = core_string(call, IN(name));
    struct romfs_file entry;
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr)
        return rcInvalidArgument;
    retcode code = romfs_lookup(&kernel_romfs, name, &entry);
    if (code != rcOk)
        return code;
    struct file *file = object_cache_allocate(&files, &call->task->domain.quota);
    if (file == nullptr)
        return quota_refusal(&call->task->domain.quota, 0);
    object_init(&file->object, OBJECT_FILE);
    file->entry = entry;
    file->quota = &call->task->domain.quota;
    domain_hold(file->quota);
    code = handle_insert(&call->task->domain.handles, &file->object,
                         KOS_RIGHT_FILE_READ | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID, &handle);
    object_release(&file->object);
    OUT(handle) = handle;
    return code;
}

static retcode file_get(struct core_call *call, word handle, struct file **file)
{
    struct object *object;
    retcode code = handle_lookup(&call->task->domain.handles, (u32)handle, OBJECT_FILE, KOS_RIGHT_FILE_READ, &object);
    if (code == rcOk)
        *file = container_of(object, struct file, object);
    return code;
}

retcode core_FS_Close(struct core_call *call)
{
    CORE_METHOD(FS, Close);
    struct file *file;
    retcode code = file_get(call, IN(handle), &file);
    if (code != rcOk)
        return code;
    object_release(&file->object);
    return handle_close(&call->task->domain.handles, (u32)IN(handle));
}

retcode core_FS_Read(struct core_call *call)
{
    CORE_METHOD(FS, Read);
    struct file *file;
    retcode code = file_get(call, IN(handle), &file);
    if (code != rcOk)
        return code;
    u64 sector = IN(sectorNumber), sectors = (file->entry.size + KOS_PAGE_SIZE - 1) / KOS_PAGE_SIZE;
    if (sector >= sectors) {
        code = rcInvalidArgument;
    } else {
        u64 offset = sector * KOS_PAGE_SIZE, left = file->entry.size - offset;
        u64 size = left < KOS_PAGE_SIZE ? left : KOS_PAGE_SIZE;
        code = core_return_bytes(call, &OUT(data), (const u8 *)file->entry.data + offset, size);
        OUT(read) = code == rcOk ? size : 0;
    }
    object_release(&file->object);
    return code;
}

retcode core_FS_GetSize(struct core_call *call)
{
    CORE_METHOD(FS, GetSize);
    struct file *file;
    retcode code = file_get(call, IN(handle), &file);
    if (code != rcOk)
        return code;
    OUT(size) = file->entry.size;
    object_release(&file->object);
    return rcOk;
}

retcode core_FS_GetId(struct core_call *call)
{
    CORE_METHOD(FS, GetId);
    struct file *file;
    retcode code = file_get(call, IN(handle), &file);
    if (code != rcOk)
        return code;
    OUT(id) = file->entry.id;
    object_release(&file->object);
    return rcOk;
}

retcode core_FS_Count(struct core_call *call)
{
    CORE_METHOD(FS, Count);
    OUT(count) = romfs_count(&kernel_romfs);
    return rcOk;
}

retcode core_FS_GetInfo(struct core_call *call)
{
    CORE_METHOD(FS, GetInfo);
    struct romfs_file entry;
    retcode code = romfs_at(&kernel_romfs, IN(index), &entry);
    if (code != rcOk)
        return code;
    OUT(size) = entry.size;
    return core_return_bytes(call, &OUT(name), entry.name, strlen(entry.name) + 1);
}

retcode core_FS_GetFsSize(struct core_call *call)
{
    CORE_METHOD(FS, GetFsSize);
    OUT(size) = romfs_size(&kernel_romfs);
    return rcOk;
}
