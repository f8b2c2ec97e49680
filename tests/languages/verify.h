/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's check of a message of class all.Class, for tests that are built like user programs. */
#pragma once
#include <stddef.h>

enum verify_direction { VERIFY_REQUEST, VERIFY_RESPONSE, VERIFY_ERROR };

/* message begins with its header. True if the kernel would pass it. */
_Bool verify(unsigned riid, unsigned mid, enum verify_direction direction, const void *message, const void *arena,
             size_t arena_size);
/* The same, with the arena in pieces of `piece` bytes that lie apart. */
_Bool verify_in_pieces(unsigned riid, unsigned mid, enum verify_direction direction, const void *message,
                       const void *arena, size_t arena_size, size_t piece);
/* Bytes of the constant part with header; 0: no such message. */
size_t verify_size(unsigned riid, unsigned mid, enum verify_direction direction);
size_t verify_arena_size(unsigned riid, unsigned mid, enum verify_direction direction);
