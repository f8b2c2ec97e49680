/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of tracing: ./kos trace calls it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tools/trace/trace.h>

static int usage(void)
{
    fprintf(stderr,
            "usage: trace record --memory FILE --size BYTES --arch NAME [--for SECONDS] [--keep] -o DIR -- COMMAND...\n"
            "       trace memory FILE --arch NAME -o DIR\n"
            "       trace text|perfetto|analyze DIR\n"
            "       trace raw DIR MACHINE CPUS PERIOD    samples, for build/host/perfcnt\n"
            "       trace events LIST      the mask of those events, in hexadecimal\n"
            "       trace document         docs/tracepoints.md\n");
    return 2;
}

static int record(int count, char **words)
{
    struct record_options options = {.architecture = "?"};
    int at = 0;
    for (; at < count && strcmp(words[at], "--") != 0; at++) {
        bool more = at + 1 < count;
        if (strcmp(words[at], "--keep") == 0)
            options.keep = true;
        else if (more && strcmp(words[at], "--memory") == 0)
            options.memory = words[++at];
        else if (more && strcmp(words[at], "--size") == 0)
            options.size = strtoull(words[++at], NULL, 0);
        else if (more && strcmp(words[at], "--arch") == 0)
            options.architecture = words[++at];
        else if (more && strcmp(words[at], "--for") == 0)
            options.seconds = strtod(words[++at], NULL);
        else if (more && strcmp(words[at], "-o") == 0)
            options.folder = words[++at];
        else
            return usage();
    }
    if (at + 1 >= count || options.memory == NULL || options.folder == NULL || options.size == 0)
        return usage();
    return trace_record(&options, words + at + 1);
}

static int mask(const char *list)
{
    uint64_t found;
    char wrong[64];
    if (!events_mask(list, &found, wrong, sizeof(wrong))) {
        fprintf(stderr, "kos: trace: there is no event or group '%s' (docs/tracepoints.md has them)\n", wrong);
        return 2;
    }
    uint64_t life;
    (void)events_mask("life", &life, wrong, sizeof(wrong));
    printf("%llx\n", (unsigned long long)(found | life));
    return 0;
}

static int act(const char *action, int count, char **words)
{
    if (strcmp(action, "record") == 0)
        return record(count - 2, words + 2);
    if (strcmp(action, "memory") == 0 && count == 7 && strcmp(words[3], "--arch") == 0 && strcmp(words[5], "-o") == 0)
        return trace_memory(words[2], words[6], words[4]);
    if (strcmp(action, "events") == 0 && count == 3)
        return mask(words[2]);
    if (strcmp(action, "document") == 0 && count == 2) {
        document_write(stdout);
        return 0;
    }
    if (strcmp(action, "raw") == 0 && count == 6)
        return trace_raw(words[2], (uint32_t)strtoul(words[3], NULL, 10), (uint32_t)strtoul(words[4], NULL, 10),
                         strtoull(words[5], NULL, 10), stdout);
    if (count != 3)
        return usage();
    if (strcmp(action, "text") == 0)
        return trace_text(words[2], stdout);
    if (strcmp(action, "perfetto") == 0)
        return trace_perfetto(words[2], stdout);
    if (strcmp(action, "analyze") == 0)
        return trace_analyze(words[2], stdout);
    return usage();
}

int main(int count, char **words)
{
    int status = act(count > 1 ? words[1] : "", count, words);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fprintf(stderr, "kos: trace: cannot write it all: %s\n", strerror(errno));
        return 2;
    }
    return status;
}
