/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <limits.h>
#include <profiles/elf_file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool inside(const struct elf_file *elf, uint64_t offset, uint64_t length)
{
    return offset <= elf->size && length <= elf->size - offset;
}

static void build_id_find(struct elf_file *elf, const Elf64_Phdr *segment)
{
    uint64_t at = segment->p_offset, end = at + segment->p_filesz;
    while (inside(elf, at, sizeof(Elf64_Nhdr)) && at + sizeof(Elf64_Nhdr) <= end) {
        const Elf64_Nhdr *note = (const void *)(elf->bytes + at);
        uint64_t name = at + sizeof(*note), data = name + ((note->n_namesz + 3U) & ~3U);
        if (!inside(elf, data, note->n_descsz))
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(elf->bytes + name, "GNU", 4) == 0) {
            elf->build_id_size = note->n_descsz < BUILD_ID_SIZE ? note->n_descsz : BUILD_ID_SIZE;
            memcpy(elf->build_id, elf->bytes + data, elf->build_id_size);
            return;
        }
        at = data + ((note->n_descsz + 3U) & ~3U);
    }
}

bool elf_take(struct elf_file *elf, unsigned char *bytes, size_t size)
{
    *elf = (struct elf_file){.bytes = bytes, .size = size};
    const Elf64_Ehdr *header = (const void *)bytes;
    if (size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || !inside(elf, header->e_phoff, header->e_phnum * sizeof(Elf64_Phdr)))
        return false;
    elf->segments = (const void *)(bytes + header->e_phoff);
    elf->segment_count = header->e_phnum;
    for (unsigned i = 0; i < elf->segment_count && elf->build_id_size == 0; i++)
        if (elf->segments[i].p_type == PT_NOTE)
            build_id_find(elf, &elf->segments[i]);
    /* the kernel's linker script makes no segment of it */
    const Elf64_Shdr *sections = (const void *)(bytes + header->e_shoff);
    if (!inside(elf, header->e_shoff, header->e_shnum * sizeof(*sections)))
        return true;
    for (unsigned i = 0; i < header->e_shnum && elf->build_id_size == 0; i++)
        if (sections[i].sh_type == SHT_NOTE)
            build_id_find(elf, &(Elf64_Phdr){.p_offset = sections[i].sh_offset, .p_filesz = sections[i].sh_size});
    return true;
}

bool elf_open(struct elf_file *elf, const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        bytes = end > 0 ? malloc((size_t)end) : NULL;
        size = bytes != NULL ? fread(bytes, 1, (size_t)end, file) : 0;
    }
    if (file != NULL)
        fclose(file);
    if (bytes == NULL || !elf_take(elf, bytes, size)) {
        free(bytes);
        return false;
    }
    elf->path = realpath(path, NULL);
    return elf->path != NULL;
}

unsigned char *elf_at(const struct elf_file *elf, uint64_t address, size_t *left)
{
    for (unsigned i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        uint64_t offset = address - segment->p_vaddr;
        if (segment->p_type != PT_LOAD || offset >= segment->p_filesz ||
            !inside(elf, segment->p_offset, segment->p_filesz))
            continue;
        *left = segment->p_filesz - offset;
        return elf->bytes + segment->p_offset + offset;
    }
    return NULL;
}

static int by_address(const void *a, const void *b)
{
    const struct elf_symbol *left = a, *right = b;
    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    return left->size < right->size ? -1 : left->size > right->size; /* the one with a size is found first */
}

static void symbols_read(struct elf_file *elf)
{
    const Elf64_Ehdr *header = (const void *)elf->bytes;
    const Elf64_Shdr *sections = (const void *)(elf->bytes + header->e_shoff);
    elf->symbols = calloc(1, sizeof(*elf->symbols));
    if (!inside(elf, header->e_shoff, header->e_shnum * sizeof(*sections)))
        return;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *table = &sections[i];
        if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum ||
            !inside(elf, table->sh_offset, table->sh_size))
            continue;
        const Elf64_Sym *entries = (const void *)(elf->bytes + table->sh_offset);
        const Elf64_Shdr *names = &sections[table->sh_link];
        size_t count = table->sh_size / sizeof(*entries);
        free(elf->symbols);
        elf->symbols = calloc(count + 1, sizeof(*elf->symbols));
        for (size_t s = 0; elf->symbols != NULL && s < count; s++) {
            unsigned type = ELF64_ST_TYPE(entries[s].st_info), section = entries[s].st_shndx;
            const char *name = (const char *)elf->bytes + names->sh_offset + entries[s].st_name;
            if (section == SHN_UNDEF || section >= header->e_shnum || entries[s].st_name >= names->sh_size ||
                (type != STT_FUNC && type != STT_NOTYPE) || (sections[section].sh_flags & SHF_EXECINSTR) == 0 ||
                *name == '\0' || *name == '$' || strncmp(name, ".L", 2) == 0)
                continue;
            elf->symbols[elf->symbol_count++] =
                (struct elf_symbol){.address = entries[s].st_value, .size = entries[s].st_size, .name = name};
        }
    }
    qsort(elf->symbols, elf->symbol_count, sizeof(*elf->symbols), by_address);
}

const struct elf_symbol *elf_symbol(struct elf_file *elf, uint64_t address)
{
    if (elf->symbols == NULL)
        symbols_read(elf);
    size_t low = 0, high = elf->symbol_count;
    while (low < high) { /* the first above address */
        size_t middle = low + (high - low) / 2;
        if (elf->symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct elf_symbol *found = &elf->symbols[low - 1];
    return found->size != 0 && address - found->address >= found->size ? NULL : found;
}

uint64_t elf_address(struct elf_file *elf, const char *name)
{
    if (elf->symbols == NULL)
        symbols_read(elf);
    for (size_t i = 0; i < elf->symbol_count; i++)
        if (strcmp(elf->symbols[i].name, name) == 0)
            return elf->symbols[i].address;
    return 0;
}

bool elf_same_build(const struct elf_file *a, const struct elf_file *b)
{
    return a->build_id_size != 0 && a->build_id_size == b->build_id_size &&
           memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
}
