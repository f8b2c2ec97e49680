/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the other process. */
#pragma once
#include <kos/core.h>

/* Serves endpoint "main" on that CPU; returns if something is wrong. */
int peer_serve(unsigned cpu);
/* Does what argv[2] and argv[3] say; returns 1 if it was not stopped. */
int peer_break(int argc, const char *argv[]);
/* Takes all of its quota, and gives it back: 0 if all was as it should be. */
int peer_exhaust(void);
/* Takes all memory of the machine (pages: 0), or gives so many pages of it back. */
void peer_eat(nk_uint64_t pages);
/* Touches more memory than it may have. */
int peer_touch(void);
/* Touches both ends of SPARSE_SIZE bytes, and returns 47. */
#define SPARSE_SIZE (1ULL << 44)
int peer_sparse(void);
