/* SPDX-License-Identifier: Apache-2.0 */
/* Permission masks of handles: the low 16 bits mean the same for all resources, the high 16 bits belong to the
 * resource's type. */
#pragma once
#include <abi/handle.h>

#define OCAP_HANDLE_TRANSFER  KOS_RIGHT_TRANSFER
#define OCAP_HANDLE_COPY      KOS_RIGHT_COPY
#define OCAP_HANDLE_GET_EVENT KOS_RIGHT_GET_EVENT
#define OCAP_HANDLE_SET_EVENT KOS_RIGHT_SET_EVENT
#define OCAP_HANDLE_GET_SID   KOS_RIGHT_GET_SID
#define OCAP_IPC_CALL         KOS_RIGHT_IPC_CALL
#define OCAP_IPC_RECV         KOS_RIGHT_IPC_RECV /* ours */

/* A permission that the resource's provider defines; bit 0..15. */
#define OCAP_HANDLE_SPEC(bit) KOS_RIGHT_SPECIAL(bit)

/* What the kernel gives to new handles of each kind. */
#define OCAP_HANDLE_USUAL (OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID) /* ours */
#define OCAP_IPC_CLIENT   (OCAP_IPC_CALL | OCAP_HANDLE_USUAL)
#define OCAP_IPC_SERVER   (OCAP_IPC_RECV | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)
#define OCAP_IPC_LISTENER (OCAP_IPC_SERVER | KOS_RIGHT_LISTENER_EXTEND)
#define OCAP_TASK_FULL                                                                                                 \
    (OCAP_HANDLE_USUAL | OCAP_HANDLE_GET_EVENT | KOS_RIGHT_TASK_CONTROL | KOS_RIGHT_TASK_WAIT | KOS_RIGHT_TASK_INFO)
#define OCAP_THREAD_FULL                                                                                               \
    (OCAP_HANDLE_USUAL | OCAP_HANDLE_GET_EVENT | KOS_RIGHT_THREAD_CONTROL | KOS_RIGHT_THREAD_WAIT |                    \
     KOS_RIGHT_THREAD_INFO)
#define OCAP_FILE_FULL (OCAP_HANDLE_USUAL | KOS_RIGHT_FILE_READ)
