/* SPDX-License-Identifier: Apache-2.0 */
/* Names of functions and data of the kernel's ELF file, by address. */
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
/* Likewise, but only symbols that have a size: data may stand behind the image, where the last symbol does not reach.
 */
int symbols_find_sized(uint64_t address);
const struct symbol *symbols_at(int index);
int symbols_count(void);
