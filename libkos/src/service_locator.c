/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <string.h>

Handle ServiceLocatorConnect(const char *channelName)
{
    Handle handle;
    return KnTaskLookupResource(KOS_RESOURCE_CHANNEL, channelName, &handle) == rcOk ? handle : INVALID_HANDLE;
}

Handle ServiceLocatorRegister(const char *channelName, void *unused, rtl_size_t size, ServiceId *id)
{
    (void)unused, (void)size;
    Handle handle;
    if (KnTaskLookupResource(KOS_RESOURCE_LISTENER, channelName, &handle) != rcOk)
        return INVALID_HANDLE;
    if (id != RTL_NULL)
        *id = 0;
    return handle;
}

nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpoint)
{
    rtl_size_t size = strlen(endpoint) + 1;
    KOS_CORE_PARTS(HANDLE, GetRiid) parts = {.in = {.client = channel, .endpoint = {0, (unsigned)size}}};
    Retcode rc = KOS_CORE_ARENA(HANDLE, GetRiid, parts.words, endpoint, size, NK_NULL, 0);
    return rc == rcOk ? (nk_iid_t)parts.out.riid : INVALID_RIID;
}
