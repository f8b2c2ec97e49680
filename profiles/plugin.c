/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sampler: a plugin for QEMU that looks at each CPU whenever it has executed another `period` instructions, or done
 * as many accesses to memory, or when so much time has passed, wherever that is: user code, kernel, kernel with
 * interrupts masked. Nothing in the machine is changed by it. ./kos prof and ./kos stat run it; converter.c makes files
 * out of what it writes.
 *
 * Options: kernel=FILE (the ELF file), out=FILE, period=N (0: only count), event=instructions|loads|stores|blocks|time
 * (of this machine, in nanoseconds).
 */
#define _GNU_SOURCE
#include <abi/statistics.h>
#include <benchmarks/footprint/qemu_plugin.h>
#include <profiles/guest.h>
#include <profiles/raw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum event { EVENT_INSTRUCTIONS, EVENT_LOADS, EVENT_STORES, EVENT_BLOCKS, EVENTS, EVENT_TIME = EVENTS };
static const char *const event_names[] = {"instructions", "loads", "stores", "blocks", "time"};

struct block {
    uint64_t start;
    uint32_t count;
    unsigned function; /* of RAW_FUNCTIONS that it begins */
    uint8_t sizes[];   /* of its instructions */
};

/* Each written by its CPU's thread only. */
static struct vcpu {
    alignas(64) uint64_t counts[EVENTS][2]; /* in user mode, in the kernel */
    uint64_t next;                          /* count at which to look */
    uint64_t total;                         /* of the event that is looked at */
    uint64_t functions[RAW_FUNCTION_COUNT];
    unsigned asked; /* blocks, for EVENT_TIME */
    bool due;       /* an access reached `next`: look when the next block begins */
} vcpus[RAW_CPUS_MAX];

static FILE *out;
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t period, start_ns;
static enum event event;
static unsigned cpus;
/* Tasks that have been described. Guarded by out_lock. */
static struct {
    uint32_t id;
    uint64_t address;
} *tasks;
static size_t task_count;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec - start_ns;
}

/* out_lock held. */
static void write_record(struct raw_record *record, const uint64_t *words)
{
    fwrite(record, sizeof(*record), 1, out);
    fwrite(words, 8, record->count, out);
}

/* out_lock held. */
static bool task_known(const struct guest_thread *thread)
{
    for (size_t i = 0; i < task_count; i++)
        if (tasks[i].id == thread->task)
            return true;
    return false;
}

/* time: not later than the first sample of the task. */
static void task_describe(unsigned cpu, bool in_kernel, const struct guest_thread *thread, uint64_t time)
{
    uint64_t words[2 + RAW_NAME_SIZE / 8] = {};
    if (!guest_task(cpu, in_kernel, thread->task_address, (char *)&words[2], &words[0], &words[1]) || words[1] == 0)
        return;
    struct raw_record record = {
        .kind = RAW_TASK, .count = sizeof(words) / 8, .cpu = cpu, .task = thread->task, .time = time};
    void *more = realloc(tasks, (task_count + 1) * sizeof(*tasks));
    if (more == NULL)
        return;
    tasks = more;
    tasks[task_count].id = thread->task;
    tasks[task_count++].address = thread->task_address;
    write_record(&record, words);
}

/* Return addresses by frame pointers, from frame on; the kernel's stack first, and then the user's. */
static uint32_t chain_walk(unsigned cpu, uint64_t frame, uint64_t *chain, uint32_t most)
{
    uint32_t depth = 0;
    uint64_t previous = 0;
    while (depth < most && frame != 0 && frame % 8 == 0) {
        uint64_t pair[2]; /* caller's frame, return address: the same on both architectures */
        bool changes_half = (previous & RAW_KERNEL_HALF) != (frame & RAW_KERNEL_HALF);
        if ((frame <= previous && !changes_half) || (previous != 0 && changes_half && (frame & RAW_KERNEL_HALF) != 0) ||
            !guest_read(cpu, frame, pair, sizeof(pair)) || pair[1] < 4096)
            break;
        chain[depth++] = pair[1];
        previous = frame;
        frame = pair[0];
    }
    return depth;
}

/* pc: in the block that begins now, or an earlier one. */
static void sample(unsigned cpu, uint64_t pc, uint64_t start, uint64_t weight)
{
    uint64_t words[3 + RAW_CHAIN_MAX];
    bool in_kernel = (start & RAW_KERNEL_HALF) != 0;
    struct guest_registers registers = guest_registers(cpu);
    struct guest_thread thread = guest_thread(cpu, in_kernel);
    words[0] = pc;
    words[1] = start;
    words[2] = registers.link;
    if (guest_machine() == 62 /* EM_X86_64 */ && !guest_read(cpu, registers.stack, &words[2], 8))
        words[2] = 0;
    uint32_t depth = chain_walk(cpu, registers.frame, words + 3, RAW_CHAIN_MAX);
    struct raw_record record = {.kind = RAW_SAMPLE,
                                .count = 3 + depth,
                                .cpu = cpu,
                                .task = thread.task,
                                .thread = thread.thread,
                                .idle = thread.idle,
                                .weight = weight};
    pthread_mutex_lock(&out_lock);
    record.time = now();
    if (out != NULL) {
        if (!thread.idle && !task_known(&thread))
            task_describe(cpu, in_kernel, &thread, record.time);
        write_record(&record, words);
    }
    pthread_mutex_unlock(&out_lock);
}

/* Which instruction of the block the event number `at`, counted from its begin, falls on. */
static uint64_t pc_of(const struct block *block, uint64_t at)
{
    uint64_t pc = block->start;
    for (uint64_t i = 0; i < at && i + 1 < block->count; i++)
        pc += block->sizes[i];
    return pc;
}

static void block_begins(unsigned cpu, void *data)
{
    const struct block *block = data;
    struct vcpu *vcpu = &vcpus[cpu];
    bool in_kernel = (block->start & RAW_KERNEL_HALF) != 0;
    vcpu->counts[EVENT_INSTRUCTIONS][in_kernel] += block->count;
    if (in_kernel && (vcpu->counts[EVENT_BLOCKS][1]++ & 1023) == 0)
        guest_look(cpu);
    vcpu->counts[EVENT_BLOCKS][0] += !in_kernel;
    if (block->function < RAW_FUNCTION_COUNT)
        vcpu->functions[block->function]++;
    if (period == 0)
        return;
    if (event == EVENT_INSTRUCTIONS || event == EVENT_BLOCKS) {
        uint64_t before = vcpu->total;
        vcpu->total += event == EVENT_INSTRUCTIONS ? block->count : 1;
        if (vcpu->total >= vcpu->next) {
            sample(cpu, event == EVENT_BLOCKS ? block->start : pc_of(block, vcpu->next - before - 1), block->start,
                   period);
            vcpu->next = vcpu->total + period - (vcpu->total - vcpu->next) % period;
        }
    } else if (event == EVENT_TIME) { /* asking for the time takes longer than a block */
        if ((++vcpu->asked & 15) != 0)
            return;
        uint64_t time = now(), late = time - vcpu->next;
        if (time < vcpu->next)
            return;
        sample(cpu, block->start, block->start, period);
        vcpu->next = time + period - late % period;
    } else if (vcpu->due) { /* registers are in memory only here: it stands for the access just before */
        vcpu->due = false;
        sample(cpu, block->start, block->start, period);
    }
}

static void accessed(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
    (void)address;
    struct vcpu *vcpu = &vcpus[cpu];
    enum event kind = qemu_plugin_mem_is_store(info) ? EVENT_STORES : EVENT_LOADS;
    vcpu->counts[kind][data != NULL]++;
    if (kind == event && period != 0 && ++vcpu->total >= vcpu->next) {
        vcpu->next += period;
        vcpu->due = true;
    }
}

static bool memory_wanted;

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(tb);
    struct block *block = calloc(1, sizeof(*block) + count); /* lives as long as QEMU may run the block */
    if (block == NULL)
        abort();
    block->start = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
    block->count = (uint32_t)count;
    block->function = guest_function(block->start);
    void *in_kernel = (block->start & RAW_KERNEL_HALF) != 0 ? block : NULL;
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        block->sizes[i] = (uint8_t)qemu_plugin_insn_size(insn);
        if (memory_wanted)
            qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, in_kernel);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_begins, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void ended(qemu_plugin_id_t id, void *data)
{
    (void)id, (void)data;
    pthread_mutex_lock(&out_lock);
    for (unsigned cpu = 0; cpu < cpus; cpu++) {
        uint64_t words[2 * EVENTS + KOS_EVENT_COUNTERS + RAW_FUNCTION_COUNT] = {};
        memcpy(words, vcpus[cpu].counts, sizeof(vcpus[cpu].counts));
        (void)guest_events(cpu, words + 2 * EVENTS);
        memcpy(words + 2 * EVENTS + KOS_EVENT_COUNTERS, vcpus[cpu].functions, sizeof(vcpus[cpu].functions));
        struct raw_record record = {.kind = RAW_CPU_END, .count = sizeof(words) / 8, .cpu = cpu, .time = now()};
        write_record(&record, words);
    }
    fclose(out);
    out = NULL;
    pthread_mutex_unlock(&out_lock);
}

static bool option(const char *text, const char **kernel, const char **file)
{
    if (strncmp(text, "kernel=", 7) == 0)
        *kernel = text + 7;
    else if (strncmp(text, "out=", 4) == 0)
        *file = text + 4;
    else if (strncmp(text, "period=", 7) == 0)
        period = strtoull(text + 7, NULL, 10);
    else if (strncmp(text, "memory=", 7) == 0)
        memory_wanted = strcmp(text + 7, "on") == 0;
    else if (strncmp(text, "event=", 6) == 0) {
        for (event = 0; event <= EVENT_TIME; event++)
            if (strcmp(text + 6, event_names[event]) == 0)
                return true;
        return false;
    } else
        return false;
    return true;
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count,
                                                               char **arguments)
{
    const char *kernel = "", *file = "";
    for (int i = 0; i < count; i++)
        if (!option(arguments[i], &kernel, &file)) {
            fprintf(stderr, "perfcnt: unknown option '%s'\n", arguments[i]);
            return -1;
        }
    if (!guest_open(kernel))
        return -1;
    memory_wanted = memory_wanted || event == EVENT_LOADS || event == EVENT_STORES;
    out = fopen(file, "wb");
    if (out == NULL) {
        perror(file);
        return -1;
    }
    cpus = (unsigned)info->system.smp_vcpus < RAW_CPUS_MAX ? (unsigned)info->system.smp_vcpus : RAW_CPUS_MAX;
    for (unsigned i = 0; i < cpus; i++)
        vcpus[i].next = period != 0 ? period + i * period / cpus : 0; /* not all at once */
    start_ns = now();
    struct raw_record record = {.kind = RAW_BEGIN, .count = 5};
    uint64_t words[5] = {RAW_MAGIC, guest_machine(), period, cpus, event};
    write_record(&record, words);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
