/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>
#define PRId8   "hhd"
#define PRIi8   "hhi"
#define PRIu8   "hhu"
#define PRIo8   "hho"
#define PRIx8   "hhx"
#define PRIX8   "hhX"
#define PRId16  "hd"
#define PRIi16  "hi"
#define PRIu16  "hu"
#define PRIo16  "ho"
#define PRIx16  "hx"
#define PRIX16  "hX"
#define PRId32  "d"
#define PRIi32  "i"
#define PRIu32  "u"
#define PRIo32  "o"
#define PRIx32  "x"
#define PRIX32  "X"
#define PRId64  __INT64_FMTd__
#define PRIi64  __INT64_FMTi__
#define PRIu64  __UINT64_FMTu__
#define PRIo64  __UINT64_FMTo__
#define PRIx64  __UINT64_FMTx__
#define PRIX64  __UINT64_FMTX__
#define PRIdMAX __INTMAX_FMTd__
#define PRIiMAX __INTMAX_FMTi__
#define PRIuMAX __UINTMAX_FMTu__
#define PRIxMAX __UINTMAX_FMTx__
#define PRIXMAX __UINTMAX_FMTX__
#define PRIdPTR __INTPTR_FMTd__
#define PRIuPTR __UINTPTR_FMTu__
#define PRIxPTR __UINTPTR_FMTx__
#define PRIXPTR __UINTPTR_FMTX__
