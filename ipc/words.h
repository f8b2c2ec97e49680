/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/context.h>

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

/* The same in a context. */
static inline void ipc_words_clear_beyond(struct hal_context *context, u64 size)
{
    switch (size / 8) {
    case 0:
        context->words[0] = 0;
        [[fallthrough]];
    case 1:
        context->words[1] = 0;
        [[fallthrough]];
    case 2:
        context->words[2] = 0;
        [[fallthrough]];
    case 3:
        context->words[3] = 0;
        [[fallthrough]];
    case 4:
        context->words[4] = 0;
        [[fallthrough]];
    case 5:
        context->words[5] = 0;
        [[fallthrough]];
    case 6:
        context->words[6] = 0;
        [[fallthrough]];
    case 7:
        context->words[7] = 0;
        [[fallthrough]];
    default:
        break;
    }
}

/* A message in registers of so many bytes of payload; at from is room for all words. */
static inline void ipc_words_deliver(struct hal_context *to, const word *from, u64 size)
{
#pragma clang loop unroll(full)
    for (u32 i = 0; i < KOS_REGISTER_WORDS; i++)
        to->words[i] = from[i];
    if (unlikely(size < sizeof(to->words)))
        ipc_words_clear_beyond(to, size);
}

/* No words. */
static inline void ipc_words_clear(struct hal_context *context)
{
#pragma clang loop unroll(full)
    for (u32 i = 0; i < KOS_REGISTER_WORDS; i++)
        context->words[i] = 0;
}
