/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint vmm.VMM. */
#include <ipc/arena.h>
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
    vaddr address = call->words[0];
    retcode code = space_allocate(space(call), &address, call->words[1], flags(call->words[2]), progress(call));
    if (code == PREEMPTED)
        return code;
    call->words[1] = code == rcOk ? address : 0;
    return code;
}

retcode core_VMM_Commit(struct core_call *call)
{
    return space_commit(space(call), call->words[0], call->words[1], flags(call->words[2]), progress(call));
}

retcode core_VMM_Decommit(struct core_call *call)
{
    return space_decommit(space(call), call->words[0], call->words[1], progress(call));
}

retcode core_VMM_Protect(struct core_call *call)
{
    return space_protect(space(call), call->words[0], call->words[1], flags(call->words[2]), progress(call));
}

retcode core_VMM_Free(struct core_call *call)
{
    return space_free(space(call), call->words[0], call->words[1], progress(call));
}

retcode core_VMM_Query(struct core_call *call)
{
    vaddr start = 0;
    u64 size = 0;
    u32 of_region = 0;
    retcode code = space_query(space(call), call->words[0], &start, &size, &of_region);
    call->words[1] = start;
    call->words[2] = size;
    call->words[3] = of_region;
    return code;
}

retcode core_VMM_CreateArena(struct core_call *call)
{
    struct arena *arena = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = arena_create(&call->task->domain, call->words[0], &arena);
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, &arena->object, KOS_RIGHT_COPY | KOS_RIGHT_GET_SID, &handle);
        struct progress undo = {};
        while (code != rcOk && space_free(space(call), arena->client_base, arena->size, &undo) == PREEMPTED)
            checkpoint();
    }
    call->words[1] = code == rcOk ? arena->client_base : 0;
    call->words[2] = handle;
    call->words[3] = code == rcOk ? arena->size : 0;
    if (arena != nullptr)
        object_release(&arena->object);
    return code;
}
