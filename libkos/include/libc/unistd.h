/* SPDX-License-Identifier: Apache-2.0 */
/* Of POSIX only how to wait. */
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
unsigned sleep(unsigned seconds);
int usleep(unsigned microseconds);
#ifdef __cplusplus
}
#endif
