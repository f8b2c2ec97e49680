/* SPDX-License-Identifier: Apache-2.0 */
/* Interface of the peer as a server. X(name, request payload, request arena, handles, response payload, response arena,
 * handles) */
#pragma once
/* Echo with this as its last word: the server looks whether its floating-point registers are as it left them; words 5
 * and 6 of the answer: how often it looked, how often they were not. */
#define PEER_CHECKS_FP 0xf9f9f9f9f9ULL
#define PEER_METHODS(X)                                                                                                \
    X(Echo, 64, 0, 0, 64, 0, 0)     /* the same words */                                                               \
    X(Large, 512, 0, 0, 512, 0, 0)  /* the same words, through memory */                                               \
    X(Text, 8, 8192, 0, 8, 8192, 0) /* one chunk, sent back */                                                         \
    X(Give, 16, 0, 1, 24, 0, 0)     /* a handle; answer: code of GetSid on it, its rights, its badge */                \
    X(Pair, 32, 0, 2, 8, 0, 0)      /* two handles; answer: how many came */                                           \
    X(Own, 8, 0, 0, 16, 0, 1)       /* answer: a handle of an object of the peer's, with the context wanted */         \
    X(OwnAlive, 0, 0, 0, 8, 0, 0)   /* answer: code of GetSid on that object */                                        \
    X(Malformed, 8, 0, 0, 8, 0, 0)  /* tries malformed replies first; answer: which gave another code, bit by bit */   \
    X(LastReply, 0, 0, 0, 8, 0, 0)  /* answer: code of the reply before */                                             \
    X(BadReceive, 0, 0, 0, 0, 0, 0) /* Reply-then-Recv on a forged handle */                                           \
    X(Silent, 0, 0, 0, 0, 0, 0)     /* receives again without an answer */                                             \
    X(Slow, 8, 0, 0, 0, 0, 0)       /* answers after so many ms */                                                     \
    X(Eat, 8, 0, 0, 0, 0, 0)        /* 0: takes all memory there is; else gives so many pages of it back */            \
    X(Quit, 0, 0, 0, 0, 0, 0)       /* ends */                                                                         \
    X(Denied, 0, 0, 0, 0, 0, 0)                                                                                        \
    X(DeniedResponse, 0, 0, 0, 0, 0, 0)                                                                                \
    X(Small, 8, 0, 0, 8, 0, 0) /* granted only if the word is at most 7, the answer only if it is at most 3 */
#define PEER_MID(name, request, arena, handles, response, response_arena, response_handles) PEER_##name,
enum peer_mid { PEER_METHODS(PEER_MID) PEER_MIDS };
#undef PEER_MID
