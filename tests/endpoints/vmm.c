/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint vmm.VMM. */
#include <tests/endpoints/endpoints.h>
#include <tests/endpoints/peer.h>

#define RW   (KOS_VMM_READ | KOS_VMM_WRITE)
#define BASE (KOS_VMM_RESERVE | KOS_VMM_COMMIT)

/* The codes that Commit, Decommit, Protect and Free have in common; at: 4 pages, of which the caller keeps the state.
 */
static void range_errors(const char *name, unsigned mid, nk_uint64_t at, nk_uint64_t flags)
{
    struct core_request request = {.riid = KOS_RIID_VMM, .mid = mid, .count = 3, .words = {at, PAGE, flags}};
    if (mid == KOS_CORE_MID(VMM, Decommit) || mid == KOS_CORE_MID(VMM, Free))
        request.count = 2;
    static const struct {
        const char *part;
        nk_uint64_t address, size;
    } cases[] = {{"null", 0, PAGE},
                 {"first_page", PAGE, PAGE},
                 {"kernel", KERNEL_ADDRESS, PAGE},
                 {"non_canonical", 0x0000800000000000ULL, PAGE},
                 {"last_page", 0xfffffffffffff000ULL, PAGE},
                 {"never_reserved", 0x7ffffff00000ULL, PAGE}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        request.words[0] = cases[i].address;
        request.words[1] = cases[i].size;
        expect(name, cases[i].part, core_request(&request).rc, rcInvalidArgument);
    }
    request.words[0] = at + 1;
    request.words[1] = PAGE;
    expect(name, "unaligned", core_request(&request).rc, rcInvalidArgument);
    request.words[0] = at;
    request.words[1] = 0;
    expect(name, "size_zero", core_request(&request).rc, rcInvalidArgument);
    request.words[1] = ~0ULL;
    expect(name, "size_all", core_request(&request).rc, rcInvalidArgument);
    request.words[1] = KOS_USER_LIMIT - at;
    expect(name, "beyond_the_region", core_request(&request).rc, rcInvalidArgument);
    request.words[0] = ADDRESS(vmm_tests) & ~(PAGE - 1);
    request.words[1] = PAGE;
    /* pages of the image that tasks share may not be taken apart */
    expect(name, "shared_text", core_request(&request).rc, rcInvalidArgument);
}

static void allocate_tests(void)
{
    const char *name = "vmm/Allocate";
    nk_uint64_t at = pages_allocate(4 * PAGE, BASE | RW);
    expect(name, "chosen_address", at >= KOS_USER_BASE && at % PAGE == 0, 1);
    volatile char *bytes = (volatile char *)(rtl_uintptr_t)at;
    bytes[0] = bytes[4 * PAGE - 1] = 1;
    expect(name, "zeroed", bytes[PAGE], 0);
    expect(name, "taken", RC(VMM, Allocate, at, PAGE, BASE | RW), rcAlreadyExists);
    expect(name, "taken_in_part", RC(VMM, Allocate, at - PAGE, 2 * PAGE, BASE | RW), rcAlreadyExists);
    expect(name, "size_zero", RC(VMM, Allocate, 0, 0, BASE | RW), rcInvalidArgument);
    expect(name, "size_all", RC(VMM, Allocate, 0, ~0ULL, BASE | RW), rcInvalidArgument);
    expect(name, "size_wraps_when_rounded", RC(VMM, Allocate, 0, ~0ULL - 100, BASE | RW), rcInvalidArgument);
    expect(name, "no_such_hole", RC(VMM, Allocate, 0, KOS_USER_LIMIT - 0x100000, KOS_VMM_RESERVE), rcOutOfMemory);
    expect(name, "unaligned", RC(VMM, Allocate, at + 8, PAGE, BASE | RW), rcInvalidArgument);
    expect(name, "first_page", RC(VMM, Allocate, PAGE, PAGE, BASE | RW), rcInvalidArgument);
    expect(name, "kernel", RC(VMM, Allocate, KERNEL_ADDRESS, PAGE, BASE | RW), rcInvalidArgument);
    expect(name, "beyond_user", RC(VMM, Allocate, KOS_USER_LIMIT, PAGE, BASE | RW), rcInvalidArgument);
    expect(name, "across_the_limit", RC(VMM, Allocate, KOS_USER_LIMIT - PAGE, 2 * PAGE, BASE | RW), rcInvalidArgument);
    expect(name, "guard_below_user", RC(VMM, Allocate, KOS_USER_BASE, PAGE, BASE | RW | KOS_VMM_LOW_GUARD),
           rcInvalidArgument);
    expect(name, "without_reserve", RC(VMM, Allocate, 0, PAGE, KOS_VMM_COMMIT | RW), rcInvalidArgument);
    expect(name, "write_and_execute", RC(VMM, Allocate, 0, PAGE, BASE | RW | KOS_VMM_EXECUTE), rcInvalidArgument);
    expect(name, "unknown_flag", RC(VMM, Allocate, 0, PAGE, BASE | RW | 1U << 9), rcInvalidArgument);
    expect(name, "unknown_high_flag", RC(VMM, Allocate, 0, PAGE, BASE | RW | 1ULL << 40), rcInvalidArgument);
    expect(name, "quota", RC(VMM, Allocate, 0, 1ULL << 31, BASE | RW | KOS_VMM_LOCKED), rcQuotaExceeded);
    expect(name, "freed", RC(VMM, Free, at, 4 * PAGE), rcOk);
    expect(name, "wanted_address", RC(VMM, Allocate, at, PAGE, BASE | RW), rcOk);
    expect(name, "fresh_again", bytes[0], 0);
    expect(name, "freed_again", RC(VMM, Free, at, PAGE), rcOk);
}

static void part_tests(void)
{
    nk_uint64_t at = pages_allocate(4 * PAGE, BASE | RW);
    volatile char *bytes = (volatile char *)(rtl_uintptr_t)at;
    range_errors("vmm/Commit", KOS_CORE_MID(VMM, Commit), at, RW);
    range_errors("vmm/Decommit", KOS_CORE_MID(VMM, Decommit), at, 0);
    range_errors("vmm/Protect", KOS_CORE_MID(VMM, Protect), at, KOS_VMM_READ);
    range_errors("vmm/Free", KOS_CORE_MID(VMM, Free), at, 0);

    bytes[PAGE] = 7;
    expect("vmm/Decommit", "middle_page", RC(VMM, Decommit, at + PAGE, PAGE), rcOk);
    expect("vmm/Decommit", "twice", RC(VMM, Decommit, at + PAGE, PAGE), rcOk);
    expect("vmm/Commit", "again", RC(VMM, Commit, at + PAGE, PAGE, 0), rcOk);
    expect("vmm/Commit", "zeroed", bytes[PAGE], 0);
    expect("vmm/Commit", "unknown_flag", RC(VMM, Commit, at, PAGE, 1U << 9), rcInvalidArgument);
    expect("vmm/Commit", "unknown_high_flag", RC(VMM, Commit, at, PAGE, 1ULL << 40), rcInvalidArgument);
    expect("vmm/Commit", "write_and_execute", RC(VMM, Commit, at, PAGE, KOS_VMM_ACCESS), rcInvalidArgument);
    nk_uint64_t large = pages_allocate(1ULL << 31, KOS_VMM_RESERVE | RW);
    expect("vmm/Commit", "quota", RC(VMM, Commit, large, 1ULL << 31, RW | KOS_VMM_LOCKED), rcQuotaExceeded);
    expect("vmm/Commit", "usable_after_quota", RC(VMM, Commit, large, PAGE, RW | KOS_VMM_LOCKED), rcOk);
    *(volatile char *)(rtl_uintptr_t)large = 1;
    expect("vmm/Commit", "large_freed", RC(VMM, Free, large, 1ULL << 31), rcOk);

    bytes[0] = 9;
    expect("vmm/Protect", "read_only", RC(VMM, Protect, at, 2 * PAGE, KOS_VMM_READ), rcOk);
    expect("vmm/Protect", "content_kept", bytes[0], 9);
    expect("vmm/Protect", "write_and_execute", RC(VMM, Protect, at, PAGE, KOS_VMM_ACCESS), rcInvalidArgument);
    expect("vmm/Protect", "other_flag", RC(VMM, Protect, at, PAGE, KOS_VMM_READ | KOS_VMM_LOCKED), rcInvalidArgument);
    expect("vmm/Protect", "unknown_high_flag", RC(VMM, Protect, at, PAGE, 1ULL << 40), rcInvalidArgument);
    expect("vmm/Protect", "write_again", RC(VMM, Protect, at, 4 * PAGE, RW), rcOk);
    bytes[0] = 10;

    struct kos_core_result query = KOS_CORE(VMM, Query, at + 5);
    expect("vmm/Query", NK_NULL, query.rc, rcOk);
    expect("vmm/Query", "start", (long long)query.w[0], (long long)at);
    expect("vmm/Query", "size", (long long)query.w[1], 4 * PAGE);
    expect("vmm/Query", "flags", (long long)(query.w[2] & (KOS_VMM_ACCESS | BASE)), BASE | RW);
    expect("vmm/Query", "null", RC(VMM, Query, 0), rcResourceNotFound);
    expect("vmm/Query", "kernel", RC(VMM, Query, KERNEL_ADDRESS), rcResourceNotFound);
    expect("vmm/Query", "all_bits", RC(VMM, Query, ~0ULL), rcResourceNotFound);

    expect("vmm/Free", "middle", RC(VMM, Free, at + PAGE, PAGE), rcOk);
    expect("vmm/Free", "with_a_hole", RC(VMM, Free, at, 4 * PAGE), rcInvalidArgument);
    expect("vmm/Free", "first", RC(VMM, Free, at, PAGE), rcOk);
    expect("vmm/Free", "rest", RC(VMM, Free, at + 2 * PAGE, 2 * PAGE), rcOk);
    expect("vmm/Query", "freed", RC(VMM, Query, at), rcResourceNotFound);
}

/* Of 16 TiB only what was touched is walked: page by page this would take hours. */
static void sparse_tests(void)
{
    static const nk_uint64_t touched[] = {0, 17 * PAGE, 1ULL << 21, (1ULL << 39) + 5 * PAGE, SPARSE_SIZE - PAGE};
    nk_uint64_t at = pages_allocate(SPARSE_SIZE, BASE | RW);
    int kept = 1, zeroed = 1;
    for (unsigned i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
        *(volatile unsigned char *)(rtl_uintptr_t)(at + touched[i]) = (unsigned char)(i + 1);
    expect("vmm/Protect", "sparse", RC(VMM, Protect, at, SPARSE_SIZE, KOS_VMM_READ), rcOk);
    for (unsigned i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
        kept &= *(volatile unsigned char *)(rtl_uintptr_t)(at + touched[i]) == i + 1;
    expect("vmm/Protect", "sparse_content_kept", kept, 1);
    expect("vmm/Decommit", "sparse", RC(VMM, Decommit, at, SPARSE_SIZE), rcOk);
    expect("vmm/Commit", "sparse", RC(VMM, Commit, at, SPARSE_SIZE, RW), rcOk);
    for (unsigned i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
        zeroed &= *(volatile unsigned char *)(rtl_uintptr_t)(at + touched[i]) == 0;
    expect("vmm/Decommit", "sparse_all_gone", zeroed, 1);
    expect("vmm/Free", "sparse", RC(VMM, Free, at, SPARSE_SIZE), rcOk);
    peer_run("vmm/sparse/end_of_task", peer_create("vmm.sparse", "test.Peer", "Peer", "sparse"), 47, KOS_TASK_EXITED);
}

void vmm_tests(void)
{
    allocate_tests();
    part_tests();
    sparse_tests();
}
