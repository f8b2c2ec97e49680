/* SPDX-License-Identifier: Apache-2.0 */
/* What the C library's functions set; libkos returns codes of its own (rtl/retcode.h). */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
int *kos_errno(void); /* the thread's own */
#ifdef __cplusplus
}
#endif
#define errno     (*kos_errno())
#define EPERM     1
#define ENOENT    2
#define EINTR     4
#define EIO       5
#define ENOMEM    12
#define EACCES    13
#define EBUSY     16
#define EEXIST    17
#define EINVAL    22
#define EDOM      33
#define ERANGE    34
#define EILSEQ    84
#define ETIMEDOUT 110
