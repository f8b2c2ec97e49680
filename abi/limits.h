/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that the kernel and user programs share (docs/abi.md, "Limits"). */
#pragma once

/* User programs include these headers as C11, C23 or C++17. */
#if !defined(__ASSEMBLER__) && !defined(__cplusplus) && __STDC_VERSION__ < 202311L
#define KOS_STATIC_ASSERT _Static_assert
#else
#define KOS_STATIC_ASSERT static_assert
#endif

#define KOS_PAGE_SIZE 4096U
#define KOS_CPUS_MAX  64U

/* Name strings of processes, classes, files, channels and endpoints, terminator included. */
#define KOS_NAME_SIZE 1024U
/* Short names kept in kernel objects (process and channel names); a longer one is refused. */
#define KOS_SHORT_NAME_SIZE 64U

/* Largest message: constant part plus arena. */
#define KOS_MESSAGE_SIZE_MAX  (8U << 20)
#define KOS_MDL_SIZE_MAX      (4U << 20) /* one shared memory object */
#define KOS_DEVICE_SIZE_MAX   (1U << 20) /* memory of one device */
#define KOS_ARENA_SIZE_MAX    (4U << 20)
#define KOS_ARENA_SEALED_FROM (8U << 10) /* bytes from which sealing costs less than copying: docs/benchmarks.md */

/* Words of a constant part, header excluded, that travel in registers. */
#define KOS_REGISTER_WORDS 8U

/* Scheduling. Standard threads 0..15; real-time 0..31. */
#define KOS_PRIORITY_STANDARD_MAX     15U
#define KOS_PRIORITY_STANDARD_DEFAULT 8U /* of a thread whose reservation has been taken back */
#define KOS_PRIORITY_REAL_TIME_MAX    31U

#define KOS_INFINITE_TIMEOUT 0xffffffffU

/* Bounds of user virtual memory; the first page is never mapped. The last page below the limit is never mapped either.
 */
#define KOS_USER_BASE  0x10000ULL
#define KOS_USER_LIMIT 0x00007ffffffff000ULL
