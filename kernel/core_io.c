/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint io.IO: memory and interrupts of devices. Who may register which is the policy's to say: it sees address,
 * size and line. */
#include <ipc/interrupt.h>
#include <ipc/shared_memory.h>
#include <kernel/core_call.h>

#define RESOURCE_RIGHTS (KOS_RIGHT_TRANSFER | KOS_RIGHT_COPY | KOS_RIGHT_GET_SID | KOS_RIGHT_GET_EVENT)

/* A handle for a new object, whose reference goes. */
static retcode give_handle(struct core_call *call, retcode code, struct object *object, u32 rights)
{
    u32 handle = KOS_INVALID_HANDLE;
    if (code == rcOk) {
        code = handle_insert(&call->task->domain.handles, object, rights, &handle);
        object_release(object);
    }
    call->words[1] = handle;
    return code;
}

retcode core_IO_RegisterMmio(struct core_call *call)
{
    struct shared_memory *memory = nullptr;
    retcode code = shared_memory_device(&call->task->domain.quota, call->words[0], call->words[1], &memory);
    return give_handle(call, code, memory == nullptr ? nullptr : &memory->object,
                       RESOURCE_RIGHTS | KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE);
}

/* Not supported yet: no port, no DMA. */
retcode core_IO_RegisterPort(struct core_call *call)
{
    call->words[1] = KOS_INVALID_HANDLE;
    return rcUnimplemented;
}

retcode core_IO_RegisterDma(struct core_call *call)
{
    return core_IO_RegisterPort(call);
}

retcode core_IO_PermitPort(struct core_call *call)
{
    return core_IO_RegisterPort(call);
}

/* The mapping hangs below a handle of its own, so that revoking that one takes the memory away. */
retcode core_IO_MapMem(struct core_call *call)
{
    struct handle_table *handles = &call->task->domain.handles;
    u32 handle = KOS_INVALID_HANDLE;
    vaddr address = 0;
    retcode code = call->words[1] > KOS_VMM_ACCESS || (call->words[2] & ~(word)KOS_VMM_CACHE_DISABLE) != 0
                       ? rcInvalidArgument
                       : rcOk;
    if (code == rcOk)
        code = handle_derive(handles, (u32)call->words[0], handles, KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE,
                             KOS_RIGHT_COPY, nullptr, &handle);
    if (code == rcOk) {
        checkpoint();
        code = shared_memory_map_device(&call->task->domain, handle, (u32)call->words[1], &address);
        if (code != rcOk)
            (void)handle_close(handles, handle);
    }
    call->words[1] = code == rcOk ? address : 0;
    call->words[2] = code == rcOk ? handle : KOS_INVALID_HANDLE;
    return code;
}

retcode core_IO_RegisterIrq(struct core_call *call)
{
    struct interrupt *interrupt = nullptr;
    retcode code = call->words[0] > 0xffffffffU ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = interrupt_create(&call->task->domain.quota, (u32)call->words[0], &interrupt);
    return give_handle(call, code, interrupt == nullptr ? nullptr : &interrupt->object,
                       RESOURCE_RIGHTS | KOS_RIGHT_IRQ_CONTROL | KOS_RIGHT_IPC_RECV);
}

static retcode interrupt_of_handle(struct core_call *call, struct interrupt **interrupt)
{
    struct object *object;
    retcode code = handle_borrow(&call->task->domain.handles, (u32)call->words[0], OBJECT_INTERRUPT,
                                 KOS_RIGHT_IRQ_CONTROL, &object);
    *interrupt = code == rcOk ? container_of(object, struct interrupt, object) : nullptr;
    return code;
}

/* The calling thread's: a handle that can be neither passed on nor copied. */
retcode core_IO_AttachIrq(struct core_call *call)
{
    struct interrupt *interrupt = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = (call->words[1] & ~(word)KOS_IRQ_FLAGS) != 0 ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = interrupt_of_handle(call, &interrupt);
    if (code == rcOk)
        code = interrupt_attach(interrupt, call->self, (u32)call->words[1]);
    if (code == rcOk) {
        code = handle_derive(&call->task->domain.handles, (u32)call->words[0], &call->task->domain.handles,
                             KOS_RIGHT_IPC_RECV, KOS_RIGHT_COPY, nullptr, &handle);
        if (code != rcOk)
            interrupt_detach(interrupt);
    }
    call->words[1] = handle;
    return code;
}

retcode core_IO_DetachIrq(struct core_call *call)
{
    struct interrupt *interrupt;
    retcode code = interrupt_of_handle(call, &interrupt);
    if (code == rcOk)
        interrupt_detach(interrupt);
    return code;
}

static retcode enable(struct core_call *call, bool enabled)
{
    struct interrupt *interrupt;
    retcode code = interrupt_of_handle(call, &interrupt);
    if (code == rcOk)
        interrupt_enable(interrupt, enabled);
    return code;
}

retcode core_IO_EnableIrq(struct core_call *call)
{
    return enable(call, true);
}

retcode core_IO_DisableIrq(struct core_call *call)
{
    return enable(call, false);
}
