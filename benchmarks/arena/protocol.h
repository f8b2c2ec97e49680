/* SPDX-License-Identifier: Apache-2.0 */
/* One method: takes a sequence of bytes, looks at the first and the last one, answers with their sum. */
#pragma once
#include <abi/ipc.h>

#define ARENA_SIZE     (1U << 20)
#define ARENA_REQUEST  72U /* nk_ptr_t bytes; the rest: so that a request without arena goes through memory, too */
#define ARENA_RESPONSE 8U
