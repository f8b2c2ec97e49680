/* SPDX-License-Identifier: Apache-2.0 */
/* One endpoint of the server: Sum adds up the bytes of its arena twice, with a pause that the request asks for, and
 * says whether they were the same, where they were, and the first sum; Fill answers with many bytes, others each time;
 * the answer to Refused is denied.
 */
#pragma once
#include <abi/ipc.h>

#define SUM_REQUEST  16U /* nk_ptr_t bytes; u64 pause in ms */
#define SUM_RESPONSE 24U /* u64 in place, u64 first sum, u64 second sum */
#define SUM_ARENA    (1U << 20)
#define SUM_INFO     KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + SUM_REQUEST, 0)

#define FILL_RESPONSE 512U
#define FILL_INFO     KOS_INFO(0, 1, KOS_MESSAGE_HEADER_SIZE, 0)

#define REFUSED_INFO KOS_INFO(0, 2, KOS_MESSAGE_HEADER_SIZE, 0)
