/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynamic channels: a client asks a server, by the names of both processes, and the server accepts or drops. service is
 * a text on which they agree, the endpoint's qualified name for one, of 255 bytes at most. Buffers for names have
 * kl_core_Types_UCoreStringSize bytes. Every function: rcInvalidArgument, rcSecurityDisallow.
 */
#pragma once
#include <handle/handletype.h>
#include <rtl/retcode.h>
#include <rtl/stdint.h>
#if __has_include(<kl/core/Types.idl.h>) /* made with every solution */
#include <kl/core/Types.idl.h>
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* Waits until the server answers. *handle: a client handle; *rsid: the endpoint's RIID, as the server gave it.
 * rcTimeout; rcResourceNotFound: no such process; rcAbort: dropped; rcNotConnected: the server has ended; rcBusy: too
 * many wait for it. */
Retcode KnCmConnect(const char *server, const char *service, rtl_uint32_t msecs, Handle *handle, rtl_uint32_t *rsid);
/* The first request of those that wait for the calling process; it goes to the end of their queue, and leaves it when
 * it is accepted or dropped, or when its client no longer waits. filter has no meaning. rcTimeout. */
Retcode KnCmListen(const char *filter, rtl_uint32_t msecs, char *client, char *service);
/* listener: a handle to receive with, which gets the channel too; or INVALID_HANDLE: a new one. *handle is that handle.
 * rcResourceNotFound: the client no longer waits. */
Retcode KnCmAccept(const char *client, const char *service, rtl_uint32_t rsid, Handle listener, Handle *handle);
/* rcResourceNotFound: likewise. */
Retcode KnCmDrop(const char *client, const char *service);
#ifdef __cplusplus
}
#endif
