/* SPDX-License-Identifier: Apache-2.0 */
/* Loads an ELF executable from the ROMFS into a task's space. */
#pragma once
#include <image/romfs.h>
#include <kernel/task.h>

/* Text and read-only data are mapped from the image itself, page by page shared by all tasks; writable segments get
 * pages of their own. base is where the image goes (page-aligned). Codes: rcBadImage, rcOutOfMemory, rcQuotaExceeded.
 * On failure the caller destroys the space. */
retcode loader_load(struct task *task, const void *file, u64 size, struct elf_image *image, vaddr *base);
