/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint io.IO: memory and interrupts of devices. Who may register which is the policy's to say: it sees address,
 * size and line. */
#include <ipc/interrupt.h>
#include <ipc/shared_memory.h>
#include <kernel/core_call.h>

retcode core_IO_RegisterMmio(struct core_call *call)
{
    CORE_METHOD(IO, RegisterMmio);
    struct shared_memory *memory;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = shared_memory_device(&call->task->domain.quota, IN(base), IN(size), &memory);
    if (code == rcOk)
        code = core_give_object(call, &memory->object,
                                CORE_OBJECT_RIGHTS | KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE, &handle);
    OUT(resource) = handle;
    return code;
}

/* Not supported: aarch64 has none, x86_64's are no process's. */
retcode core_IO_RegisterPort(struct core_call *call)
{
    CORE_METHOD(IO, RegisterPort);
    OUT(resource) = KOS_INVALID_HANDLE;
    return rcUnimplemented;
}

retcode core_IO_PermitPort(struct core_call *call)
{
    CORE_METHOD(IO, PermitPort);
    OUT(permission) = KOS_INVALID_HANDLE;
    return rcUnimplemented;
}

/* The mapping hangs below a handle of its own, so that revoking that one takes the memory away. */
retcode core_IO_MapMem(struct core_call *call)
{
    CORE_METHOD(IO, MapMem);
    struct handle_table *handles = &call->task->domain.handles;
    u32 handle = KOS_INVALID_HANDLE;
    vaddr address = 0;
    retcode code =
        IN(prot) > KOS_VMM_ACCESS || (IN(attr) & ~(word)KOS_VMM_CACHE_DISABLE) != 0 ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = handle_derive(handles, (u32)IN(resource), handles, KOS_RIGHT_MEMORY_READ | KOS_RIGHT_MEMORY_WRITE,
                             KOS_RIGHT_COPY, nullptr, &handle);
    if (code == rcOk) {
        checkpoint();
        code = shared_memory_map_device(&call->task->domain, handle, (u32)IN(prot), &address);
        if (code != rcOk)
            (void)handle_close(handles, handle);
    }
    OUT(va) = code == rcOk ? address : 0;
    OUT(mapping) = code == rcOk ? handle : KOS_INVALID_HANDLE;
    return code;
}

retcode core_IO_RegisterIrq(struct core_call *call)
{
    CORE_METHOD(IO, RegisterIrq);
    u32 handle = KOS_INVALID_HANDLE;
    struct interrupt *interrupt = nullptr;
    retcode code = IN(irq) > 0xffffffffU ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = interrupt_create(&call->task->domain.quota, (u32)IN(irq), &interrupt);
    if (code == rcOk)
        code = core_give_object(call, &interrupt->object,
                                CORE_OBJECT_RIGHTS | KOS_RIGHT_IRQ_CONTROL | KOS_RIGHT_IPC_RECV, &handle);
    OUT(resource) = handle;
    return code;
}

static retcode interrupt_of_handle(struct core_call *call, word resource, struct interrupt **interrupt)
{
    struct object *object;
    retcode code =
        handle_borrow(&call->task->domain.handles, (u32)resource, OBJECT_INTERRUPT, KOS_RIGHT_IRQ_CONTROL, &object);
    *interrupt = code == rcOk ? container_of(object, struct interrupt, object) : nullptr;
    return code;
}

/* The calling thread's: a handle that can be neither passed on nor copied. */
retcode core_IO_AttachIrq(struct core_call *call)
{
    CORE_METHOD(IO, AttachIrq);
    struct interrupt *interrupt = nullptr;
    u32 handle = KOS_INVALID_HANDLE;
    retcode code = (IN(flags) & ~(word)KOS_IRQ_FLAGS) != 0 ? rcInvalidArgument : rcOk;
    if (code == rcOk)
        code = interrupt_of_handle(call, IN(resource), &interrupt);
    if (code == rcOk)
        code = interrupt_attach(interrupt, call->self, (u32)IN(flags));
    if (code == rcOk) {
        code = handle_derive(&call->task->domain.handles, (u32)IN(resource), &call->task->domain.handles,
                             KOS_RIGHT_IPC_RECV, KOS_RIGHT_COPY, nullptr, &handle);
        if (code != rcOk)
            interrupt_detach(interrupt);
    }
    OUT(delivery) = handle;
    return code;
}

retcode core_IO_DetachIrq(struct core_call *call)
{
    CORE_METHOD(IO, DetachIrq);
    struct interrupt *interrupt = nullptr;
    retcode code = interrupt_of_handle(call, IN(resource), &interrupt);
    if (code == rcOk)
        interrupt_detach(interrupt);
    return code;
}

static retcode enable(struct core_call *call, word resource, bool enabled)
{
    struct interrupt *interrupt = nullptr;
    retcode code = interrupt_of_handle(call, resource, &interrupt);
    if (code == rcOk)
        interrupt_enable(interrupt, enabled);
    return code;
}

retcode core_IO_EnableIrq(struct core_call *call)
{
    CORE_METHOD(IO, EnableIrq);
    return enable(call, IN(resource), true);
}

retcode core_IO_DisableIrq(struct core_call *call)
{
    CORE_METHOD(IO, DisableIrq);
    return enable(call, IN(resource), false);
}
