/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three system calls: what goes in which word. Registers: hal/<port>/README.md and docs/abi.md.
 *
 *   selector   64 bits: operation, flags, handle (below)
 *   info       64 bits: first word of struct nk_message: MID, RIID, size, handle count, error mark
 *   w0..w7     the constant part after its 24-byte header, or (KOS_CALL_MEMORY) w0 = address of a kos_message_buffer
 *   receive    address of a kos_message_buffer for what comes in, or 0: then only register messages can be received
 *
 * On return: status (Retcode) in the selector's register, info of the received message, w0..w7 of it. If the received
 * message came in memory, KOS_STATUS_MEMORY is set in bit 32 of the status word, and w0 = bytes of the constant part,
 * w1 = bytes of the arena, w2 = its address if it is in place, in memory of the sender's (IPC.AttachArena,
 * KOS_ARENA_IN_PLACE), else 0. All other registers but the stack and frame pointers are zero or as docs/abi.md says.
 */
#pragma once

#include <abi/limits.h>

/* ---- selector: [63:62] operation, [47:32] flags, [31:0] handle; all other bits must be zero ---- */
#define KOS_OPERATION_SHIFT 62
#define KOS_OPERATION_CALL  0ULL
#define KOS_OPERATION_RECV  1ULL
#define KOS_OPERATION_REPLY 2ULL

#define KOS_CALL_MEMORY    (1ULL << 32) /* the outgoing message is in memory: w0 points to a kos_message_buffer */
#define KOS_CALL_THEN_RECV (1ULL << 33) /* Reply only: wait for the next request on the same handle afterwards */
#define KOS_CALL_EXTENDED                                                                                              \
    (1ULL << 34) /* the receive buffer's timeout and sync_handle are in force (CallEx, RecvEx)                         \
                  */
#define KOS_CALL_FLAGS (KOS_CALL_MEMORY | KOS_CALL_THEN_RECV | KOS_CALL_EXTENDED)

#define KOS_STATUS_MEMORY (1ULL << 32)

/* ---- info: the first 8 bytes of struct nk_message, little endian ---- */
#define KOS_INFO_MID_SHIFT     0  /* 16 bits */
#define KOS_INFO_RIID_SHIFT    16 /* 16 bits */
#define KOS_INFO_SIZE_SHIFT    32 /* 24 bits: bytes of the constant part, header included, multiple of 8 */
#define KOS_INFO_SIZE_MASK     0xffffffULL
#define KOS_INFO_HANDLES_SHIFT 56 /* 7 bits: handles in the message */
#define KOS_INFO_HANDLES_MASK  0x7fULL
#define KOS_INFO_ERROR         (1ULL << 63) /* error response */

#define KOS_MESSAGE_HEADER_SIZE   24U
#define KOS_REGISTER_MESSAGE_SIZE (KOS_MESSAGE_HEADER_SIZE + 8U * KOS_REGISTER_WORDS)

#define KOS_INFO(riid, mid, size, handles)                                                                             \
    (((unsigned long long)(mid) << KOS_INFO_MID_SHIFT) | ((unsigned long long)(riid) << KOS_INFO_RIID_SHIFT) |         \
     ((unsigned long long)(size) << KOS_INFO_SIZE_SHIFT) | ((unsigned long long)(handles) << KOS_INFO_HANDLES_SHIFT))

/* In arena_size of a receive buffer: a request's arena may be shown in place. */
#define KOS_ARENA_IN_PLACE (1U << 31)

#ifndef __ASSEMBLER__
/*
 * Where a message lies in user memory. Outgoing: sizes are what is sent. Incoming: sizes are what fits.
 * The constant part starts with the 24-byte header, which the kernel neither reads nor writes there: it travels in
 * info. libkos calls it SMsgHdr.
 */
struct kos_message_buffer {
    unsigned long long constant_part; /* address, 8-byte aligned */
    unsigned long long arena;         /* address of the arena's start, or 0 */
    unsigned int constant_size;       /* bytes, header included */
    unsigned int arena_size;          /* bytes */
    unsigned int timeout;     /* milliseconds, KOS_INFINITE_TIMEOUT; only with KOS_CALL_EXTENDED, incoming buffer */
    unsigned int sync_handle; /* IPC synchronization object or ~0; only with KOS_CALL_EXTENDED */
};

/* A handle inside a constant part: 16 bytes, 8-byte aligned (nk_handle_desc_t). */
struct kos_handle_descriptor {
    unsigned int handle;      /* in: sender's handle or ~0. out: receiver's handle */
    unsigned int rights;      /* in: wanted rights. out: rights of the presented or received handle */
    unsigned long long badge; /* out, when dereferenced: transfer context, KOS_NULL_CONTEXT for 0, else 0; in: handle of
                                 a badge object, or none: 0, or what came out for 0 */
};
#define KOS_NULL_CONTEXT (~0ULL)

/* A chunk of the arena (nk_ptr_t): 8 bytes, 4-byte aligned. */
struct kos_chunk {
    unsigned int offset; /* bytes from the arena's start */
    unsigned int size;   /* bytes */
};

KOS_STATIC_ASSERT(sizeof(struct kos_message_buffer) == 32, "system call ABI");
KOS_STATIC_ASSERT(sizeof(struct kos_handle_descriptor) == 16, "message ABI");
KOS_STATIC_ASSERT(sizeof(struct kos_chunk) == 8, "message ABI");
#endif
