/* SPDX-License-Identifier: Apache-2.0 */
/* cpus: 2, or 0-3, or a list of these, or all. scheduler: class and priority, or budget and period (and deadline). */
#include <abi/limits.h>
#include <sched/reservation.h>
#include <string.h>
#include <tools/einit/solution.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Decimal digits up to a limit; moves *text behind them. */
static bool read_number(const char **text, uint64_t limit, uint64_t *number)
{
    const char *from = *text;
    *number = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        *number = *number * 10 + (uint64_t)(**text - '0');
        if (*number > limit)
            return false;
    }
    return *text != from;
}

/* ---- cpus ---- */

static void read_cpu(struct document *document, void *to, yaml_node_t *value, struct location at)
{
    struct entity *entity = to;
    struct name word;
    uint64_t first, last;
    (void)at;
    if (!document_text(document, value, "a CPU", &word))
        return;
    const char *text = word.text;
    bool good = read_number(&text, KOS_CPUS_MAX - 1, &first);
    last = first;
    if (good && *text == '-') {
        text++;
        good = read_number(&text, KOS_CPUS_MAX - 1, &last) && last >= first;
    }
    if (good && *text == '\0') {
        for (uint64_t cpu = first; cpu <= last; cpu++)
            entity->cpus |= 1ULL << cpu;
        return;
    }
    diagnostic_error(document->diagnostics, word.at,
                     "'%s' is no CPU; expected a number from 0 to %u, or a range such as 0-3", word.text,
                     KOS_CPUS_MAX - 1);
}

void read_cpus(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct entity *entity = to;
    unsigned errors = document->diagnostics->errors;
    entity->cpus_at = key;
    if (value->type == YAML_SCALAR_NODE && !document_is_null(value))
        read_cpu(document, to, value, key);
    else
        document_sequence(document, value, "CPUs", read_cpu, to);
    if (entity->cpus == 0 && document->diagnostics->errors == errors)
        diagnostic_error(document->diagnostics, key, "a process needs a CPU to run on");
}

/* ---- scheduler ---- */

static void read_class(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    static const char *const words[] = {"standard", "fifo", "round-robin", nullptr};
    struct scheduler *scheduler = to;
    scheduler->class_at = key;
    int word = document_choice(document, value, "a scheduling class", words);
    if (word >= 0)
        scheduler->class = (enum scheduling_class)word;
}

static void read_priority(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct scheduler *scheduler = to;
    struct name word;
    uint64_t number;
    scheduler->priority_at = key;
    if (!document_text(document, value, "a priority", &word))
        return;
    const char *text = word.text;
    if (read_number(&text, KOS_PRIORITY_REAL_TIME_MAX, &number) && *text == '\0') {
        scheduler->priority = (unsigned)number;
        scheduler->priority_at = word.at;
    } else {
        diagnostic_error(document->diagnostics, word.at, "'%s' is no priority; expected a number from 0 to %u",
                         word.text, KOS_PRIORITY_REAL_TIME_MAX);
    }
}

/* "2ms" in ns; 0 after an error. */
static uint64_t read_time(struct document *document, const yaml_node_t *value)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    struct name word;
    uint64_t number;
    if (!document_text(document, value, "a time", &word))
        return 0;
    const char *text = word.text;
    if (read_number(&text, RESERVATION_PERIOD_MAX, &number) && number != 0) {
        while (*text == ' ')
            text++;
        for (unsigned i = 0; i < COUNT(units); i++)
            if (strcmp(text, units[i].name) == 0)
                return number * units[i].ns;
    }
    diagnostic_error(document->diagnostics, word.at,
                     "'%s' is no time; expected a whole number and a unit: ns, us, ms or s", word.text);
    return 0;
}

static void read_budget(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct scheduler *scheduler = to;
    scheduler->budget_at = key;
    scheduler->budget = read_time(document, value);
}

static void read_period(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct scheduler *scheduler = to;
    scheduler->period_at = key;
    scheduler->period = read_time(document, value);
}

static void read_deadline(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    struct scheduler *scheduler = to;
    scheduler->deadline_at = key;
    scheduler->deadline = read_time(document, value);
}

static void check_priority(struct diagnostics *diagnostics, const struct scheduler *scheduler)
{
    if (scheduler->priority_at.source == nullptr)
        diagnostic_error(diagnostics, scheduler->at, "a scheduler needs 'priority', or 'budget' and 'period'");
    else if (scheduler->class == CLASS_STANDARD && scheduler->priority > KOS_PRIORITY_STANDARD_MAX)
        diagnostic_error(diagnostics, scheduler->priority_at, "priorities of class standard end at %u",
                         KOS_PRIORITY_STANDARD_MAX);
}

static void check_reservation(struct diagnostics *diagnostics, const struct scheduler *scheduler)
{
    if (scheduler->class_at.source != nullptr || scheduler->priority_at.source != nullptr) {
        diagnostic_error(diagnostics,
                         scheduler->class_at.source != nullptr ? scheduler->class_at : scheduler->priority_at,
                         "a reservation has 'budget' and 'period' and no class or priority");
        return;
    }
    if (scheduler->budget_at.source == nullptr || scheduler->period_at.source == nullptr) {
        diagnostic_error(diagnostics, scheduler->at, "a reservation needs both 'budget' and 'period'");
        return;
    }
    if (scheduler->budget < RESERVATION_BUDGET_MIN)
        diagnostic_error(diagnostics, scheduler->budget_at, "a budget is 1us or more");
    if (scheduler->period > RESERVATION_PERIOD_MAX)
        diagnostic_error(diagnostics, scheduler->period_at, "a period is 10s or less");
    if (scheduler->deadline > scheduler->period)
        diagnostic_error(diagnostics, scheduler->deadline_at, "the deadline is after the period's end");
    else if (scheduler->budget > scheduler->deadline)
        diagnostic_error(diagnostics, scheduler->budget_at, "the budget is longer than the %s",
                         scheduler->deadline_at.source != nullptr ? "deadline" : "period");
}

void read_scheduler(struct document *document, void *to, yaml_node_t *value, struct location key)
{
    static const struct field fields[] = {{"class", read_class},
                                          {"priority", read_priority},
                                          {"budget", read_budget},
                                          {"period", read_period},
                                          {"deadline", read_deadline}};
    struct entity *entity = to;
    struct scheduler *scheduler = &entity->scheduler;
    unsigned errors = document->diagnostics->errors;
    scheduler->at = key;
    document_mapping(document, value, "a scheduler", fields, COUNT(fields), scheduler);
    bool reserves = scheduler->budget_at.source != nullptr || scheduler->period_at.source != nullptr ||
                    scheduler->deadline_at.source != nullptr;
    if (scheduler->deadline_at.source == nullptr)
        scheduler->deadline = scheduler->period;
    if (document->diagnostics->errors == errors && reserves)
        check_reservation(document->diagnostics, scheduler);
    else if (document->diagnostics->errors == errors)
        check_priority(document->diagnostics, scheduler);
    if (document->diagnostics->errors != errors)
        *scheduler = (struct scheduler){0}; /* nothing more about it */
}

/* ---- all processes together ---- */

static uint64_t bandwidth(const struct scheduler *scheduler)
{
    return (scheduler->budget * RESERVATION_UNIT + scheduler->deadline - 1) / scheduler->deadline;
}

/* A reservation is time of one CPU: the one that is named, or that on which Einit runs, the first. */
void scheduler_check(struct diagnostics *diagnostics, const struct solution *solution)
{
    uint64_t taken[KOS_CPUS_MAX] = {0};
    for (const struct entity *entity = solution->entities; entity != nullptr; entity = entity->next) {
        const struct scheduler *scheduler = &entity->scheduler;
        if (scheduler->budget == 0)
            continue;
        if ((entity->cpus & (entity->cpus - 1)) != 0) {
            diagnostic_error(diagnostics, entity->cpus_at, "a reservation is time of one CPU; expected one");
            diagnostic_note(diagnostics, scheduler->at, "the reservation is here");
            continue;
        }
        unsigned cpu = entity->cpus != 0 ? (unsigned)__builtin_ctzll(entity->cpus) : 0;
        taken[cpu] += bandwidth(scheduler);
        const uint32_t limit = RESERVATION_LIMIT;
        uint64_t tenths = (taken[cpu] * 1000 + RESERVATION_UNIT - 1) / RESERVATION_UNIT; /* up: never "97.0 of 97" */
        if (taken[cpu] > limit)
            diagnostic_error(diagnostics, scheduler->at,
                             "CPU %u is over-committed: the reservations up to this one take %llu.%llu per "
                             "cent of it; 97 can be given",
                             cpu, (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
    }
}
