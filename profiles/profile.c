/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <hal/x86_64/include/arch/layout.h>
#include <profiles/profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool profile_written(FILE *out, const char *path)
{
    bool good = ferror(out) == 0;
    if (fclose(out) == 0 && good)
        return true;
    fprintf(stderr, "kos: cannot write all of %s: %s\n", path, strerror(errno));
    return false;
}

/* ---- programs ---- */

static struct elf_file **programs;
static size_t program_count;

static void programs_find(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char *path;
        struct stat status;
        if (entry->d_name[0] == '.' || asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
            continue;
        size_t length = strlen(path);
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            programs_find(path);
        } else if (length > 4 && strcmp(path + length - 4, ".sym") == 0) {
            struct elf_file *elf = malloc(sizeof(*elf));
            void *more = realloc(programs, (program_count + 1) * sizeof(struct elf_file *));
            if (elf == NULL || more == NULL)
                abort();
            programs = more;
            if (elf_open(elf, path))
                programs[program_count++] = elf;
        }
        free(path);
    }
    if (directory != NULL)
        closedir(directory);
}

/* The program whose bytes the kernel has at `address`: with symbols, if there is a file of the same build. */
static struct elf_file *program_at(const struct profile *profile, uint64_t address)
{
    struct elf_file stripped;
    size_t left;
    unsigned char *bytes = elf_at(&profile->kernel, address, &left);
    if (bytes == NULL || !elf_take(&stripped, bytes, left))
        return NULL;
    for (size_t i = 0; i < program_count; i++)
        if (elf_same_build(programs[i], &stripped))
            return programs[i];
    return NULL;
}

/* ---- the plugin's file ---- */

static const struct raw_record *record_next(const struct profile *profile, size_t *at)
{
    if (profile->raw_size - *at < sizeof(struct raw_record))
        return NULL;
    const struct raw_record *record = (const void *)(profile->raw + *at);
    if ((profile->raw_size - *at - sizeof(*record)) / 8 < record->count)
        return NULL;
    *at += sizeof(*record) + 8ULL * record->count;
    return record;
}

static const uint64_t *words_of(const struct raw_record *record)
{
    return (const void *)(record + 1);
}

static void task_add(struct profile *profile, const struct raw_record *record)
{
    struct profile_task *tasks = realloc(profile->tasks, (profile->task_count + 1) * sizeof(*tasks));
    if (tasks == NULL)
        abort();
    profile->tasks = tasks;
    struct profile_task *task = &tasks[profile->task_count++];
    *task = (struct profile_task){.id = record->task, .since = record->time, .image_base = words_of(record)[0]};
    task->program = program_at(profile, words_of(record)[1]);
    memcpy(task->name, words_of(record) + 2, RAW_NAME_SIZE - 1);
    if (task->program == NULL)
        fprintf(stderr, "perfcnt: no symbols of task %s\n", task->name);
}

static void cpu_ended(struct profile *profile, const struct raw_record *record)
{
    struct profile_cpu *cpu = &profile->cpus[record->cpu % RAW_CPUS_MAX];
    cpu->seen = true;
    cpu->time = record->time;
    memcpy(cpu->counts, words_of(record), sizeof(cpu->counts));
    memcpy(cpu->events, words_of(record) + 2 * PROFILE_EVENTS, sizeof(cpu->events));
    cpu->events[KOS_COUNT_IPI] = cpu->events[KOS_COUNT_INTERRUPT] - cpu->events[KOS_COUNT_TIMER];
    cpu->events[KOS_COUNT_EXCEPTION] += cpu->events[KOS_COUNT_FAULT];
    memcpy(cpu->functions, words_of(record) + 2 * PROFILE_EVENTS + KOS_EVENT_COUNTERS, sizeof(cpu->functions));
}

bool profile_read(struct profile *profile, const char *raw, const char *kernel, char **folders, int folder_count)
{
    FILE *in = fopen(raw, "rb");
    unsigned char *bytes = NULL;
    if (!elf_open(&profile->kernel, kernel)) {
        fprintf(stderr, "perfcnt: %s is no ELF file\n", kernel);
        return false;
    }
    if (in != NULL && fseek(in, 0, SEEK_END) == 0) {
        long size = ftell(in);
        rewind(in);
        bytes = malloc((size_t)size + 1);
        profile->raw_size = bytes == NULL ? 0 : fread(bytes, 1, (size_t)size, in);
    }
    profile->raw = bytes;
    size_t at = 0;
    const struct raw_record *record = bytes == NULL ? NULL : record_next(profile, &at);
    if (record == NULL || record->kind != RAW_BEGIN || words_of(record)[0] != RAW_MAGIC) {
        fprintf(stderr, "perfcnt: %s: not written by the sampler\n", raw);
        return false;
    }
    fclose(in);
    profile->machine = (uint32_t)words_of(record)[1];
    profile->period = words_of(record)[2];
    profile->cpu_count = (uint32_t)words_of(record)[3];
    profile->event = (enum profile_event)words_of(record)[4];
    for (int i = 0; i < folder_count; i++)
        programs_find(folders[i]);
    while ((record = record_next(profile, &at)) != NULL) {
        if (record->kind == RAW_TASK)
            task_add(profile, record);
        else if (record->kind == RAW_SAMPLE)
            profile->sample_count++;
        else if (record->kind == RAW_CPU_END)
            cpu_ended(profile, record);
    }
    return true;
}

struct profile_task *profile_task(const struct profile *profile, uint32_t id)
{
    for (size_t i = 0; i < profile->task_count; i++)
        if (profile->tasks[i].id == id)
            return &profile->tasks[i];
    return NULL;
}

const char *profile_function(struct profile *profile, const struct profile_task *task, uint64_t address,
                             uint64_t *start)
{
    bool kernel = (address & RAW_KERNEL_HALF) != 0;
    struct elf_file *elf = kernel ? &profile->kernel : task != NULL ? task->program : NULL;
    uint64_t base = kernel || task == NULL ? 0 : task->image_base;
    const struct elf_symbol *symbol = elf == NULL ? NULL : elf_symbol(elf, address - base);
    *start = symbol == NULL ? 0 : symbol->address + base;
    return symbol == NULL ? NULL : symbol->name;
}

/* On x86_64 each CPU enters the kernel through a copy of its own of hal_entry_stub: which is what that means. */
static uint64_t original(struct profile *profile, uint64_t pc)
{
    static uint64_t stub;
    if (profile->machine != EM_X86_64 || pc - HAL_CPU_BLOCKS >= (uint64_t)RAW_CPUS_MAX * HAL_CPU_BLOCK_SIZE ||
        (pc & (HAL_CPU_BLOCK_SIZE - 1) & ~UINT64_C(0xfff)) != HAL_BLOCK_CODE)
        return pc;
    if (stub == 0)
        stub = elf_address(&profile->kernel, "hal_entry_stub");
    return stub == 0 ? pc : stub + (pc & 0xfff);
}

void profile_samples(struct profile *profile, void (*take)(const struct profile_sample *, void *), void *context)
{
    size_t at = 0;
    const struct raw_record *record;
    while ((record = record_next(profile, &at)) != NULL) {
        if (record->kind != RAW_SAMPLE || record->count < 3)
            continue;
        const uint64_t *words = words_of(record);
        struct profile_sample sample = {.record = record, .pc = original(profile, words[0])};
        uint64_t start;
        /* before a function has made its frame, the chain begins with its caller's caller */
        if (words[2] != 0 && profile_function(profile, profile_task(profile, record->task), words[1], &start) != NULL &&
            start == words[1])
            sample.chain[sample.depth++] = words[2];
        for (uint32_t i = 3; i < record->count && sample.depth <= RAW_CHAIN_MAX; i++)
            sample.chain[sample.depth++] = words[i];
        take(&sample, context);
    }
}
