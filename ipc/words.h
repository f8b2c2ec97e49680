/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/ipc.h>

/* Words that the sender did not declare must not reach the receiver. The info word equals the policy's: its
 * upper bits are the size and nothing else. */
#define IPC_CLEAR_WORDS_BEYOND(info_)                                                                                  \
    do {                                                                                                               \
        switch ((info_) >> (KOS_INFO_SIZE_SHIFT + 3)) {                                                                \
        case KOS_MESSAGE_HEADER_SIZE / 8:                                                                              \
            w0 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 1:                                                                          \
            w1 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 2:                                                                          \
            w2 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 3:                                                                          \
            w3 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 4:                                                                          \
            w4 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 5:                                                                          \
            w5 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 6:                                                                          \
            w6 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        case KOS_MESSAGE_HEADER_SIZE / 8 + 7:                                                                          \
            w7 = 0;                                                                                                    \
            [[fallthrough]];                                                                                           \
        default:                                                                                                       \
            break;                                                                                                     \
        }                                                                                                              \
    } while (0)
