/* SPDX-License-Identifier: Apache-2.0 */
/* The benchmark's one interface: messages in the shape that generated transport code has. Policy and programs share
 * this table. */
#pragma once

/* X(name, request payload bytes, request arena bytes at most, request handles, response payload bytes) */
#define BENCHMARK_METHODS(X)                                                                                           \
    X(Echo0, 0, 0, 0, 0)                                                                                               \
    X(Echo8, 8, 0, 0, 8)                                                                                               \
    X(Echo64, 64, 0, 0, 64)                                                                                            \
    X(Echo256, 256, 0, 0, 256)                                                                                         \
    X(Echo1024, 1024, 0, 0, 1024)                                                                                      \
    X(In64, 64, 0, 0, 0)                                                                                               \
    X(In256, 256, 0, 0, 0)                                                                                             \
    X(In1024, 1024, 0, 0, 0)                                                                                           \
    X(Arena, 8, 1 << 20, 0, 0)                                                                                         \
    X(Denied, 0, 0, 0, 0)                                                                                              \
    X(Evaluated, 64, 0, 0, 64)                                                                                         \
    X(Handle, 16, 0, 1, 0)                                                                                             \
    X(SetPriority, 8, 0, 0, 0)

#define BENCHMARK_MID(name, request, arena, handles, response) BENCHMARK_##name,
enum benchmark_mid { BENCHMARK_METHODS(BENCHMARK_MID) BENCHMARK_MIDS };
