/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/footprint/symbols.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct symbol *symbols;
static int count;

static int by_address(const void *a, const void *b)
{
    const struct symbol *left = a, *right = b;
    return left->address < right->address ? -1 : left->address > right->address;
}

/* The whole file; null if it cannot be read. */
static unsigned char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        if (end > 0 && (bytes = malloc((size_t)end)) != NULL && fread(bytes, 1, (size_t)end, file) != (size_t)end) {
            free(bytes);
            bytes = NULL;
        }
        *size = end > 0 ? (size_t)end : 0;
    }
    fclose(file);
    return bytes;
}

static bool inside(uint64_t offset, uint64_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

static void take(const Elf64_Sym *entries, uint64_t entry_count, const char *names, uint64_t names_size)
{
    symbols = calloc(entry_count, sizeof(*symbols));
    for (uint64_t i = 0; symbols != NULL && i < entry_count; i++) {
        unsigned type = ELF64_ST_TYPE(entries[i].st_info);
        if (entries[i].st_shndx == SHN_UNDEF || entries[i].st_name >= names_size ||
            (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE) || names[entries[i].st_name] == '\0' ||
            names[entries[i].st_name] == '$')
            continue;
        symbols[count++] = (struct symbol){entries[i].st_value, entries[i].st_size, strdup(names + entries[i].st_name)};
    }
    qsort(symbols, (size_t)count, sizeof(*symbols), by_address);
}

bool symbols_read(const char *path)
{
    size_t size = 0;
    unsigned char *bytes = file_read(path, &size);
    const Elf64_Ehdr *header = (const void *)bytes;
    bool ok = bytes != NULL && size >= sizeof(*header) && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
              header->e_ident[EI_CLASS] == ELFCLASS64 &&
              inside(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), size);
    const Elf64_Shdr *sections = ok ? (const void *)(bytes + header->e_shoff) : NULL;
    for (unsigned i = 0; ok && i < header->e_shnum; i++) {
        const Elf64_Shdr *table = &sections[i];
        if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum)
            continue;
        const Elf64_Shdr *names = &sections[table->sh_link];
        if (inside(table->sh_offset, table->sh_size, size) && inside(names->sh_offset, names->sh_size, size))
            take((const void *)(bytes + table->sh_offset), table->sh_size / sizeof(Elf64_Sym),
                 (const char *)bytes + names->sh_offset, names->sh_size);
    }
    free(bytes);
    if (count == 0)
        fprintf(stderr, "footprint: no symbols in %s\n", path);
    return count != 0;
}

int symbols_find(uint64_t address)
{
    int low = 0, high = count - 1, found = -1;
    while (low <= high) {
        int middle = low + (high - low) / 2;
        if (symbols[middle].address <= address) {
            found = middle;
            low = middle + 1;
        } else {
            high = middle - 1;
        }
    }
    /* symbols of assembly have no size: they reach to the next one */
    if (found >= 0 && symbols[found].size != 0 && address - symbols[found].address >= symbols[found].size)
        return -1;
    return found;
}

int symbols_find_sized(uint64_t address)
{
    for (int i = 0; i < count; i++) /* rarely called: no need to be quick */
        if (address >= symbols[i].address && address - symbols[i].address < symbols[i].size)
            return i;
    return -1;
}

const struct symbol *symbols_at(int index)
{
    return &symbols[index];
}

int symbols_count(void)
{
    return count;
}
