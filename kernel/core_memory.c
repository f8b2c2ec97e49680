/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint vmm.VMM. */
#include <ipc/arena.h>
#include <ipc/shared_memory.h>
#include <kernel/core_call.h>

static struct address_space *space(struct core_call *call)
{
    return &call->task->domain.space;
}

static struct progress *progress(struct core_call *call)
{
    return &call->self->work.progress;
}

/* Flags of a request; what does not fit in 32 bits is as unknown as bit 31. */
static u32 flags(word flags)
{
    return flags <= 0xffffffffU ? (u32)flags : ~0U;
}

retcode core_VMM_Allocate(struct core_call *call)
{
    CORE_METHOD(VMM, Allocate);
    vaddr address = IN(addr);
    retcode code = space_allocate(space(call), &address, IN(size), flags(IN(flags)), progress(call));
    if (code == PREEMPTED)
        return code;
    OUT(va) = code == rcOk ? address : 0;
    return code;
}

retcode core_VMM_Commit(struct core_call *call)
{
    CORE_METHOD(VMM, Commit);
    return space_commit(space(call), IN(va), IN(size), flags(IN(flags)), progress(call));
}

retcode core_VMM_Decommit(struct core_call *call)
{
    CORE_METHOD(VMM, Decommit);
    return space_decommit(space(call), IN(va), IN(size), progress(call));
}

retcode core_VMM_Protect(struct core_call *call)
{
    CORE_METHOD(VMM, Protect);
    return space_protect(space(call), IN(va), IN(size), flags(IN(newFlags)), progress(call));
}

retcode core_VMM_Free(struct core_call *call)
{
    CORE_METHOD(VMM, Free);
    return space_free(space(call), IN(va), IN(size), progress(call));
}

retcode core_VMM_Query(struct core_call *call)
{
    CORE_METHOD(VMM, Query);
    vaddr start = 0;
    u64 size = 0;
    u32 of_region = 0;
    retcode code = space_query(space(call), IN(va), &start, &size, &of_region);
    OUT(start) = start;
    OUT(size) = size;
    OUT(flags) = of_region;
    return code;
}

retcode core_VMM_CreateArena(struct core_call *call)
{
    CORE_METHOD(VMM, CreateArena);
    struct arena *arena = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = arena_create(&call->task->domain, IN(bytes), &arena);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &arena->object, KOS_RIGHT_COPY | KOS_RIGHT_GET_SID, &handle);
        struct progress undo = {};
        while (code != rcOk && space_free(space(call), arena->client_base, arena->size, &undo) == PREEMPTED)
            checkpoint();
    }
    OUT(va) = code == rcOk ? arena->client_base : 0;
    OUT(arena) = handle;
    OUT(size) = code == rcOk ? arena->size : 0;
    if (arena != nullptr)
        object_release(&arena->object);
    return code;
}

/* ---- shared memory ---- */

/* Not to be given up half way: the memory in work.object is nobody else's. */
static retcode mdl_make(struct core_call *call, struct shared_memory **memory)
{
    CORE_METHOD(VMM, MdlCreate);
    struct work *work = &call->self->work;
    u32 access = flags(IN(flags));
    if ((access & KOS_VMM_READ) == 0 || (access & ~(u32)(KOS_VMM_READ | KOS_VMM_WRITE)) != 0)
        return rcInvalidArgument;
    if (work->object == nullptr) {
        retcode code = shared_memory_create(&call->task->domain.quota, IN(bytes), memory);
        if (code != rcOk)
            return code;
        work->object = *memory;
    }
    *memory = work->object;
    return shared_memory_zero(*memory, &work->progress);
}

retcode core_VMM_MdlCreate(struct core_call *call)
{
    CORE_METHOD(VMM, MdlCreate);
    struct shared_memory *memory = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = mdl_make(call, &memory);
    if (code == PREEMPTED)
        return code;
    call->self->work.object = nullptr, call->self->work.progress = (struct progress){};
    if (code == rcOk) {
        u32 rights =
            KOS_RIGHT_MEMORY_READ | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT;
        if ((IN(flags) & KOS_VMM_WRITE) != 0)
            rights |= KOS_RIGHT_MEMORY_WRITE;
        code = handle_insert(&call->task->domain.handles, &memory->object, rights, &handle);
    }
    OUT(mdl) = handle;
    OUT(size) = code == rcOk ? memory->size : 0;
    if (memory != nullptr)
        object_release(&memory->object);
    return code;
}

retcode core_VMM_MdlMap(struct core_call *call)
{
    CORE_METHOD(VMM, MdlMap);
    vaddr address = IN(hint);
    retcode code =
        shared_memory_map(&call->task->domain, (u32)IN(mdl), IN(offset), IN(length), flags(IN(flags)), &address);
    OUT(va) = code == rcOk ? address : 0;
    return code;
}

retcode core_VMM_MdlGetSize(struct core_call *call)
{
    CORE_METHOD(VMM, MdlGetSize);
    struct object *object;
    retcode code = handle_borrow(&call->task->domain.handles, (u32)IN(mdl), OBJECT_MEMORY, 0, &object);
    OUT(size) = code == rcOk ? container_of(object, struct shared_memory, object)->size : 0;
    return code;
}
