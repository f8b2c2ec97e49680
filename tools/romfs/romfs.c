/* SPDX-License-Identifier: Apache-2.0 */
/* Builds a ROMFS image; the format is in image/romfs.h. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct file {
    const char *name, *path;
    unsigned char *data;
    uint64_t size;
};

static const char usage[] = "usage: romfs -o OUT [NAME=]FILE...\n"
                            "Writes a ROMFS image with the files, named NAME or by their base name.\n";

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static int load(struct file *file)
{
    FILE *in = fopen(file->path, "rb");
    if (in == NULL || fseek(in, 0, SEEK_END) != 0) {
        fprintf(stderr, "romfs: %s: %s\n", file->path, strerror(errno));
        return 1;
    }
    long size = ftell(in);
    rewind(in);
    file->size = (uint64_t)size;
    file->data = malloc((size_t)size + 1);
    int failed = file->data == NULL || fread(file->data, 1, (size_t)size, in) != (size_t)size;
    if (failed)
        fprintf(stderr, "romfs: %s: cannot read: %s\n", file->path, strerror(errno));
    fclose(in);
    return failed;
}

static uint64_t page_up(uint64_t value)
{
    return (value + 4095) & ~UINT64_C(4095);
}

static void put(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t crc32(const unsigned char *bytes, uint64_t size)
{
    uint32_t crc = ~UINT32_C(0);
    for (uint64_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (UINT32_C(0xedb88320) & (0U - (crc & 1U)));
    }
    return ~crc;
}

static unsigned char *build(struct file *files, uint64_t count, uint64_t *total)
{
    uint64_t names = 32 + 32 * count, end = names;
    for (uint64_t i = 0; i < count; i++)
        end += strlen(files[i].name) + 1;
    *total = page_up(end);
    for (uint64_t i = 0; i < count; i++)
        *total += page_up(files[i].size);
    unsigned char *image = calloc(1, *total);
    if (image == NULL)
        return NULL;
    uint64_t name = names, data = page_up(end);
    for (uint64_t i = 0; i < count; i++) {
        unsigned char *entry = image + 32 + 32 * i;
        put(entry, name, 8);
        put(entry + 8, data, 8);
        put(entry + 16, files[i].size, 8);
        put(entry + 24, i + 1, 4);
        strcpy((char *)image + name, files[i].name);
        memcpy(image + data, files[i].data, files[i].size);
        name += strlen(files[i].name) + 1;
        data += page_up(files[i].size);
    }
    memcpy(image, "KOSROM01", 8);
    put(image + 8, *total, 8);
    put(image + 16, count, 4);
    put(image + 24, end, 8);
    put(image + 20, crc32(image + 24, end - 24), 4);
    return image;
}

int main(int argc, char **argv)
{
    const char *output = NULL;
    struct file *files = calloc((size_t)argc, sizeof(*files));
    uint64_t count = 0, total;
    if (files == NULL)
        return 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
            output = argv[++i];
            continue;
        }
        if (argv[i][0] == '-') {
            fprintf(stderr, "romfs: unknown option %s\n%s", argv[i], usage);
            return 2;
        }
        char *equals = strchr(argv[i], '='), *slash = strrchr(argv[i], '/');
        files[count].path = equals != NULL ? equals + 1 : argv[i];
        files[count].name = equals != NULL ? argv[i] : slash != NULL ? slash + 1 : argv[i];
        if (equals != NULL)
            *equals = '\0';
        if (files[count].name[0] == '\0') {
            fprintf(stderr, "romfs: %s: empty name\n", files[count].path);
            return 2;
        }
        count++;
    }
    if (output == NULL || count == 0) {
        fputs(usage, stderr);
        return 2;
    }
    for (uint64_t i = 0; i < count; i++)
        if (load(&files[i]) != 0)
            return 1;
    qsort(files, count, sizeof(*files), by_name);
    for (uint64_t i = 1; i < count; i++)
        if (strcmp(files[i - 1].name, files[i].name) == 0) {
            fprintf(stderr, "romfs: two files are named %s: %s and %s\n", files[i].name, files[i - 1].path,
                    files[i].path);
            return 1;
        }
    unsigned char *image = build(files, count, &total);
    FILE *out = image == NULL ? NULL : fopen(output, "wb");
    if (out == NULL || fwrite(image, 1, total, out) != total || fclose(out) != 0) {
        fprintf(stderr, "romfs: %s: %s\n", output, strerror(errno));
        remove(output);
        return 1;
    }
    return 0;
}
