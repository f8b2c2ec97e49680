/* SPDX-License-Identifier: Apache-2.0 */
/* The interface between the measuring task or the load and their servers. Policy and programs share this table. */
#pragma once

/* X(name, request payload bytes, request arena bytes at most, response payload bytes) */
#define RT_METHODS(X)                                                                                                  \
    X(Stamp, 8, 0, 8) /* the response is the time at which the server's first instruction ran */                       \
    X(Echo64, 64, 0, 64)                                                                                               \
    X(Echo1024, 1024, 0, 1024)                                                                                         \
    X(Arena, 8, RT_ARENA_SIZE, 8)

#define RT_ARENA_SIZE (256U << 10)

#define RT_MID(name, request, arena, response) RT_##name,
enum rt_mid { RT_METHODS(RT_MID) RT_MIDS };
