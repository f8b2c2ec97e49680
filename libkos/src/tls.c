/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"
#include <kos/arch/tls.h>
#include <kos/core.h>
#include <string.h>

/*
 * In programs with the whole C library (built with KOS_LIBC) the thread pointer has musl's struct pthread, 200 bytes of
 * musl 1.2, at its one side or the other, depending on the architecture; but for `self`, which the ABI puts where we
 * put it, and `locale`, it may be zero.
 */
#ifdef KOS_LIBC
#include <locale.h>
#define ROOM 256UL
static void control_init(void)
{
    (void)uselocale(LC_GLOBAL_LOCALE);
}
#else
#define ROOM 0UL
static void control_init(void) {}
#endif

/* ELF-64 Object File Format: the executable's own headers, which the linker maps in front of the code. */
struct elf_header {
    nk_uint8_t identification[16];
    nk_uint16_t type, machine;
    nk_uint32_t version;
    nk_uint64_t entry, program_offset, section_offset;
    nk_uint32_t flags;
    nk_uint16_t header_size, program_entry_size, program_count, section_entry_size, section_count, section_names;
};
struct elf_program {
    nk_uint32_t type, flags;
    nk_uint64_t offset, address, physical, file_size, memory_size, alignment;
};
#define PROGRAM_TLS  7
#define TYPE_DYNAMIC 3

extern const struct elf_header image_header __asm__("__ehdr_start") __attribute__((visibility("hidden")));

static struct {
    const void *initial; /* initial values of the first initial_size bytes; the rest is zero */
    rtl_size_t initial_size, size, alignment, skew; /* skew: address modulo alignment */
} tls = {.alignment = 1};

void kos_tls_init(void)
{
    const char *image = (const char *)&image_header;
    const struct elf_program *program = (const struct elf_program *)(const void *)(image + image_header.program_offset);
    for (unsigned i = 0; i < image_header.program_count; i++, program++) {
        if (program->type != PROGRAM_TLS)
            continue;
        rtl_uintptr_t base = image_header.type == TYPE_DYNAMIC ? (rtl_uintptr_t)image : 0;
        tls.initial = (const void *)(base + program->address);
        tls.initial_size = program->file_size;
        tls.size = program->memory_size;
        tls.alignment = program->alignment > 1 ? program->alignment : 1;
        tls.skew = program->address & (tls.alignment - 1);
    }
}

rtl_size_t kos_tls_area_size(void)
{
    return kos_tls_arch_size(tls.size, tls.alignment) + 2 * ROOM;
}

void kos_tls_install(void *area)
{
    rtl_uintptr_t block;
    if (ROOM != 0)
        memset(area, 0, kos_tls_area_size());
    rtl_uintptr_t pointer = kos_tls_arch_place((rtl_uintptr_t)area + ROOM, tls.size, tls.alignment, tls.skew, &block);
    memcpy((void *)block, tls.initial, tls.initial_size);
    memset((char *)block + tls.initial_size, 0, tls.size - tls.initial_size);
    (void)KOS_CORE(THREAD, SetTls, pointer);
    control_init();
}
