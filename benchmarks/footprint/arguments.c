/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/footprint/arguments.h>
#include <benchmarks/footprint/symbols.h>
#include <string.h>

bool text_begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool arguments_take(int count, char **arguments, FILE **out)
{
    *out = stderr;
    for (int i = 0; i < count; i++) {
        if (text_begins(arguments[i], "kernel=")) {
            if (!symbols_read(arguments[i] + strlen("kernel=")))
                return false;
        } else if (text_begins(arguments[i], "out=")) {
            *out = fopen(arguments[i] + strlen("out="), "w");
            if (*out == NULL) {
                fprintf(stderr, "footprint: cannot write %s\n", arguments[i] + strlen("out="));
                return false;
            }
        } else {
            fprintf(stderr, "footprint: unknown argument %s\n", arguments[i]);
            return false;
        }
    }
    return true;
}
