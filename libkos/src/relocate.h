/* SPDX-License-Identifier: Apache-2.0 */
/* First thing in a process: its static PIE is relocated (R_*_RELATIVE). */
#pragma once
#include <abi/core.h>
#include <coresrv/task/task_api.h>

struct dynamic {
    nk_sint64_t tag;
    nk_uint64_t value;
};
struct relocation {
    nk_uint64_t offset, info;
    nk_sint64_t addend;
};
#define TAG_RELA      7
#define TAG_RELA_SIZE 8

/* Touches no global before it is done. */
static inline void relocate(const struct kos_startup *startup)
{
    const struct dynamic *entry = (const struct dynamic *)(rtl_uintptr_t)startup->dynamic;
    nk_uint64_t base = startup->image_base, table = 0, size = 0;
    for (; entry != NK_NULL && entry->tag != 0; entry++) {
        if (entry->tag == TAG_RELA)
            table = entry->value;
        if (entry->tag == TAG_RELA_SIZE)
            size = entry->value;
    }
    for (nk_uint64_t at = 0; at < size; at += sizeof(struct relocation)) {
        const struct relocation *relocation = (const struct relocation *)(rtl_uintptr_t)(base + table + at);
        *(nk_uint64_t *)(rtl_uintptr_t)(base + relocation->offset) = base + (nk_uint64_t)relocation->addend;
    }
}
