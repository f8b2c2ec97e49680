/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/page.h>
#include <memory/user_copy.h>

bool user_bring(struct address_space *space, vaddr address, u64 size, u32 access)
{
    if (address + size < address)
        return false;
    for (vaddr page = round_down(address, PAGE_SIZE); page < address + size; page += PAGE_SIZE) {
        retcode code;
        do {
            checkpoint();
            code = space_fault_preemptible(space, page, access);
        } while (code == PREEMPTED);
        if (code != rcOk)
            return false;
    }
    checkpoint();
    return true;
}

static u64 piece(u64 done, u64 size)
{
    return size - done < USER_COPY_AT_ONCE ? size - done : USER_COPY_AT_ONCE;
}

bool user_copy_in_steps(struct address_space *space, void *to, vaddr from, u64 size)
{
    u32 tries = 0;
    bool failed = size <= USER_COPY_AT_ONCE; /* it was tried */
    for (u64 done = 0; done < size;) {
        u64 some = piece(done, size);
        if (done != 0)
            checkpoint();
        if (likely(!failed && hal_copy_from_user((u8 *)to + done, from + done, some)))
            done += some, tries = 0;
        else if (tries++ == USER_COPY_TRIES || !user_bring(space, from + done, some, HAL_ACCESS_READ))
            return false;
        failed = false;
    }
    return true;
}

bool user_copy_out_steps(struct address_space *space, vaddr to, const void *from, u64 size)
{
    u32 tries = 0;
    bool failed = size <= USER_COPY_AT_ONCE; /* it was tried */
    for (u64 done = 0; done < size;) {
        u64 some = piece(done, size);
        if (done != 0)
            checkpoint();
        if (likely(!failed && hal_copy_to_user(to + done, (const u8 *)from + done, some)))
            done += some, tries = 0;
        else if (tries++ == USER_COPY_TRIES || !user_bring(space, to + done, some, HAL_ACCESS_WRITE))
            return false;
        failed = false;
    }
    return true;
}
