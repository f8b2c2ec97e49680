/* SPDX-License-Identifier: Apache-2.0 */
/* Images as the builder makes them, then every byte of the directory changed in turn. */
#include <image/romfs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static u8 *image;
static u64 size;

static int set_up(void **state)
{
    (void)state;
    FILE *file = fopen("build/host/unit/romfs_sample", "rb");
    if (file == nullptr)
        return 1;
    fseek(file, 0, SEEK_END);
    size = (u64)ftell(file);
    rewind(file);
    image = malloc(size);
    int failed = fread(image, 1, size, file) != size;
    fclose(file);
    return failed;
}

static void files_are_found_by_name_and_by_index(void **state)
{
    (void)state;
    struct romfs fs;
    struct romfs_file entry;
    assert_int_equal(romfs_open(image, size, &fs), rcOk);
    assert_int_equal(romfs_count(&fs), 2);
    assert_int_equal(romfs_lookup(&fs, "Licence", &entry), rcOk);
    assert_non_null(strstr(entry.data, "Apache License"));
    assert_int_equal(romfs_lookup(&fs, "kos", &entry), rcOk);
    assert_memory_equal(entry.data, "#!/bin/sh", 9);
    assert_int_equal(romfs_lookup(&fs, "absent", &entry), rcResourceNotFound);
    assert_int_equal(romfs_lookup(&fs, "", &entry), rcResourceNotFound);
    assert_int_equal(romfs_at(&fs, 1, &entry), rcOk);
    assert_string_equal(entry.name, "kos");
    assert_int_equal(romfs_at(&fs, 2, &entry), rcResourceNotFound);
}

static void every_change_of_the_directory_is_noticed(void **state)
{
    (void)state;
    struct romfs fs;
    for (u64 at = 0; at < 32 + 2 * 32 + 12; at++) {
        image[at] ^= 0x55;
        assert_int_equal(romfs_open(image, size, &fs), rcBadImage);
        image[at] ^= 0x55;
    }
}

static void a_cut_image_is_refused(void **state)
{
    (void)state;
    struct romfs fs;
    for (u64 cut = 0; cut < size; cut += 97)
        assert_int_equal(romfs_open(image, cut, &fs), rcBadImage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_are_found_by_name_and_by_index),
                                       cmocka_unit_test(every_change_of_the_directory_is_noticed),
                                       cmocka_unit_test(a_cut_image_is_refused)};
    return cmocka_run_group_tests(tests, set_up, nullptr);
}
