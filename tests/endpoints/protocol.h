/* SPDX-License-Identifier: Apache-2.0 */
/* Interface of the peer as a server. X(name, request payload, request arena, handles, response payload, its arena) */
#pragma once
#define PEER_METHODS(X)                                                                                                \
    X(Echo, 64, 0, 0, 64, 0)     /* the same words */                                                                  \
    X(Large, 512, 0, 0, 512, 0)  /* the same words, through memory */                                                  \
    X(Text, 8, 8192, 0, 8, 8192) /* one chunk, sent back */                                                            \
    X(Give, 16, 0, 1, 24, 0)     /* a handle; answer: code of GetSid on it, the SID */                                 \
    X(Malform, 8, 0, 0, 8, 0)    /* tries malformed replies first; answer: how many gave another code */               \
    X(Silent, 0, 0, 0, 0, 0)     /* receives again without an answer */                                                \
    X(Slow, 8, 0, 0, 0, 0)       /* answers after so many ms */                                                        \
    X(Quit, 0, 0, 0, 0, 0)       /* ends */                                                                            \
    X(Denied, 0, 0, 0, 0, 0)                                                                                           \
    X(DeniedResponse, 0, 0, 0, 0, 0)
#define PEER_MID(name, request, arena, handles, response, response_arena) PEER_##name,
enum peer_mid { PEER_METHODS(PEER_MID) PEER_MIDS };
#undef PEER_MID
