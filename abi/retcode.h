/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Return codes: the one table from which the kernel's enum, the user's constants and the texts are made.
 *
 * Layout of a code (docs/abi.md): bit 31 error, bit 30 set for codes of solution developers ("customer"),
 * bits 29..22 space, bits 21..12 local id, bits 11..0 code. rcOk is 0; every other code has bit 31 set.
 */
#pragma once

#define KOS_RC_SPACE_GENERAL 64
#define KOS_RC_SPACE_KERNEL  65
#define KOS_RC_SPACE_DRIVERS 66 /* of drivers; the kernel returns none */

#define KOS_RC_VALUE(space, code) ((int)(0x80000000U | ((unsigned)(space) << 22) | (unsigned)(code)))

/* X(name, code, text): codes of the general space. Numbers never change once released. */
#define KOS_RETCODES(X)                                                                                                \
    X(rcFail, 1, "operation failed")                                                                                   \
    X(rcInvalidArgument, 2, "invalid argument or malformed message")                                                   \
    X(rcNotConnected, 3, "no peer on the channel")                                                                     \
    X(rcOutOfMemory, 4, "out of memory")                                                                               \
    X(rcBufferTooSmall, 5, "buffer too small")                                                                         \
    X(rcInternalError, 6, "internal error")                                                                            \
    X(rcTransferError, 7, "message transfer failed")                                                                   \
    X(rcReceiveError, 8, "message reception failed")                                                                   \
    X(rcSourceFault, 9, "sender's buffer is not readable")                                                             \
    X(rcTargetFault, 10, "receiver's buffer is not writable")                                                          \
    X(rcIpcInterrupt, 11, "interrupted through an IPC synchronization object")                                         \
    X(rcRestart, 12, "operation must be restarted")                                                                    \
    X(rcBufferTooLarge, 13, "message exceeds the kernel's limit")                                                      \
    X(rcResourceNotFound, 14, "resource not found")                                                                    \
    X(rcNoCapability, 15, "handle lacks the required right")                                                           \
    X(rcNotReady, 16, "not ready")                                                                                     \
    X(rcUnimplemented, 17, "not implemented")                                                                          \
    X(rcAbort, 18, "operation aborted")                                                                                \
    X(rcSecurityDisallow, 19, "denied by the security policy")                                                         \
    X(rcTimeout, 20, "time limit expired")                                                                             \
    X(rcHandleRevoked, 21, "handle was revoked")                                                                       \
    X(rcBusy, 22, "resource is busy")                                                                                  \
    X(rcDeviceNotFound, 23, "device not found")                                                                        \
    X(rcAlreadyExists, 24, "already exists")                                                                           \
    X(rcQuotaExceeded, 25, "quota of the task exceeded")                                                               \
    X(rcFutexWouldBlock, 26, "futex value differs from the expected one")                                              \
    X(rcInvalidThreadState, 27, "thread is in the wrong state")                                                        \
    X(rcInvalidOperation, 28, "operation is not valid here")                                                           \
    X(rcInvalidHandle, 29, "no such handle")                                                                           \
    X(rcBadImage, 30, "executable image is malformed")
