/* SPDX-License-Identifier: Apache-2.0 */
/* One good image, and one violation each of what elf_parse demands. */
#include <abi/core.h>
#include <image/elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct program {
    u32 type, flags;
    u64 offset, address, physical, file_size, memory_size, alignment;
};
static struct file {
    u8 identification[16];
    u16 type, machine;
    u32 version;
    u64 entry, program_offset, section_offset;
    u32 flags;
    u16 header_size, program_entry_size, program_count, rest[3];
    struct program programs[3];
    u8 body[12288];
} file;

#define MACHINE 62

static void make_good(void)
{
    memset(&file, 0, sizeof(file));
    memcpy(file.identification, "\177ELF\2\1\1", 7);
    file.type = 3;
    file.machine = MACHINE;
    file.version = 1;
    file.entry = 0x1010;
    file.program_offset = offsetof(struct file, programs);
    file.program_entry_size = sizeof(struct program);
    file.program_count = 3;
    file.programs[0] = (struct program){1, 4, 0, 0, 0, 0x800, 0x800, 4096};
    file.programs[1] = (struct program){1, 5, 0x1000, 0x1000, 0, 0x100, 0x100, 4096};
    file.programs[2] = (struct program){1, 6, 0x2000, 0x2000, 0, 0x80, 0x3000, 4096};
}

static retcode parse(struct elf_image *image)
{
    return elf_parse(&file, sizeof(file), MACHINE, image);
}

static void a_good_image_is_read(void **state)
{
    (void)state;
    struct elf_image image;
    make_good();
    assert_int_equal(parse(&image), rcOk);
    assert_int_equal(image.segment_count, 3);
    assert_int_equal(image.segments[1].access, KOS_VMM_READ | KOS_VMM_EXECUTE);
    assert_int_equal(image.segments[2].access, KOS_VMM_READ | KOS_VMM_WRITE);
    assert_int_equal(image.span, 0x5000);
    assert_true(image.position_independent);
}

#define VIOLATION(name, CHANGE)                                                                                        \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        struct elf_image image;                                                                                        \
        make_good();                                                                                                   \
        CHANGE;                                                                                                        \
        assert_int_equal(parse(&image), rcBadImage);                                                                   \
    }
VIOLATION(magic_must_be_elf, file.identification[1] = 'X')
VIOLATION(class_must_be_64_bits, file.identification[4] = 1)
VIOLATION(order_must_be_little, file.identification[5] = 2)
VIOLATION(type_must_be_executable, file.type = 1)
VIOLATION(machine_must_match, file.machine = 183)
VIOLATION(program_headers_must_lie_inside, file.program_offset = ~0ULL)
VIOLATION(program_headers_must_have_their_size, file.program_entry_size = 32)
VIOLATION(program_headers_must_exist, file.program_count = 0)
VIOLATION(segments_must_lie_in_the_file, file.programs[2].offset = 0x7000)
VIOLATION(segment_ends_must_not_wrap, file.programs[2].file_size = ~0ULL)
VIOLATION(file_part_must_not_exceed_memory, file.programs[1].memory_size = 1)
VIOLATION(write_and_execute_must_not_meet, file.programs[2].flags = 7)
VIOLATION(segments_must_ascend, file.programs[2].address = 0)
VIOLATION(segments_must_not_share_pages, file.programs[1].memory_size = 0x1001)
VIOLATION(alignment_must_be_a_page, file.programs[1].alignment = 16)
VIOLATION(offset_must_be_congruent, file.programs[1].offset = 0x1008)
VIOLATION(entry_must_be_executable, file.entry = 0x2000)
VIOLATION(interpreter_is_refused, file.programs[0].type = 3)
VIOLATION(addresses_must_be_sane, file.programs[2].address = 1ULL << 60)
VIOLATION(access_must_not_be_empty, file.programs[0].flags = 0)

static void a_short_file_is_refused(void **state)
{
    (void)state;
    struct elf_image image;
    make_good();
    for (u64 size = 0; size < 64; size++)
        assert_int_equal(elf_parse(&file, size, MACHINE, &image), rcBadImage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_good_image_is_read),
                                       cmocka_unit_test(magic_must_be_elf),
                                       cmocka_unit_test(class_must_be_64_bits),
                                       cmocka_unit_test(order_must_be_little),
                                       cmocka_unit_test(type_must_be_executable),
                                       cmocka_unit_test(machine_must_match),
                                       cmocka_unit_test(program_headers_must_lie_inside),
                                       cmocka_unit_test(program_headers_must_have_their_size),
                                       cmocka_unit_test(program_headers_must_exist),
                                       cmocka_unit_test(segments_must_lie_in_the_file),
                                       cmocka_unit_test(segment_ends_must_not_wrap),
                                       cmocka_unit_test(file_part_must_not_exceed_memory),
                                       cmocka_unit_test(write_and_execute_must_not_meet),
                                       cmocka_unit_test(segments_must_ascend),
                                       cmocka_unit_test(segments_must_not_share_pages),
                                       cmocka_unit_test(alignment_must_be_a_page),
                                       cmocka_unit_test(offset_must_be_congruent),
                                       cmocka_unit_test(entry_must_be_executable),
                                       cmocka_unit_test(interpreter_is_refused),
                                       cmocka_unit_test(addresses_must_be_sane),
                                       cmocka_unit_test(access_must_not_be_empty),
                                       cmocka_unit_test(a_short_file_is_refused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
