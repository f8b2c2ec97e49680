/* SPDX-License-Identifier: Apache-2.0 */
/* The transport to the security module, through the security interface of the process's class. What its policy grants
 * is NK_EOK, what it denies NK_EPERM. No channel; riid of a proxy: the interface's number (X_securityIid). */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <nk/transport.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct NkKosSecurityTransport {
    struct nk_transport base;
} NkKosSecurityTransport;

/* Its argument list and result are ours. Each thread may use one that all share. rcSecurityDisallow, rcQuotaExceeded.
 */
static inline Retcode NkKosSecurityTransport_Init(NkKosSecurityTransport *t)
{
    t->base.ops = NK_NULL;
    return KnHandleSecurityConnect(&t->base.handle);
}
static inline void NkKosSecurityTransport_Deinit(NkKosSecurityTransport *t)
{
    (void)KnHandleClose(t->base.handle);
    t->base.handle = INVALID_HANDLE;
}
#ifdef __cplusplus
}
#endif
