/* SPDX-License-Identifier: Apache-2.0 */
/* One endpoint of Einit's own; both methods take and answer what struct parcel holds, Large with PARCEL_REST more. */
#pragma once
#include <abi/ipc.h>

#define PARCEL_REST  2000U        /* with it, the constant part is copied in steps */
#define PARCEL_ARENA (768U << 10) /* three stretches of a seal */
#define PARCEL_SIZE  (KOS_MESSAGE_HEADER_SIZE + 56U)

enum { PARCEL_LARGE, PARCEL_SMALL };
#define LARGE_INFO KOS_INFO(0, PARCEL_LARGE, PARCEL_SIZE + PARCEL_REST, 2)
#define SMALL_INFO KOS_INFO(0, PARCEL_SMALL, PARCEL_SIZE, 2)
