/* SPDX-License-Identifier: Apache-2.0 */
#include <tools/trace/trace.h>
int trace_analyze(const char *folder, FILE *out)
{
    (void)folder;
    (void)out;
    return 2;
}
