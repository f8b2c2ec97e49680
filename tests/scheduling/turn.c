/* SPDX-License-Identifier: Apache-2.0 */
/* Standard threads take turns also when a real-time thread comes between again and again. */
#include <tests/patience.h>
#include <tests/scheduling/scheduling.h>

#define CHANGES 8U

static unsigned counts[2];

void turn_tests(void)
{
    Handle threads[2];
    unsigned seen[2], changes = 0, last = 2;
    for (unsigned i = 0; i < 2; i++)
        threads[i] = start(STANDARD(0), 0, spin, &counts[i]);
    for (unsigned ms = 0; ms < PATIENCE_MS && changes < CHANGES; ms++) {
        for (unsigned i = 0; i < 2; i++)
            seen[i] = __atomic_load_n(&counts[i], __ATOMIC_RELAXED);
        (void)KnSleep(1);
        for (unsigned i = 0; i < 2; i++)
            if (i != last && __atomic_load_n(&counts[i], __ATOMIC_RELAXED) != seen[i]) {
                changes++;
                last = i;
                break;
            }
    }
    expect("turn/both_in_turn", changes, CHANGES);
    for (unsigned i = 0; i < 2; i++)
        finish(threads[i]);
}
