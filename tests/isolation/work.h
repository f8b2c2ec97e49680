/* SPDX-License-Identifier: Apache-2.0 */
/* A server with one method, a word there and a word back, in the same task as its client. */
#pragma once
#include <abi/ipc.h>

#define WORK_INFO KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + 8, 0)
