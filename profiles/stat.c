/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of a whole run, in the style of perf stat. */
#include <profiles/profile.h>
#include <stdio.h>
#include <string.h>

static void number(char *text, uint64_t value)
{
    char digits[32];
    int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value), to = 0;
    for (int i = 0; i < length; i++) {
        if (i != 0 && (length - i) % 3 == 0)
            text[to++] = ',';
        text[to++] = digits[i];
    }
    text[to] = '\0';
}

static void line(const struct profile *profile, const char *name, const uint64_t *values, const char *remark)
{
    char text[48];
    uint64_t sum = 0;
    for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
        sum += values[cpu];
    number(text, sum);
    printf("%22s  %-22s", text, name);
    for (uint32_t cpu = 0; cpu < profile->cpu_count && profile->cpu_count > 1; cpu++) {
        number(text, values[cpu]);
        printf(" %17s", text);
    }
    printf("%s%s\n", *remark != '\0' ? "  # " : "", remark);
}

static uint64_t sum_of(const struct profile *profile, enum profile_event event, int mode)
{
    uint64_t sum = 0;
    for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
        sum += profile->cpus[cpu].counts[event][mode];
    return sum;
}

void stat_print(const struct profile *profile, const char *title)
{
    static const char *const names[PROFILE_EVENTS] = {"instructions", "loads", "stores", "blocks"};
    uint64_t values[RAW_CPUS_MAX], user = sum_of(profile, PROFILE_INSTRUCTIONS, 0),
                                   kernel = sum_of(profile, PROFILE_INSTRUCTIONS, 1), time = 0;
    printf("\n Performance counter stats for '%s':\n\n%22s  %-22s", title, "all CPUs", "");
    for (uint32_t cpu = 0; cpu < profile->cpu_count && profile->cpu_count > 1; cpu++)
        printf("             CPU %-1u", cpu);
    printf("\n");
    for (int event = 0; event < PROFILE_EVENTS; event++)
        for (int mode = 0; mode < 2; mode++) {
            char name[32], remark[64] = "";
            snprintf(name, sizeof(name), "%s:%c", names[event], mode == 0 ? 'u' : 'k');
            for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
                values[cpu] = profile->cpus[cpu].counts[event][mode];
            if (event == PROFILE_INSTRUCTIONS && user + kernel != 0)
                snprintf(remark, sizeof(remark), "%.1f %%",
                         100.0 * (double)(mode == 0 ? user : kernel) / (double)(user + kernel));
            line(profile, name, values, remark);
        }
#define FUNCTION_NAME(symbol, name, what) name,
    static const char *const functions[] = {RAW_FUNCTIONS(FUNCTION_NAME)};
#undef FUNCTION_NAME
    for (int i = 0; i < RAW_FUNCTION_COUNT; i++) {
        for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
            values[cpu] = profile->cpus[cpu].functions[i];
        line(profile, functions[i], values, "");
    }
#define EVENT_NAME(enumerator, name, what) name,
    static const char *const events[] = {KOS_EVENTS(EVENT_NAME)};
#undef EVENT_NAME
    for (int i = 0; i < KOS_COUNT_SWITCH; i++) { /* those that are always counted */
        for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
            values[cpu] = profile->cpus[cpu].events[i];
        line(profile, events[i], values, "");
    }
    for (uint32_t cpu = 0; cpu < profile->cpu_count; cpu++)
        time = profile->cpus[cpu].time > time ? profile->cpus[cpu].time : time;
    printf("\n%22.3f  seconds of this machine's time, emulation included\n\n", (double)time / 1e9);
}
