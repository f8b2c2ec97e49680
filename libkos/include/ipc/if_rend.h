/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <abi/ipc.h>
typedef struct kos_message_buffer SMsgHdr;
