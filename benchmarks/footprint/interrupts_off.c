/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: the longest paths of the kernel on which no interrupt is taken. The kernel runs with interrupts masked,
 * so a path begins with its first instruction after a user's, or after a CPU has slept, or behind a preemption point;
 * it ends with the way back to user mode, with the instruction that puts the CPU to sleep, or at the next preemption
 * point. A preemption point is an instruction without effect (HAL_INTERRUPTIBLE of the port) that is reached only if
 * the interrupt controller was asked and no interrupt waits. What waits is therefore counted until it is really taken.
 * Start-up, until a CPU has run its first thread or slept, does not count.
 *
 * Arguments: arguments.h. Output when QEMU ends, tab-separated, longest first:
 *   path      n  instructions  vcpu  times  start  end  heaviest     times: how often a path of this kind ran
 *   function  n  name  instructions                                  breakdown of the path
 * Paths are of one kind if their first and last function and that with most instructions are the same; the longest of
 * each kind is printed.
 */
#include <benchmarks/footprint/arguments.h>
#include <benchmarks/footprint/instruction.h>
#include <benchmarks/footprint/symbols.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS_MAX   64
#define KINDS_MAX   4096U
#define PRINTED     100U
#define USER_BLOCKS 1000U /* of one CPU, until it is the next one's turn */

/* Exported by QEMU's executable, not part of the plugin interface. */
struct CPUState;
struct CPUState *qemu_get_cpu(int index);
void cpu_exit(struct CPUState *cpu);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

struct path {              /* touched by its vCPU's thread only */
    bool active, start_up; /* the path belongs to the start of the system */
    bool started;          /* that is over */
    uint64_t length;
    int start, last;
    unsigned touched_count;
    int *touched;       /* symbols with instructions in the path; the index symbols_count() is code without symbol */
    uint64_t *function; /* instructions by symbol */
    uint64_t user_blocks;
};

struct kind {
    int start, end, heaviest;
    unsigned vcpu;
    uint64_t length, times;
    unsigned touched_count;
    int *touched;
    uint64_t *function; /* parallel to touched */
};

static struct path paths[VCPUS_MAX];
static int start_up_symbols[2];
static FILE *out;
static bool is_aarch64, several; /* CPUs */

/* guarded by lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kind kinds[KINDS_MAX];
static unsigned kind_count;

static void *allocate(size_t count, size_t size)
{
    void *made = calloc(count, size);
    if (made == NULL)
        abort();
    return made;
}

static struct kind *kind_of(int start, int end, int heaviest)
{
    for (unsigned i = 0; i < kind_count; i++)
        if (kinds[i].start == start && kinds[i].end == end && kinds[i].heaviest == heaviest)
            return &kinds[i];
    if (kind_count == KINDS_MAX) {
        fprintf(stderr, "interrupts_off: more than %u kinds of paths\n", KINDS_MAX);
        abort();
    }
    kinds[kind_count] = (struct kind){.start = start, .end = end, .heaviest = heaviest};
    return &kinds[kind_count++];
}

static void keep(unsigned vcpu, const struct path *path)
{
    int heaviest = path->touched[0];
    for (unsigned i = 1; i < path->touched_count; i++)
        if (path->function[path->touched[i]] > path->function[heaviest])
            heaviest = path->touched[i];
    pthread_mutex_lock(&lock);
    struct kind *kind = kind_of(path->start, path->last, heaviest);
    kind->times++;
    if (path->length > kind->length) {
        free(kind->touched);
        free(kind->function);
        kind->vcpu = vcpu;
        kind->length = path->length;
        kind->touched_count = path->touched_count;
        kind->touched = allocate(path->touched_count, sizeof(*kind->touched));
        kind->function = allocate(path->touched_count, sizeof(*kind->function));
        for (unsigned i = 0; i < path->touched_count; i++) {
            kind->touched[i] = path->touched[i];
            kind->function[i] = path->function[path->touched[i]];
        }
    }
    pthread_mutex_unlock(&lock);
}

static void path_begin(struct path *path, int symbol)
{
    if (path->touched == NULL) {
        path->touched = allocate((size_t)symbols_count() + 1, sizeof(*path->touched));
        path->function = allocate((size_t)symbols_count() + 1, sizeof(*path->function));
    }
    path->active = true;
    path->start_up = false;
    path->length = 0;
    path->start = symbol;
    path->touched_count = 0;
}

static void path_end(unsigned int vcpu, void *data)
{
    (void)data;
    struct path *path = &paths[vcpu];
    if (!path->active)
        return;
    path->active = false;
    if (path->started)
        keep(vcpu, path);
    path->started |= path->start_up;
    for (unsigned i = 0; i < path->touched_count; i++)
        path->function[path->touched[i]] = 0;
}

static void executed(unsigned int vcpu, void *data)
{
    int symbol = (int)(intptr_t)data;
    struct path *path = &paths[vcpu];
    if (!path->active)
        path_begin(path, symbol);
    if (path->start == symbols_count()) /* the copy of an entry stub */
        path->start = symbol;
    if (path->function[symbol]++ == 0)
        path->touched[path->touched_count++] = symbol;
    path->length++;
    path->last = symbol;
    path->start_up |= symbol == start_up_symbols[0] || symbol == start_up_symbols[1];
}

/* The emulated CPUs take turns, and one's turn ends with the next timer of any of them; then the first CPU is the next.
 * So one that goes round in user mode would run for ever, and nobody see to the timers of the others (QEMU 7.2). */
static void user_block(unsigned int vcpu, void *data)
{
    struct path *path = &paths[vcpu];
    path_end(vcpu, data);
    if (several && ++path->user_blocks % USER_BLOCKS == 0)
        cpu_exit(qemu_get_cpu((int)vcpu));
}

/* Symbols of assembly have no size; one of them far behind the code is not what is executed there. */
static int symbol_of(uint64_t address)
{
    int symbol = symbols_find(address);
    bool real = symbol >= 0 && (symbols_at(symbol)->size != 0 || address - symbols_at(symbol)->address < 4096);
    return real ? symbol : symbols_count();
}

/* The CPU sleeps, or goes to user mode. Both happen in functions of the port; other returns from exceptions go back to
 * the kernel. A user's instruction need not follow: the interrupt that waits comes first. */
static bool leaves(struct qemu_plugin_insn *insn, int symbol)
{
    static const char *const ways[] = {"wfi", "eret", "hlt", "sysret", "iret"};
    char *text = qemu_plugin_insn_disas(insn);
    bool found = false;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && text != NULL; i++)
        found |= text_begins(text, ways[i]);
    free(text);
    return found && symbol != symbols_count() && text_begins(symbols_at(symbol)->name, "hal_");
}

/* HAL_INTERRUPTIBLE: nopl 'K' 'O' 'I' 0 (%rax), or movz xzr, #0x4b49 */
static bool preemption_point(const struct qemu_plugin_insn *insn)
{
    static const unsigned char x86[] = {0x0f, 0x1f, 0x80, 'K', 'O', 'I', 0};
    const uint32_t aarch64 = 0xd2800000U | (0x4b49U << 5) | 31U;
    size_t size = is_aarch64 ? sizeof(aarch64) : sizeof(x86);
    return qemu_plugin_insn_size(insn) == size &&
           memcmp(qemu_plugin_insn_data(insn), is_aarch64 ? (const void *)&aarch64 : x86, size) == 0;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t address = qemu_plugin_insn_vaddr(insn);
        if (address < KERNEL_HALF) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, user_block, QEMU_PLUGIN_CB_NO_REGS, NULL);
            return; /* a block is of one mode */
        }
        int symbol = symbol_of(address);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, (void *)(intptr_t)symbol);
        if (preemption_point(insn) || leaves(insn, symbol))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, path_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
    }
}

static int longer(const void *a, const void *b)
{
    const struct kind *left = a, *right = b;
    return left->length > right->length ? -1 : left->length < right->length;
}

static const char *name(int symbol)
{
    return symbol == symbols_count() ? "(no symbol)" : symbols_at(symbol)->name;
}

static void print(qemu_plugin_id_t id, void *data)
{
    (void)id, (void)data;
    pthread_mutex_lock(&lock);
    qsort(kinds, kind_count, sizeof(kinds[0]), longer);
    for (unsigned i = 0; i < kind_count && i < PRINTED; i++) {
        const struct kind *kind = &kinds[i];
        fprintf(out, "path\t%u\t%llu\t%u\t%llu\t%s\t%s\t%s\n", i, (unsigned long long)kind->length, kind->vcpu,
                (unsigned long long)kind->times, name(kind->start), name(kind->end), name(kind->heaviest));
        for (unsigned k = 0; k < kind->touched_count; k++)
            fprintf(out, "function\t%u\t%s\t%llu\n", i, name(kind->touched[k]), (unsigned long long)kind->function[k]);
    }
    fflush(out);
    pthread_mutex_unlock(&lock);
}

static int symbol_named(const char *wanted)
{
    for (int i = 0; i < symbols_count(); i++)
        if (strcmp(symbols_at(i)->name, wanted) == 0)
            return i;
    return -1;
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count,
                                                               char **arguments)
{
    is_aarch64 = strcmp(info->target_name, "aarch64") == 0;
    several = info->system.smp_vcpus > 1;
    if (!arguments_take(count, arguments, &out))
        return -1;
    start_up_symbols[0] = symbol_named("kernel_main");
    start_up_symbols[1] = symbol_named("kernel_secondary_main");
    if (start_up_symbols[0] < 0 || start_up_symbols[1] < 0) {
        fprintf(stderr, "interrupts_off: the kernel has no kernel_main or kernel_secondary_main\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, print, NULL);
    return 0;
}
