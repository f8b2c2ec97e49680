/* SPDX-License-Identifier: Apache-2.0 */
/* The transport to the security module, through the security interface of the process's class. What its policy grants
 * is NK_EOK, what it denies NK_EPERM. No channel; riid of a proxy: the interface's number (X_securityIid), or
 * INVALID_RIID for the class's first. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <nk/transport.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct NkKosSecurityTransport {
    struct nk_transport base;
} NkKosSecurityTransport;

/* Its calls; it neither receives nor replies: NK_EINVAL. */
extern const struct nk_transport_ops kos_security_transport_ops;

/* Its argument list and result are ours; a buffer and its size behind it, as of NkKosTransport_Init, are not looked at.
 * Each thread may use one that all share. rcSecurityDisallow, rcQuotaExceeded. */
static inline Retcode NkKosSecurityTransport_Init(NkKosSecurityTransport *t, ...)
{
    t->base.ops = &kos_security_transport_ops;
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
