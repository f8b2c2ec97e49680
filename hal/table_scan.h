/* SPDX-License-Identifier: Apache-2.0 */
/* For ports: looking for the tables of a space that goes. */
#pragma once
#include <hal/base.h>

#define TABLE_GROUP      16U /* entries that are looked at together */
#define TABLE_GROUP_SEEN 4U  /* what they count then: 30 to 45 instructions, as four single ones */

/* The first entry from index on that is not empty, or end; *seen grows by what was looked at, to `limit` or little
 * more, where the place reached is returned. Nobody changes the table meanwhile. */
static inline u64 table_skip_empty(const u64 *table, u64 index, u64 end, u32 *seen, u32 limit)
{
    while (*seen < limit && index < end) {
        const u64 *at = &table[index];
        if (index % TABLE_GROUP == 0 && end - index >= TABLE_GROUP &&
            (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7] | at[8] | at[9] | at[10] | at[11] | at[12] |
             at[13] | at[14] | at[15]) == 0) {
            index += TABLE_GROUP;
            *seen += TABLE_GROUP_SEEN;
        } else if (*at == 0) {
            index++;
            ++*seen;
        } else
            break;
    }
    return index;
}
