/* SPDX-License-Identifier: Apache-2.0 */
/* ELF64 files of this machine's byte order: loadable parts, build id, symbols. */
#pragma once
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUILD_ID_SIZE 20

struct elf_symbol {
    uint64_t address, size;
    const char *name; /* in the file's bytes */
};

struct elf_file {
    char *path; /* absolute; empty: the file is part of another */
    unsigned char *bytes;
    size_t size;
    const Elf64_Phdr *segments;
    unsigned segment_count;
    unsigned char build_id[BUILD_ID_SIZE];
    unsigned build_id_size;     /* 0: it has none */
    struct elf_symbol *symbols; /* of code, by address; null until elf_symbols() */
    size_t symbol_count;
};

/* False if it cannot be read, or is none. The whole file stays in memory until the program ends. */
bool elf_open(struct elf_file *elf, const char *path);
/* The same for bytes in memory, which must stay. */
bool elf_take(struct elf_file *elf, unsigned char *bytes, size_t size);
/* Bytes at an address of the image, and how many follow in its segment; null if none. */
unsigned char *elf_at(const struct elf_file *elf, uint64_t address, size_t *left);
/* The symbol around an address of the image, or null. Symbols of assembly have no size: they reach to the next one. */
const struct elf_symbol *elf_symbol(struct elf_file *elf, uint64_t address);
/* The address of a symbol of code; 0: there is none of that name. */
uint64_t elf_address(struct elf_file *elf, const char *name);
bool elf_same_build(const struct elf_file *a, const struct elf_file *b);
