/* SPDX-License-Identifier: Apache-2.0 */
/* Makes of the plugin's file what people read: perf.data, a flame graph, a table of counters. */
#include <profiles/profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: perfcnt RAW KERNEL [-o PERF.DATA] [--flame SVG] [--folded FILE] [--stat] [--title TEXT] [FOLDER...]\n"
    "--folded: a line for each stack, WEIGHT FRAME;FRAME...; _[k]: in the kernel\n"
    "RAW: written by the plugin; KERNEL: the image's ELF file; FOLDER: where programs with symbols (*.sym) are.\n";

int main(int count, char **arguments)
{
    static struct profile profile;
    const char *data = NULL, *flame = NULL, *folded = NULL, *title = "";
    bool stat = false;
    int at = 3;
    for (; at < count && arguments[at][0] == '-'; at++) {
        if (strcmp(arguments[at], "--stat") == 0) {
            stat = true;
            continue;
        }
        const char **value = strcmp(arguments[at], "-o") == 0         ? &data
                             : strcmp(arguments[at], "--flame") == 0  ? &flame
                             : strcmp(arguments[at], "--folded") == 0 ? &folded
                             : strcmp(arguments[at], "--title") == 0  ? &title
                                                                      : NULL;
        if (value == NULL || at + 1 == count)
            break;
        *value = arguments[++at];
    }
    if (count < 3 || (at < count && arguments[at][0] == '-')) {
        fputs(usage, stderr);
        return 2;
    }
    if (!profile_read(&profile, arguments[1], arguments[2], arguments + at, count - at) ||
        (data != NULL && !perf_data_write(&profile, data)) || (flame != NULL && !flame_write(&profile, flame, title)) ||
        (folded != NULL && !folded_write(&profile, folded)))
        return 1;
    if (data != NULL)
        fprintf(stderr, "profile: %llu samples%s\n", (unsigned long long)profile.sample_count,
                profile.sample_count < 100 ? ", which are few: a smaller --period takes more" : "");
    if (stat)
        stat_print(&profile, title);
    return 0;
}
