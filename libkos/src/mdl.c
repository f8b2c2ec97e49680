/* SPDX-License-Identifier: Apache-2.0 */
/* MDL buffers that come with contents or with a mapping. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <string.h>

Retcode KnPmmMdlCreateFromVm(rtl_size_t size, int flags, void **addr, Handle *mdl)
{
    Retcode rc = KnPmmMdlCreate(size, flags, mdl);
    if (rc != rcOk)
        return rc;
    rc = KnPmmMdlMap(*mdl, 0, size, RTL_NULL, (int)((unsigned)flags & VMM_FLAG_RWX_MASK), addr);
    if (rc != rcOk) {
        (void)KnHandleClose(*mdl);
        *mdl = INVALID_HANDLE;
    }
    return rc;
}

/* Filled through a handle with all rights; what the caller gets is a copy with those of flags. */
Retcode KnPmmMdlCreateFromBuf(const void *data, rtl_size_t size, int flags, Handle *mdl)
{
    Handle whole;
    void *at;
    *mdl = INVALID_HANDLE;
    Retcode rc = KnPmmMdlCreateFromVm(size, VMM_FLAG_READ | VMM_FLAG_WRITE, &at, &whole);
    if (rc != rcOk)
        return rc;
    memcpy(at, data, size);
    (void)KnVmUnmap(at, size);
    if (((unsigned)flags & VMM_FLAG_WRITE) != 0) {
        *mdl = whole;
        return rcOk;
    }
    rc = KnHandleCopy(whole, ~KOS_RIGHT_MEMORY_WRITE, INVALID_HANDLE, mdl);
    (void)KnHandleClose(whole);
    return rc;
}
