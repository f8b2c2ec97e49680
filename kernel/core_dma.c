/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint io.IO: DMA buffers. One is shared memory, which is contiguous, with flags of its own and a right to learn
 * where it lies. There is no IOMMU: addresses of the device are those of the memory, and it always has access.
 */
#include <ipc/shared_memory.h>
#include <kernel/core_call.h>
#include <memory/page.h>

#define DMA32_END     (1ULL << 32)
#define BUFFER_RIGHTS (CORE_OBJECT_RIGHTS | KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE | KOS_RIGHT_MEMORY_DMA)

static bool parameters_fit(word size, word flags, word order)
{
    return size != 0 && size % PAGE_SIZE == 0 && (flags & ~(word)KOS_DMA_FLAGS) == 0 && (flags & KOS_DMA_BIDIR) != 0 &&
           order <= PAGE_ORDER_MAX;
}

retcode core_IO_RegisterDma(struct core_call *call)
{
    CORE_METHOD(IO, RegisterDma);
    struct shared_memory *memory = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = rcInvalidArgument;
    if (parameters_fit(IN(size), IN(flags), IN(order))) {
        u64 least = (u64)PAGE_SIZE << IN(order);
        code = shared_memory_make(call->self, IN(size) > least ? IN(size) : least,
                                  (IN(flags) & KOS_DMA_32) != 0 ? DMA32_END : ~0ULL, &memory);
    }
    if (code == PREEMPTED)
        return code;
    if (code == rcOk) {
        memory->dma_flags = (u32)IN(flags);
        memory->dma_order = (u32)IN(order);
        code = core_give_object(call, &memory->object, BUFFER_RIGHTS, &handle);
    }
    OUT(resource) = handle;
    return code;
}

/* Readable until the kernel is left. */
static retcode buffer_of(struct core_call *call, word resource, struct shared_memory **memory)
{
    struct object *object;
    retcode code =
        handle_borrow(&call->task->domain.handles, (u32)resource, OBJECT_MEMORY, KOS_RIGHT_MEMORY_DMA, &object);
    *memory = code == rcOk ? container_of(object, struct shared_memory, object) : nullptr;
    return code;
}

/* As MapMem: the mapping hangs below a handle of its own. */
retcode core_IO_MapDma(struct core_call *call)
{
    CORE_METHOD(IO, MapDma);
    struct handle_table *handles = &call->task->domain.handles;
    struct shared_memory *memory;
    u32 handle = KOS_INVALID_HANDLE;
    vaddr address = IN(hint);
    word flags = IN(flags) & ~(word)KOS_VMM_CACHE_DISABLE;
    retcode code = flags > KOS_VMM_ACCESS ? rcInvalidArgument : buffer_of(call, IN(resource), &memory);
    if (code == rcOk)
        code = handle_derive(handles, (u32)IN(resource), handles, KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE,
                             KOS_RIGHT_COPY, nullptr, &handle);
    if (code == rcOk) {
        checkpoint();
        code = shared_memory_map(&call->task->domain, handle, IN(offset), IN(length), (u32)flags, &address);
        if (code != rcOk)
            (void)handle_close(handles, handle);
    }
    OUT(va) = code == rcOk ? address : 0;
    OUT(mapping) = code == rcOk ? handle : KOS_INVALID_HANDLE;
    return code;
}

/* Whatever was asked for, it is cached: devices of these machines see what the caches hold. */
static u32 flags_of(const struct shared_memory *memory)
{
    return (memory->dma_flags & (KOS_DMA_BIDIR | KOS_DMA_32)) | KOS_DMA_WRITE_BACK;
}

/* One block: its address, which leaves the lower bits, and the order of its size in pages. */
static u64 frame_of(const struct shared_memory *memory)
{
    u64 order = 0;
    while (((u64)PAGE_SIZE << order) < memory->size)
        order++;
    return memory->backing | order;
}

retcode core_IO_GetDmaPhysInfo(struct core_call *call)
{
    CORE_METHOD(IO, GetDmaPhysInfo);
    struct shared_memory *memory;
    retcode code = buffer_of(call, IN(resource), &memory);
    if (code != rcOk)
        return code;
    u64 frame = frame_of(memory);
    OUT(flags) = flags_of(memory);
    OUT(order) = memory->dma_order;
    OUT(size) = memory->size;
    return core_return_bytes(call, &OUT(frames), &frame, sizeof(frame));
}

retcode core_IO_GetDmaInfo(struct core_call *call)
{
    CORE_METHOD(IO, GetDmaInfo);
    struct shared_memory *memory;
    retcode code = buffer_of(call, IN(resource), &memory);
    if (code != rcOk)
        return code;
    u64 frame = frame_of(memory);
    bool begun = atomic_load_explicit(&memory->dma_begun, memory_order_relaxed);
    OUT(flags) = flags_of(memory);
    OUT(order) = memory->dma_order;
    OUT(size) = memory->size;
    return core_return_bytes(call, &OUT(frames), &frame, begun ? sizeof(frame) : 0);
}

/* A handle that keeps the buffer, and does nothing else. */
retcode core_IO_BeginDma(struct core_call *call)
{
    CORE_METHOD(IO, BeginDma);
    struct handle_table *handles = &call->task->domain.handles;
    struct shared_memory *memory;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = buffer_of(call, IN(resource), &memory);
    if (code == rcOk)
        code = handle_derive(handles, (u32)IN(resource), handles, 0, KOS_RIGHT_COPY, nullptr, &handle);
    if (code == rcOk)
        atomic_store_explicit(&memory->dma_begun, true, memory_order_relaxed); /* a fact for GetDmaInfo, no more */
    OUT(access) = handle;
    return code;
}
