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

retcode core_VMM_MdlCreate(struct core_call *call)
{
    CORE_METHOD(VMM, MdlCreate);
    struct shared_memory *memory = nullptr;
    u32 access = flags(IN(flags));
    retcode code = (access & KOS_VMM_READ) == 0 || (access & ~(u32)(KOS_VMM_READ | KOS_VMM_WRITE)) != 0
                       ? rcInvalidArgument
                       : shared_memory_make(call->self, IN(bytes), ~0ULL, &memory);
    if (code == PREEMPTED)
        return code;
    u32 handle = KOS_INVALID_HANDLE;
    OUT(size) = code == rcOk ? memory->size : 0;
    if (code == rcOk)
        code = core_give_object(call, &memory->object,
                                CORE_OBJECT_RIGHTS | KOS_RIGHT_MEMORY_READ |
                                    ((access & KOS_VMM_WRITE) != 0 ? KOS_RIGHT_MEMORY_WRITE : 0),
                                &handle);
    if (code != rcOk)
        OUT(size) = 0;
    OUT(mdl) = handle;
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
