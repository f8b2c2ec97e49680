/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perf.data, as Linux's perf reads it. Source: perf's documentation
 * (tools/perf/Documentation/perf.data-file-format.txt) and perf_event_open(2).
 *
 *   header | attribute and its id | records | table of sections, one per feature bit | the sections
 */
#include <profiles/profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "PERFILE2"

struct section {
    uint64_t offset, size;
};

struct header {
    char magic[8];
    uint64_t size, attribute_size;
    struct section attributes, data, event_types;
    uint64_t features[4];
};

struct attribute { /* perf_event_attr, version 5 */
    uint32_t type, size;
    uint64_t config, sample_period, sample_type, read_format, flags;
    uint32_t wakeup_events, bp_type;
    uint64_t config1, config2, branch_sample_type, sample_regs_user;
    uint32_t sample_stack_user, clockid;
    uint64_t sample_regs_intr;
    uint32_t aux_watermark, sample_max_stack;
};
static_assert(sizeof(struct attribute) == 112, "PERF_ATTR_SIZE_VER5");

enum { SAMPLE_IP = 1, SAMPLE_TID = 2, SAMPLE_TIME = 4, SAMPLE_CALLCHAIN = 32, SAMPLE_CPU = 128, SAMPLE_PERIOD = 256 };
#define FLAG_MMAP          (1ULL << 8)
#define FLAG_COMM          (1ULL << 9)
#define FLAG_TASK          (1ULL << 13)
#define FLAG_SAMPLE_ID_ALL (1ULL << 18)
#define FLAG_EXCLUDE_GUEST (1ULL << 20) /* as perf sets it: no modifier behind the event's name */
#define FLAG_MMAP2         (1ULL << 23)
#define FLAG_COMM_EXEC     (1ULL << 24)

enum { RECORD_COMM = 3, RECORD_SAMPLE = 9, RECORD_MMAP2 = 10, RECORD_BUILD_ID = 67 };
#define MISC_KERNEL        1U
#define MISC_USER          2U
#define MISC_MMAP_BUILD_ID (1U << 14)
#define MISC_BUILD_ID_SIZE (1U << 15)

#define CONTEXT_KERNEL ((uint64_t)-128)
#define CONTEXT_USER   ((uint64_t)-512)

enum { FEATURE_BUILD_ID = 2, FEATURE_HOSTNAME, FEATURE_OSRELEASE, FEATURE_VERSION, FEATURE_NRCPUS = 7 };

/* A record that grows. */
struct record {
    uint64_t words[8192];
    size_t size; /* bytes */
};

static void put(struct record *record, const void *bytes, size_t size)
{
    if (size <= sizeof(record->words) - record->size) {
        memcpy((char *)record->words + record->size, bytes, size);
        record->size += size;
    }
}

static void put32(struct record *record, uint32_t value)
{
    put(record, &value, sizeof(value));
}

static void put64(struct record *record, uint64_t value)
{
    put(record, &value, sizeof(value));
}

/* With its NUL, and filled up to a multiple of eight bytes. */
static void put_string(struct record *record, const char *text)
{
    static const char zeros[8];
    size_t length = strlen(text) + 1;
    put(record, text, length);
    put(record, zeros, (8 - length % 8) % 8);
}

static void begin(struct record *record, uint32_t type, uint32_t misc)
{
    record->size = 0;
    put32(record, type);
    put32(record, misc & 0xffff); /* misc, size: u16 each */
}

static void end(struct record *record, FILE *out)
{
    record->words[0] = (record->words[0] & 0xffffffffffffULL) | (uint64_t)record->size << 48;
    fwrite(record->words, 1, record->size, out);
}

/* What ends every record that is no sample. */
static void put_id(struct record *record, uint32_t task, uint64_t time)
{
    put32(record, task);
    put32(record, task);
    put64(record, time);
    put64(record, 0); /* CPU */
}

/* Without a Linux kernel perf warns that it could not read its symbols: an empty one, where nothing ever is. */
static void write_no_linux(FILE *out)
{
    static struct record record;
    begin(&record, RECORD_MMAP2, MISC_KERNEL);
    put32(&record, ~0U);
    put32(&record, 0);
    put64(&record, 0xffffffffffff0000);
    put64(&record, 4096);
    for (int i = 0; i < 5; i++) /* offset, and what a file would be known by, and its access */
        put64(&record, 0);
    put_string(&record, "[kernel.kallsyms]_text");
    put_id(&record, 0, 0);
    end(&record, out);
}

static void write_name(FILE *out, uint32_t task, uint32_t thread, const char *name, uint64_t time)
{
    static struct record record;
    begin(&record, RECORD_COMM, 0);
    put32(&record, task);
    put32(&record, thread);
    put_string(&record, name);
    put_id(&record, task, time);
    end(&record, out);
}

/* The code of a file, as it is mapped from base on in a task, or for the kernel (id ~0). */
static void write_mappings(FILE *out, const struct elf_file *elf, uint32_t misc, uint32_t id, uint64_t base,
                           uint64_t time)
{
    static struct record record;
    for (unsigned i = 0; elf != NULL && i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_X) == 0)
            continue;
        uint64_t skew = segment->p_vaddr & 0xfff;
        begin(&record, RECORD_MMAP2, misc | (elf->build_id_size != 0 ? MISC_MMAP_BUILD_ID : 0));
        put32(&record, id);
        put32(&record, id == ~0U ? 0 : id);
        put64(&record, base + segment->p_vaddr - skew);
        put64(&record, segment->p_memsz + skew);
        put64(&record, segment->p_offset - skew);
        put32(&record, elf->build_id_size); /* u8, and 24 bits of nothing */
        put(&record, elf->build_id, BUILD_ID_SIZE);
        put32(&record, 5); /* read, execute */
        put32(&record, 2); /* private */
        put_string(&record, elf->path);
        put_id(&record, id == ~0U ? 0 : id, time);
        end(&record, out);
    }
}

static void write_task(FILE *out, const struct profile_task *task)
{
    write_name(out, task->id, task->id, task->name, task->since);
    write_mappings(out, task->program, MISC_USER, task->id, task->image_base, task->since);
}

struct writing {
    struct profile *profile;
    FILE *out;
    size_t tasks_written;
    struct {
        uint32_t task, thread;
    } *named; /* threads that have their task's name */
    size_t named_count;
};

static void name_thread(struct writing *writing, const struct raw_record *record)
{
    for (size_t i = writing->named_count; i > 0; i--)
        if (writing->named[i - 1].thread == record->thread)
            return;
    const struct profile_task *task = profile_task(writing->profile, record->task);
    void *more = task == NULL ? NULL : realloc(writing->named, (writing->named_count + 1) * sizeof(*writing->named));
    if (more == NULL)
        return;
    writing->named = more;
    writing->named[writing->named_count].task = record->task;
    writing->named[writing->named_count++].thread = record->thread;
    write_name(writing->out, record->task, record->thread, task->name, record->time);
}

static void write_sample(const struct profile_sample *sample, void *context)
{
    static struct record record;
    struct writing *writing = context;
    const struct raw_record *raw = sample->record;
    while (writing->tasks_written < writing->profile->task_count &&
           writing->profile->tasks[writing->tasks_written].since <= raw->time)
        write_task(writing->out, &writing->profile->tasks[writing->tasks_written++]);
    if (!raw->idle)
        name_thread(writing, raw);
    bool kernel = (sample->pc & RAW_KERNEL_HALF) != 0;
    begin(&record, RECORD_SAMPLE, kernel ? MISC_KERNEL : MISC_USER);
    put64(&record, sample->pc);
    put32(&record, raw->idle ? 0 : raw->task);
    put32(&record, raw->idle ? 0 : raw->thread);
    put64(&record, raw->time);
    put64(&record, raw->cpu);
    put64(&record, raw->weight);
    size_t count_at = record.size / 8;
    uint64_t count = 2;
    put64(&record, 0);
    put64(&record, kernel ? CONTEXT_KERNEL : CONTEXT_USER);
    put64(&record, sample->pc);
    for (uint32_t i = 0; i < sample->depth; i++) {
        bool here = (sample->chain[i] & RAW_KERNEL_HALF) != 0;
        if (here != kernel) {
            put64(&record, here ? CONTEXT_KERNEL : CONTEXT_USER);
            count++;
            kernel = here;
        }
        put64(&record, sample->chain[i]);
        count++;
    }
    record.words[count_at] = count;
    end(&record, writing->out);
}

/* ---- features ---- */

static void write_build_id(FILE *out, const struct elf_file *elf)
{
    static struct record record;
    if (elf == NULL || elf->build_id_size == 0)
        return;
    begin(&record, RECORD_BUILD_ID, MISC_USER | MISC_BUILD_ID_SIZE);
    put32(&record, ~0U);
    put(&record, elf->build_id, BUILD_ID_SIZE);
    put32(&record, elf->build_id_size); /* u8, and padding */
    put_string(&record, elf->path);
    end(&record, out);
}

/* Not the kernel's: that stands in its mapping, and here would make perf look for it among Linux's. */
static void write_build_ids(struct profile *profile, FILE *out)
{
    for (size_t i = 0; i < profile->task_count; i++) {
        bool earlier = false;
        for (size_t j = 0; j < i; j++)
            earlier = earlier || profile->tasks[j].program == profile->tasks[i].program;
        if (!earlier)
            write_build_id(out, profile->tasks[i].program);
    }
}

static void write_text(FILE *out, const char *text)
{
    char padded[64] = {};
    uint32_t size = sizeof(padded);
    snprintf(padded, sizeof(padded), "%s", text);
    fwrite(&size, 4, 1, out);
    fwrite(padded, 1, sizeof(padded), out);
}

static void write_feature(struct profile *profile, FILE *out, int feature)
{
    uint32_t cpus[2] = {profile->cpu_count, profile->cpu_count};
    switch (feature) {
    case FEATURE_BUILD_ID:
        write_build_ids(profile, out);
        break;
    case FEATURE_HOSTNAME:
        write_text(out, "kos");
        break;
    case FEATURE_OSRELEASE:
        write_text(out, "kos");
        break;
    case FEATURE_VERSION:
        write_text(out, "kos prof");
        break;
    case FEATURE_NRCPUS:
        fwrite(cpus, sizeof(cpus), 1, out);
        break;
    }
}

static void write_features(struct profile *profile, FILE *out, uint64_t features, long at)
{
    struct section sections[64] = {};
    unsigned count = (unsigned)__builtin_popcountll(features), done = 0;
    fseek(out, at + (long)(count * sizeof(struct section)), SEEK_SET);
    for (int feature = 0; feature < 64; feature++) {
        if ((features >> feature & 1) == 0)
            continue;
        sections[done].offset = (uint64_t)ftell(out);
        write_feature(profile, out, feature);
        sections[done].size = (uint64_t)ftell(out) - sections[done].offset;
        done++;
    }
    fseek(out, at, SEEK_SET);
    fwrite(sections, sizeof(struct section), count, out);
}

/* What perf shows as the event's name. */
static void event_set(struct attribute *attribute, enum profile_event event)
{
    static const struct {
        uint32_t type, config;
    } known[PROFILE_CYCLES + 1] = {
        [PROFILE_INSTRUCTIONS] = {0, 1}, /* hardware: instructions */
        [PROFILE_LOADS] = {3, 0},        /* cache: L1-dcache-loads */
        [PROFILE_STORES] = {3, 0x100},   /* cache: L1-dcache-stores */
        [PROFILE_BLOCKS] = {0, 4},       /* hardware: branches */
        [PROFILE_TIME] = {1, 0},         /* software: cpu-clock */
        [PROFILE_CYCLES] = {0, 0},       /* hardware: cycles */
    };
    attribute->type = known[event].type;
    attribute->config = known[event].config;
}

bool perf_data_write(struct profile *profile, const char *path)
{
    FILE *out = fopen(path, "wb");
    if (out == NULL) {
        perror(path);
        return false;
    }
    struct attribute attribute = {
        .size = sizeof(attribute),
        .sample_period = profile->period,
        .sample_type = SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_CALLCHAIN | SAMPLE_CPU | SAMPLE_PERIOD,
        .flags =
            FLAG_EXCLUDE_GUEST | FLAG_MMAP | FLAG_COMM | FLAG_TASK | FLAG_SAMPLE_ID_ALL | FLAG_MMAP2 | FLAG_COMM_EXEC,
        .sample_max_stack = RAW_CHAIN_MAX,
    };
    event_set(&attribute, profile->event);
    struct header header = {.magic = MAGIC,
                            .size = sizeof(header),
                            .attribute_size = sizeof(attribute) + sizeof(struct section),
                            .attributes = {sizeof(header), sizeof(attribute) + sizeof(struct section)}};
    /* not the architecture: a perf built for another one would complain on every chain that it has no unwinder for it,
     * and these need none */
    header.features[0] = 1ULL << FEATURE_BUILD_ID | 1ULL << FEATURE_HOSTNAME | 1ULL << FEATURE_OSRELEASE |
                         1ULL << FEATURE_VERSION | 1ULL << FEATURE_NRCPUS;
    const struct section no_ids = {sizeof(header), 0};
    fwrite(&header, sizeof(header), 1, out);
    fwrite(&attribute, sizeof(attribute), 1, out);
    fwrite(&no_ids, sizeof(no_ids), 1, out);
    header.data.offset = (uint64_t)ftell(out);
    write_no_linux(out);
    write_mappings(out, &profile->kernel, MISC_KERNEL, ~0U, 0, 0); /* like a module: perf asks no more of those */
    write_name(out, 0, 0, "idle", 0);
    struct writing writing = {.profile = profile, .out = out};
    profile_samples(profile, write_sample, &writing);
    long end_of_data = ftell(out);
    header.data.size = (uint64_t)end_of_data - header.data.offset;
    write_features(profile, out, header.features[0], end_of_data);
    rewind(out);
    fwrite(&header, sizeof(header), 1, out);
    free(writing.named);
    return profile_written(out, path);
}
