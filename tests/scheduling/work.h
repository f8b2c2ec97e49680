/* SPDX-License-Identifier: Apache-2.0 */
/* One endpoint of Einit's own, with one method: a word there, a word back. */
#pragma once
#include <abi/ipc.h>

#define WORK_INFO KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + 8, 0)
