/* SPDX-License-Identifier: Apache-2.0 */
/* Handles in messages: transfer to another task, or dereference when they come home; and callable handles. */
#include <ipc/ipc.h>
#include <ipc/user_object.h>
#include <traces/trace.h>

/* The transfer context of a handle: that of the badge it was passed on with, else that of the user resource. */
static u64 context_of(const struct handle_view *view)
{
    if (view->badge != nullptr)
        return badge_context(view->badge);
    return view->object->type == OBJECT_USER ? user_object_context(view->object) : 0;
}

static retcode dereference(struct domain *from, struct domain *to, struct kos_handle_descriptor *descriptor,
                           const struct handle_view *view)
{
    u32 ancestor;
    retcode code = handle_ancestor_in(&from->handles, descriptor->handle, &to->handles, &ancestor);
    if (code == rcOk) {
        descriptor->handle = ancestor;
        descriptor->rights &= view->rights;
        descriptor->badge = context_of(view);
        if (descriptor->badge == 0) /* which would say that it is somebody else's */
            descriptor->badge = KOS_NULL_CONTEXT;
    }
    return code;
}

retcode ipc_handle_pass(struct domain *from, struct domain *to, struct kos_handle_descriptor *descriptor, bool *made)
{
    *made = false;
    if (descriptor->handle == KOS_INVALID_HANDLE) { /* an unused place */
        *descriptor = (struct kos_handle_descriptor){.handle = KOS_INVALID_HANDLE};
        return rcOk;
    }
    struct handle_view view;
    retcode code = handle_view(&from->handles, descriptor->handle, &view);
    if (code != rcOk)
        return code;
    /* Only user resources are dereferenced: their provider wants its own context back. */
    if (view.object->type != OBJECT_USER || dereference(from, to, descriptor, &view) != rcOk) {
        struct object *badge = nullptr;
        if (descriptor->badge != 0 && descriptor->badge != KOS_INVALID_HANDLE && descriptor->badge != KOS_NULL_CONTEXT)
            code = handle_lookup(&from->handles, (u32)descriptor->badge, OBJECT_BADGE, 0, &badge);
        u32 derived = KOS_INVALID_HANDLE;
        if (code == rcOk)
            code = handle_derive(&from->handles, descriptor->handle, &to->handles, descriptor->rights,
                                 KOS_RIGHT_TRANSFER, badge, &derived);
        if (badge != nullptr)
            object_release(badge);
        *made = code == rcOk;
        if (code == rcOk)
            trace_handle_transfer(cpu_self(), 0, 0, descriptor->rights & view.rights, from->object.sid, to->object.sid);
        *descriptor = (struct kos_handle_descriptor){.handle = derived, .rights = descriptor->rights & view.rights};
    }
    handle_view_release(&view);
    return code;
}
