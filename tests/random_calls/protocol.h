/* SPDX-License-Identifier: Apache-2.0 */
/* Interface of everybody here. X(name, request payload, request arena, handles, response payload, response arena,
 * handles) */
#pragma once
#define RANDOM_METHODS(X)                                                                                              \
    X(Progress, 8, 0, 0, 0, 0, 0) /* to Einit: so many calls were made */                                              \
    X(Echo, 64, 0, 0, 64, 0, 0)                                                                                        \
    X(Short, 8, 0, 0, 0, 0, 0)                                                                                         \
    X(Large, 512, 0, 0, 512, 0, 0)                                                                                     \
    X(Text, 16, 8192, 0, 16, 8192, 0)                                                                                  \
    X(Give, 16, 0, 1, 16, 0, 1)                                                                                        \
    X(Pair, 32, 0, 2, 32, 0, 2)                                                                                        \
    X(Mixed, 48, 4096, 1, 8, 0, 0)                                                                                     \
    X(Judged, 16, 0, 0, 16, 0, 0) /* evaluated: the first word must be odd */
#define RANDOM_MID(name, request, arena, handles, response, response_arena, response_handles) RANDOM_##name,
enum random_mid { RANDOM_METHODS(RANDOM_MID) RANDOM_MIDS };
#undef RANDOM_MID
