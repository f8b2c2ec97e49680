/* SPDX-License-Identifier: Apache-2.0 */
#include <memory/page.h>
#include <memory/user_copy.h>

bool user_bring(struct address_space *space, vaddr address, u64 size, u32 access)
{
    if (address + size < address)
        return false;
    for (vaddr page = round_down(address, PAGE_SIZE); page < address + size; page += PAGE_SIZE) {
        if (space_device_there(space, page, access))
            return false;
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

/* user_copy_in_steps, user_copy_out_steps. */
static bool copy_steps(struct address_space *space, u8 *kernel, vaddr user, u64 size, u32 access)
{
    u32 tries = 0;
    bool failed = size <= USER_COPY_AT_ONCE; /* it was tried */
    for (u64 done = 0; done < size;) {
        u64 some = piece(done, size);
        if (done != 0)
            checkpoint();
        if (likely(!failed && (access == HAL_ACCESS_READ ? hal_copy_from_user(kernel + done, user + done, some)
                                                         : hal_copy_to_user(user + done, kernel + done, some))))
            done += some, tries = 0;
        else if (tries++ == USER_COPY_TRIES || !user_bring(space, user + done, some, access))
            return false;
        failed = false;
    }
    return true;
}

bool user_copy_in_steps(struct address_space *space, void *to, vaddr from, u64 size)
{
    return copy_steps(space, to, from, size, HAL_ACCESS_READ);
}

bool user_copy_out_steps(struct address_space *space, vaddr to, const void *from, u64 size)
{
    return copy_steps(space, (u8 *)(uintptr_t)from, to, size, HAL_ACCESS_WRITE); /* only read */
}
