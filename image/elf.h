/* SPDX-License-Identifier: Apache-2.0 */
/* Validating reader of ELF64 executables (System V ABI, chapter 4 and 5): static PIE (ET_DYN) or ET_EXEC. Pure
 * functions; any input. */
#pragma once
#include <hal/base.h>

#define ELF_SEGMENTS_MAX 8

struct elf_segment {
    u64 address, memory_size; /* relative to the load base for a PIE */
    u64 file_offset, file_size;
    u32 access; /* KOS_VMM_READ, WRITE, EXECUTE; never W and X */
};

struct elf_image {
    struct elf_segment segments[ELF_SEGMENTS_MAX]; /* ascending, page-disjoint */
    u32 segment_count;
    u64 entry;   /* inside an executable segment */
    u64 dynamic; /* address of PT_DYNAMIC, or 0 */
    u64 span;    /* end of the last segment, rounded up to a page */
    bool position_independent;
};

/* rcBadImage if anything is not as it must be. machine: e_machine. */
retcode elf_parse(const void *file, u64 size, u16 machine, struct elf_image *image);
