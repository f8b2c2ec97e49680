/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange that is struck: a client's Call and a server's loop. All fields are of one client and one server. */
#pragma once
#include <coresrv/handle/handle_api.h>
#include <coresrv/syscalls.h>
#include <coresrv/thread/thread_api.h>
#include <kos/core.h>
#include <kos/time.h>
#include <stdio.h>
#include <tests/pauses/pauses.h>

enum kind { SMALL, COPIED, SEALED, KINDS };

struct parcel {
    struct nk_message base_;
    struct kos_chunk text, bytes;
    nk_uint64_t number;
    struct kos_handle_descriptor made, known;
    nk_uint8_t rest[PARCEL_REST];
};

struct exchange {
    enum kind kind;
    Handle listener, client_handle;
    Handle sync;            /* IPC synchronization object of the Call */
    rtl_uint32_t limit;     /* ms, of the Call */
    Handle root, copy;      /* a user object: its first handle, and one made from it, which comes home */
    nk_uint8_t *arena;      /* the client's, PARCEL_ARENA bytes */
    nk_uint64_t receive_at; /* the server waits until then before it receives */
    struct parcel request, response;
    nk_uint8_t answer[8192];
    volatile unsigned calling, returned; /* the client is about to call, has returned */
    volatile nk_uint64_t called_at, returned_at;
    volatile int code; /* what its Call returned */
    struct parcel received, reply;
    nk_uint8_t inbox[16384];
    volatile unsigned wrong;          /* requests and answers with wrong contents */
    volatile unsigned took, answered; /* requests that the server took, answers that went well */
    volatile int receive_code;        /* what its last Recv returned, if it failed */
};

/* The threads' routines; argument: the exchange. */
void client_main(void *exchange, void *unused);
void server_main(void *exchange, void *unused);
/* What the client sends; nothing was received yet. */
void parcel_prepare(struct exchange *exchange);
