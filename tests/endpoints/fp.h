/* SPDX-License-Identifier: Apache-2.0 */
/* All floating-point and SIMD registers of this thread, with their control words: x86_64/fp.S, aarch64/fp.S. */
#pragma once

#define FP_BYTES    520
#define FP_CONTROLS 512 /* the control words are behind the registers */

struct fp_state {
    _Alignas(64) unsigned char bytes[FP_BYTES];
};

void fp_load(const struct fp_state *state);
void fp_store(struct fp_state *state);
/* The control words of that rounding mode (0 to 3); 0: those that a new thread finds. */
void fp_controls(struct fp_state *state, unsigned rounding);

/* A state like no other number's. */
static inline void fp_pattern(struct fp_state *state, unsigned number)
{
    for (unsigned i = 0; i < FP_CONTROLS; i++)
        state->bytes[i] = (unsigned char)(number * 37 + i * (2 * number + 1) + (i >> 4));
    fp_controls(state, number % 4);
}
