/* SPDX-License-Identifier: Apache-2.0 */
#include <kos/trace.h>
#include <stdio.h>
#include <string.h>

void KosTrace(int level, const char *subsystem, const char *format, ...)
{
    static const char *const names[] = {"FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
    char text[512];
    int used = snprintf(text, sizeof(text) - 1, "[%s][%s] ",
                        level >= 0 && level <= KOS_TRACE_TRACE ? names[level] : "?", subsystem);
    size_t at = (size_t)used < sizeof(text) - 2 ? (size_t)used : sizeof(text) - 2;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + at, sizeof(text) - 1 - at, format, arguments);
    va_end(arguments);
    at = strlen(text);
    text[at] = '\n';
    text[at + 1] = '\0';
    (void)fputs(text, stderr); /* a line in one piece */
}
