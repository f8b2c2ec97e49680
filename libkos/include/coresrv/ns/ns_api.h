/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name server (class and process kl.core.NameServer): which process serves which interface, by which service name
 * for KnCmConnect. Buffers for names have kl_core_Types_UCoreStringSize bytes at most. Every function: NK_EPERM where
 * the policy denies, and the errors of a call.
 */
#pragma once
#include <coresrv/cm/cm_api.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef Handle NsHandle;
#define NS_INVALID_HANDLE INVALID_HANDLE
#define NS_SERVER_NAME    "kl.core.NameServer"

/* Through the static channel of that name, or else a dynamic one to the process of that name, for which it waits so
 * long. name RTL_NULL: NS_SERVER_NAME. Errors: those of KnCmConnect. The handle is one for KnHandleClose, unless the
 * channel is static. */
Retcode NsCreate(const char *name, rtl_uint32_t msecs, NsHandle *ns);
/* rcAlreadyExists, rcOutOfMemory. */
Retcode NsPublishService(NsHandle ns, const char *interfaceName, const char *server, const char *endpoint);
/* rcResourceNotFound. */
Retcode NsUnPublishService(NsHandle ns, const char *interfaceName, const char *server, const char *endpoint);
/* The index-th that serves the interface, in the order in which they were published. rcResourceNotFound: there are no
 * more; rcBufferTooSmall. */
Retcode NsEnumServices(NsHandle ns, const char *interfaceName, unsigned index, char *server, rtl_size_t serverSize,
                       char *service, rtl_size_t serviceSize);
#ifdef __cplusplus
}
#endif
