/* SPDX-License-Identifier: Apache-2.0 */
#include <plog/plog.h>
#include <stdio.h>
void plog(int level, const char *program, const char *fmt, ...)
{
    if (level > PLOG_LEVEL)
        return;
    char line[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    fprintf(stderr, "[%s] %s\n", program, line);
}
