/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <tools/trace/analyze.h>
#include <tools/trace/svg.h>

static const char *const doing_words[DOINGS] = {"runs", "ready", "in call", "serves nobody", "futex or lock", "sleeps"};

static double percent(uint64_t part, uint64_t whole)
{
    return whole != 0 ? (double)part * 100 / (double)whole : 0;
}

static uint64_t total(const struct thread_account *thread)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < DOINGS; i++)
        sum += thread->spent[i];
    return sum;
}

static void spread_head(FILE *out, const char *title)
{
    fprintf(out, "\n%-32s %12s %12s %12s %12s %12s\n", title, "count", "min ns", "p50 ns", "p99 ns", "max ns");
}

static void spread_row(FILE *out, const char *label, const struct spread *spread)
{
    if (spread->count != 0)
        fprintf(out, "%-32s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n", label,
                spread->count, spread->least, spread_part(spread, 0.5), spread_part(spread, 0.99), spread->greatest);
}

static void histogram_print(FILE *out, const struct spread *spread)
{
    for (unsigned power = 0; power < 60; power++) {
        uint64_t count = spread_power(spread, power);
        if (count == 0)
            continue;
        unsigned width = (unsigned)(percent(count, spread->count) / 2);
        fprintf(out, "  %12llu ns and more %12" PRIu64 " %.*s\n", 1ULL << power, count, (int)width,
                "##################################################");
    }
}

static void threads_print(const struct analysis *analysis, FILE *out)
{
    fprintf(out, "\n%-24s %10s", "threads, % of their time", "switches");
    for (unsigned i = 0; i < DOINGS; i++)
        fprintf(out, " %13s", doing_words[i]);
    fprintf(out, "\n");
    for (size_t sid = 0; sid < analysis->names.count; sid++) {
        const struct thread_account *thread = analysis->threads[sid];
        if (thread == NULL || total(thread) == 0)
            continue;
        fprintf(out, "%-24s %10" PRIu64, names_text(&analysis->names, sid), thread->switches);
        for (unsigned i = 0; i < DOINGS; i++)
            fprintf(out, " %13.2f", percent(thread->spent[i], total(thread)));
        fprintf(out, "\n");
    }
}

static void channels_print(const struct analysis *analysis, FILE *out)
{
    spread_head(out, "latency of calls by channel");
    for (size_t sid = 0; sid < analysis->names.count; sid++)
        if (analysis->channels[sid] != NULL) {
            spread_row(out, sid == 0 ? "other handles" : names_text(&analysis->names, sid), analysis->channels[sid]);
            histogram_print(out, analysis->channels[sid]);
        }
}

static void inversions_print(const struct analysis *analysis, FILE *out)
{
    spread_head(out, "runnable behind a less urgent one");
    spread_row(out, "all", &analysis->inversions);
    for (unsigned i = 0; i < INVERSIONS && analysis->worst[i].lasted != 0; i++) {
        const struct inversion *inversion = &analysis->worst[i];
        fprintf(out, "  %12" PRIu64 " ns at %" PRIu64 ".%09" PRIu64 ": %s waited while %s ran\n", inversion->lasted,
                inversion->begun / 1000000000U, inversion->begun % 1000000000U,
                names_text(&analysis->names, inversion->victim), names_text(&analysis->names, inversion->runs));
    }
}

void analysis_print(const struct analysis *analysis, FILE *out)
{
    static const char *const entries[] = {TRACE_ENTRIES}, *const verdicts[] = {TRACE_VERDICTS};
    uint64_t lasted = analysis->end - analysis->begin, count = 0;
    for (unsigned i = 0; i < TRACE_EVENT_COUNT; i++)
        count += analysis->events[i];
    fprintf(out, "%" PRIu64 " events in %.6f s, %" PRIu64 " dropped\n", count, (double)lasted / 1e9, analysis->dropped);
    fprintf(out, "\n%-24s %13s %13s\n", "CPU", "busy %", "switches");
    for (unsigned i = 0; i < analysis->cpu_count; i++) {
        const struct cpu_account *cpu = &analysis->cpus[i];
        fprintf(out, "%-24u %13.2f %13" PRIu64 "\n", i, percent(cpu->busy, cpu->busy + cpu->idle), cpu->switches);
    }
    threads_print(analysis, out);
    channels_print(analysis, out);
    inversions_print(analysis, out);
    spread_head(out, "in the kernel, by how it began");
    for (unsigned i = 0; i < ENTRIES; i++)
        spread_row(out, entries[i], &analysis->paths[i]);
    spread_head(out, "decisions off the fast path");
    for (unsigned i = 0; i < VERDICTS; i++)
        spread_row(out, verdicts[i], &analysis->decisions[i]);
    spread_head(out, "other");
    spread_row(out, "calls to the kernel", &analysis->core_calls);
    spread_row(out, "page faults", &analysis->page_faults);
    fprintf(out, "\n%-24s %13s\n", "event", "count");
    for (unsigned i = 0; i < TRACE_EVENT_COUNT; i++)
        if (analysis->events[i] != 0)
            fprintf(out, "%-24s %13" PRIu64 "\n", events[i].name, analysis->events[i]);
}

#define ROWS_MOST 200U

bool analysis_draw(const struct analysis *analysis, const char *folder)
{
    static struct svg_row rows[ROWS_MOST];
    static struct svg_histogram histograms[ROWS_MOST];
    static const char *const busy[] = {"busy"};
    char file[4200];
    size_t count = 0;
    for (unsigned i = 0; i < analysis->cpu_count; i++, count++) {
        const struct cpu_account *cpu = &analysis->cpus[i];
        (void)snprintf(rows[count].label, sizeof(rows[count].label), "CPU %u", i);
        rows[count].parts[0] = percent(cpu->busy, cpu->busy + cpu->idle) / 100;
    }
    (void)snprintf(file, sizeof(file), "%s/cpus.svg", folder);
    bool good = svg_bars(file, "CPU utilization", rows, count, busy, 1);
    count = 0;
    for (size_t sid = 0; sid < analysis->names.count && count < ROWS_MOST; sid++) {
        const struct thread_account *thread = analysis->threads[sid];
        if (thread == NULL || total(thread) == 0)
            continue;
        (void)snprintf(rows[count].label, sizeof(rows[count].label), "%s", names_text(&analysis->names, sid));
        for (unsigned i = 0; i < DOINGS; i++)
            rows[count].parts[i] = percent(thread->spent[i], total(thread)) / 100;
        count++;
    }
    (void)snprintf(file, sizeof(file), "%s/threads.svg", folder);
    good = svg_bars(file, "What threads do, by share of their time", rows, count, doing_words, DOINGS) && good;
    count = 0;
    for (size_t sid = 0; sid < analysis->names.count && count < ROWS_MOST; sid++)
        if (analysis->channels[sid] != NULL) {
            (void)snprintf(histograms[count].label, sizeof(histograms[count].label), "%s",
                           sid == 0 ? "other handles" : names_text(&analysis->names, sid));
            histograms[count++].spread = analysis->channels[sid];
        }
    (void)snprintf(file, sizeof(file), "%s/latency.svg", folder);
    return svg_histograms(file, "Latency of calls by channel", histograms, count) && good;
}
