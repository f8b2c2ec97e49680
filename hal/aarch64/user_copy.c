/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds of user memory; the copies themselves are in user_copy.S. */
#include "port.h"

static bool inside(vaddr address, size_t size)
{
    return address >= KOS_USER_BASE && address < KOS_USER_LIMIT && size <= KOS_USER_LIMIT - address;
}

bool hal_copy_from_user(void *to, vaddr from, size_t size)
{
    return size == 0 || (inside(from, size) && hal_user_copy_in(to, from, size));
}

bool hal_copy_to_user(vaddr to, const void *from, size_t size)
{
    return size == 0 || (inside(to, size) && hal_user_copy_out(to, from, size));
}

bool hal_load_user_32(void *to, vaddr from)
{
    return (from & 7) == 0 && inside(from, 32) && hal_user_load_32(to, from);
}

bool hal_load_user_u32(u32 *value, vaddr from)
{
    return (from & 3) == 0 && inside(from, sizeof(u32)) && hal_user_load(value, from);
}
