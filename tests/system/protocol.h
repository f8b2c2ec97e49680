/* SPDX-License-Identifier: Apache-2.0 */
/* Interface of the test server. X(name, request payload, request arena, handles, response payload) */
#pragma once
#define TEST_METHODS(X)                                                                                                \
    X(Add, 16, 0, 0, 8)                                                                                                \
    X(Sum, 512, 0, 0, 8)                                                                                               \
    X(Text, 8, 4096, 0, 8)                                                                                             \
    X(Denied, 0, 0, 0, 0)                                                                                              \
    X(DeniedResponse, 0, 0, 0, 0)                                                                                      \
    X(Small, 8, 0, 0, 0) /* granted only if the word is at most 7: evaluated */                                        \
    X(Give, 16, 0, 1, 8)                                                                                               \
    X(Wait, 0, 0, 0, 0)                                                                                                \
    X(Die, 0, 0, 0, 0)
#define TEST_MID(name, request, arena, handles, response) TEST_##name,
enum test_mid { TEST_METHODS(TEST_MID) TEST_MIDS };
