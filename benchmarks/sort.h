/* SPDX-License-Identifier: Apache-2.0 */
/* Samples in order, in place; no memory, no recursion (Shell). */
#pragma once

static void sort_values(unsigned *values, unsigned count)
{
    for (unsigned gap = count / 2; gap > 0; gap /= 2)
        for (unsigned i = gap; i < count; i++) {
            unsigned value = values[i], at = i;
            for (; at >= gap && values[at - gap] > value; at -= gap)
                values[at] = values[at - gap];
            values[at] = value;
        }
}
