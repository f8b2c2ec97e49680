/* SPDX-License-Identifier: Apache-2.0 */
/* What start-up leaves for the rest of the kernel. */
#pragma once
#include <hal/boot.h>
#include <image/romfs.h>

extern struct romfs kernel_romfs;                       /* constant after boot */
extern char kernel_command_line[HAL_COMMAND_LINE_SIZE]; /* constant after boot */

const char *retcode_name(retcode code);
void core_fs_init(void);
void core_audit_init(void);
