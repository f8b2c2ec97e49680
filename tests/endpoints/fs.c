/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint fs.FS; the image has a file "License" of more than two sectors. */
#include <tests/endpoints/endpoints.h>

static char sector[PAGE];

static struct core_request open_request(const char *name)
{
    return (struct core_request){REQUEST(FS, Open, CHUNK(0, strlen(name) + 1)), .arena = name,
                                 .arena_size = strlen(name) + 1, .response_count = 2};
}

static struct kos_core_result read_sector(Handle file, nk_uint64_t number, rtl_size_t space)
{
    return CORE(REQUEST(FS, Read, file, number), .response_count = 3, .out = sector, .out_size = space);
}

static void read_tests(Handle file, nk_uint64_t size)
{
    nk_uint64_t total = 0, sectors = (size + PAGE - 1) / PAGE;
    expect("fs/Read", "several_sectors", sectors > 2, 1);
    for (nk_uint64_t i = 0; i < sectors; i++) {
        memset(sector, 0, sizeof(sector));
        struct kos_core_result r = read_sector(file, i, sizeof(sector));
        expect("fs/Read", "sector", r.rc, rcOk);
        expect("fs/Read", "size", (long long)r.w[0], (long long)(i + 1 < sectors ? PAGE : size - i * PAGE));
        expect("fs/Read", "chunk", (long long)r.w[1], (long long)CHUNK(0, r.w[0]));
        expect("fs/Read", "last_byte", sector[r.w[0] - 1] != '\0', 1);
        total += r.w[0];
    }
    expect("fs/Read", "all", (long long)total, (long long)size);
    expect("fs/Read", "beyond", read_sector(file, sectors, sizeof(sector)).rc, rcInvalidArgument);
    expect("fs/Read", "sector_all_bits", read_sector(file, ~0ULL, sizeof(sector)).rc, rcInvalidArgument);
    expect("fs/Read", "sector_wraps", read_sector(file, 1ULL << 52, sizeof(sector)).rc, rcInvalidArgument);
    expect("fs/Read", "buffer_too_small", read_sector(file, 0, PAGE - 1).rc, rcBufferTooSmall);
    expect("fs/Read", "buffer_for_the_last", read_sector(file, sectors - 1, size % PAGE).rc, rcOk);
    expect("fs/Read", "no_buffer", RC(FS, Read, file, 0), rcBufferTooSmall);
    struct core_request read = {REQUEST(FS, Read, file, 0), .response_count = 3, .out = (void *)KERNEL_ADDRESS,
                                .out_size = PAGE}; /* NOLINT */
    expect("fs/Read", "kernel_buffer", core_request(&read).rc, rcTargetFault);
    read.out = (void *)PAGE; /* NOLINT */
    expect("fs/Read", "unmapped_buffer", core_request(&read).rc, rcTargetFault);
    static const char constant[PAGE] = "not to be written";
    read.out = (void *)(rtl_uintptr_t)constant;
    expect("fs/Read", "read_only_buffer", core_request(&read).rc, rcTargetFault);
    expect("fs/Read", "read_only_stays", strcmp(constant, "not to be written"), 0);
}

static void file_tests(Handle file, nk_uint64_t size)
{
    Handle weak, user = user_object(~0U);
    expect("fs/Copy", NK_NULL, KnHandleCopy(file, KOS_RIGHT_COPY, INVALID_HANDLE, &weak), rcOk);
    const struct core_request requests[] = {
        {REQUEST(FS, Read, file, 0), .response_count = 3, .out = sector, .out_size = sizeof(sector)},
        {REQUEST(FS, GetSize, file)},
        {REQUEST(FS, GetId, file)},
        {REQUEST(FS, Close, file)},
    };
    static const char *const names[] = {"fs/Read", "fs/GetSize", "fs/GetId", "fs/Close"};
    for (unsigned i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
        expect_handle_errors(names[i], &requests[i], 0, user, weak);
    struct kos_core_result r = KOS_CORE(FS, GetSize, file);
    expect("fs/GetSize", NK_NULL, r.rc, rcOk);
    expect("fs/GetSize", "same_as_GetInfo", (long long)r.w[0], (long long)size);
    expect("fs/GetId", NK_NULL, RC(FS, GetId, file), rcOk);
    expect("fs/Close", NK_NULL, RC(FS, Close, file), rcOk);
    expect("fs/Close", "twice", RC(FS, Close, file), rcInvalidHandle);
    expect("handle/Close", "weak_file", KnHandleClose(weak), rcOk);
    expect("handle/Close", "user", KnHandleClose(user), rcOk);
}

/* Every file by its index: sorted names, and each opens with the size and an id of its own. */
static nk_uint64_t directory_tests(void)
{
    nk_uint64_t count = KOS_CORE0(FS, Count).w[0], license = 0, total = 0, ids[16] = {0};
    char name[KOS_NAME_SIZE], previous[KOS_NAME_SIZE] = "";
    expect("fs/Count", NK_NULL, RC(FS, Count), rcOk);
    expect("fs/Count", "files", count >= 3 && count <= 16, 1);
    struct core_request info = {REQUEST(FS, GetInfo, 0), .response_count = 3, .out = name, .out_size = sizeof(name)};
    for (nk_uint64_t i = 0; i < count && i < 16; i++) {
        info.words[0] = i;
        struct kos_core_result r = core_request(&info);
        expect("fs/GetInfo", NK_NULL, r.rc, rcOk);
        expect("fs/GetInfo", "sorted", strcmp(previous, name) < 0, 1);
        memcpy(previous, name, sizeof(name));
        license = strcmp(name, "License") == 0 ? r.w[0] : license;
        total += r.w[0];
        struct core_request open = open_request(name);
        Handle file = (Handle)core_request(&open).w[0];
        expect("fs/Open", "each", (long long)KOS_CORE(FS, GetSize, file).w[0], (long long)r.w[0]);
        ids[i] = KOS_CORE(FS, GetId, file).w[0];
        for (nk_uint64_t j = 0; j < i; j++)
            if (ids[j] == ids[i])
                expect("fs/GetId", "unique", (long long)j, (long long)i);
        expect("fs/Close", "each", RC(FS, Close, file), rcOk);
    }
    info.words[0] = count;
    expect("fs/GetInfo", "beyond", core_request(&info).rc, rcResourceNotFound);
    info.words[0] = ~0ULL;
    expect("fs/GetInfo", "all_bits", core_request(&info).rc, rcResourceNotFound);
    info.words[0] = 1ULL << 32;
    expect("fs/GetInfo", "high_bits", core_request(&info).rc, rcResourceNotFound);
    info.words[0] = 0;
    info.out_size = 1;
    expect("fs/GetInfo", "buffer_too_small", core_request(&info).rc, rcBufferTooSmall);
    expect("fs/GetFsSize", NK_NULL, KOS_CORE0(FS, GetFsSize).w[0] > total, 1);
    return license;
}

void fs_tests(void)
{
    nk_uint64_t size = directory_tests();
    struct core_request open = open_request("License"), none = open_request("license");
    expect_string_errors("fs/Open", &open, 0);
    expect("fs/Open", "unknown", core_request(&none).rc, rcResourceNotFound);
    struct kos_core_result r = core_request(&open);
    expect("fs/Open", NK_NULL, r.rc, rcOk);
    read_tests((Handle)r.w[0], size);
    file_tests((Handle)r.w[0], size);
}
