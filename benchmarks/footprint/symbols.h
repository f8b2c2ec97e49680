/* SPDX-License-Identifier: Apache-2.0 */
/* Function names of the kernel's ELF file, by address. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct symbol {
    uint64_t address, size;
    const char *name;
};

/* Reads the symbol table of an ELF64 file; false, with a message on stderr, if it cannot. */
bool symbols_read(const char *path);
/* Index of the symbol around address, or -1. */
int symbols_find(uint64_t address);
const struct symbol *symbols_at(int index);
int symbols_count(void);
