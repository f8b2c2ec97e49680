/* SPDX-License-Identifier: Apache-2.0 */
#include <abi/core.h>
#include <image/elf.h>

struct elf_header {
    u8 identification[16];
    u16 type, machine;
    u32 version;
    u64 entry, program_offset, section_offset;
    u32 flags;
    u16 header_size, program_entry_size, program_count, section_entry_size, section_count, section_names;
};

struct elf_program {
    u32 type, flags;
    u64 offset, address, physical, file_size, memory_size, alignment;
};

#define TYPE_EXECUTABLE     2
#define TYPE_DYNAMIC        3
#define PROGRAM_LOAD        1
#define PROGRAM_DYNAMIC     2
#define PROGRAM_INTERPRETER 3
#define FLAG_EXECUTE        1U
#define FLAG_WRITE          2U
#define FLAG_READ           4U
#define PROGRAMS_MAX        64
#define SPAN_MAX            (1ULL << 36)

static bool header_valid(const struct elf_header *header, u64 size, u16 machine)
{
    static const u8 identification[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1}; /* 64 bits, little endian, version 1 */
    return memcmp(header->identification, identification, sizeof(identification)) == 0 && header->version == 1 &&
           header->machine == machine && (header->type == TYPE_EXECUTABLE || header->type == TYPE_DYNAMIC) &&
           header->program_entry_size == sizeof(struct elf_program) && header->program_count != 0 &&
           header->program_count <= PROGRAMS_MAX && header->program_offset <= size &&
           (u64)header->program_count * sizeof(struct elf_program) <= size - header->program_offset;
}

static bool segment_add(struct elf_image *image, const struct elf_program *program, u64 size)
{
    if (program->memory_size == 0)
        return program->file_size == 0;
    if (image->segment_count == ELF_SEGMENTS_MAX || program->file_size > program->memory_size ||
        program->offset > size || program->file_size > size - program->offset || program->address > SPAN_MAX ||
        program->memory_size > SPAN_MAX || program->alignment < KOS_PAGE_SIZE ||
        (program->alignment & (program->alignment - 1)) != 0 ||
        program->address % KOS_PAGE_SIZE != program->offset % KOS_PAGE_SIZE)
        return false;
    u32 access = ((program->flags & FLAG_READ) != 0 ? KOS_VMM_READ : 0) |
                 ((program->flags & FLAG_WRITE) != 0 ? KOS_VMM_WRITE | KOS_VMM_READ : 0) |
                 ((program->flags & FLAG_EXECUTE) != 0 ? KOS_VMM_EXECUTE | KOS_VMM_READ : 0);
    if (access == 0 || (access & (KOS_VMM_WRITE | KOS_VMM_EXECUTE)) == (KOS_VMM_WRITE | KOS_VMM_EXECUTE))
        return false;
    if (image->segment_count != 0 && round_down(program->address, KOS_PAGE_SIZE) < image->span)
        return false; /* out of order, or shares a page with the one before */
    if (image->segment_count == 0 && !image->position_independent && program->address < KOS_USER_BASE)
        return false;
    image->segments[image->segment_count++] = (struct elf_segment){.address = program->address,
                                                                   .memory_size = program->memory_size,
                                                                   .file_offset = program->offset,
                                                                   .file_size = program->file_size,
                                                                   .access = access};
    image->span = round_up(program->address + program->memory_size, KOS_PAGE_SIZE);
    return image->span <= SPAN_MAX;
}

static bool inside(const struct elf_image *image, u64 address, u64 length, u32 access)
{
    for (u32 i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (address >= segment->address && address - segment->address < segment->memory_size &&
            length <= segment->memory_size - (address - segment->address) && (segment->access & access) == access)
            return true;
    }
    return false;
}

retcode elf_parse(const void *file, u64 size, u16 machine, struct elf_image *image)
{
    struct elf_header header;
    *image = (struct elf_image){};
    if (size < sizeof(header))
        return rcBadImage;
    __builtin_memcpy(&header, file, sizeof(header)); /* inline: the kernel has interrupts masked here */
    if (!header_valid(&header, size, machine))
        return rcBadImage;
    image->position_independent = header.type == TYPE_DYNAMIC;
    image->entry = header.entry;
    for (u32 i = 0; i < header.program_count; i++) {
        struct elf_program program;
        __builtin_memcpy(&program, (const u8 *)file + header.program_offset + i * sizeof(program), sizeof(program));
        if (program.type == PROGRAM_INTERPRETER ||
            (program.type == PROGRAM_LOAD && !segment_add(image, &program, size)))
            return rcBadImage;
        if (program.type == PROGRAM_DYNAMIC)
            image->dynamic = program.address;
    }
    if (!inside(image, image->entry, 1, KOS_VMM_EXECUTE) ||
        (image->dynamic != 0 && !inside(image, image->dynamic, 16, KOS_VMM_READ)))
        return rcBadImage;
    return rcOk;
}
