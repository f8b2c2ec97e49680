/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: the cache lines that one CPU writes and another touches while both run a stretch of guest code between
 * kos_marker_begin and kos_marker_end. Only accesses of kernel code count, by physical line; devices do not, nor does
 * what the hardware does by itself (page walks). When as many stretches have ended as there are sides (two), their
 * pair is printed and the next pair begins. It does not matter how the two overlap in time: a line that both use is
 * one that real machines would move between their caches.
 *
 * Arguments: arguments.h. Output, tab-separated, for the n-th pair:
 *   pair   n  lines  false  touched  touched    conflicting lines; how many of them only because of neighbours in one
 *                                               line; lines that vCPU 0 and vCPU 1 touched
 *   line   n  k  address  data  true|false              true: bytes that one wrote were touched by the other
 *   access n  k  vcpu  read|write|atomic  function+offset  data+offset  count
 */
#include <benchmarks/footprint/arguments.h>
#include <benchmarks/footprint/instruction.h>
#include <benchmarks/footprint/objects.h>
#include <benchmarks/footprint/symbols.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SIDES        2U /* vCPUs 0 and 1 */
#define LINE_SIZE    64U
#define LINES_MAX    32768U
#define ACCESSES_MAX 12U

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

struct insn { /* lives as long as QEMU: translated blocks may be executed at any time */
    uint64_t vaddr;
    unsigned kinds;
    int symbol;
    bool clears; /* belongs to memset */
};

struct access {
    const struct insn *insn;
    uint64_t vaddr; /* of the first */
    uint64_t count;
    bool store;
};

struct side {
    uint64_t read, written; /* bytes of the line, one bit each */
    unsigned count;
    struct access accesses[ACCESSES_MAX]; /* by instruction and direction; more are dropped, the bits are kept */
};

struct line {
    uint64_t address; /* physical, of the line */
    struct side sides[SIDES];
};

static bool is_aarch64;
static FILE *out;
static atomic_bool active[SIDES];

/* all guarded by lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct line *lines;
static unsigned line_count, pairs, ended;
static unsigned places[LINES_MAX * 2]; /* hash table: index into lines plus 1, or 0 */

static void stretch_begin(unsigned int vcpu, void *data)
{
    (void)data;
    if (vcpu < SIDES)
        atomic_store(&active[vcpu], true);
}

static struct line *line_at(uint64_t address)
{
    uint64_t place = ((address / LINE_SIZE) * 0x9e3779b97f4a7c15ULL) >> 48;
    for (; places[place % (LINES_MAX * 2)] != 0; place++)
        if (lines[places[place % (LINES_MAX * 2)] - 1].address == address)
            return &lines[places[place % (LINES_MAX * 2)] - 1];
    if (line_count == LINES_MAX || (lines == NULL && (lines = calloc(LINES_MAX, sizeof(*lines))) == NULL)) {
        fprintf(stderr, "conflicts: a pair of stretches touches more than %u lines\n", LINES_MAX);
        abort();
    }
    struct line *line = &lines[line_count++];
    *line = (struct line){.address = address};
    places[place % (LINES_MAX * 2)] = line_count;
    return line;
}

static void record(unsigned vcpu, const struct insn *insn, bool store, uint64_t vaddr, uint64_t physical, uint64_t size)
{
    struct side *side = &line_at(physical & ~(uint64_t)(LINE_SIZE - 1))->sides[vcpu];
    uint64_t from = physical % LINE_SIZE, bytes = (size >= LINE_SIZE ? ~0ULL : (1ULL << size) - 1) << from;
    if (store)
        side->written |= bytes;
    if (!store || (insn->kinds & ATOMIC) != 0)
        side->read |= bytes;
    unsigned i = 0;
    while (i < side->count && (side->accesses[i].insn != insn || side->accesses[i].store != store))
        i++;
    if (i == ACCESSES_MAX)
        return;
    if (i == side->count) {
        side->accesses[i] = (struct access){.insn = insn, .vaddr = vaddr, .store = store};
        side->count++;
    }
    side->accesses[i].count++;
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data)
{
    const struct insn *insn = data;
    bool store = qemu_plugin_mem_is_store(info), counts = vcpu < SIDES && atomic_load(&active[vcpu]);
    uint64_t size = 1ULL << qemu_plugin_mem_size_shift(info), physical = vaddr;
    if (!counts && !store)
        return;
    if (counts) {
        const struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, vaddr);
        if (where != NULL && qemu_plugin_hwaddr_is_io(where))
            return;
        if (where != NULL)
            physical = qemu_plugin_hwaddr_phys_addr(where);
        else if (vaddr < KERNEL_HALF)
            counts = false; /* the same address means something else in each space */
    }
    pthread_mutex_lock(&lock);
    if (store && vaddr >= KERNEL_HALF)
        objects_store(vcpu, insn->clears, insn->symbol, vaddr, size);
    if (counts)
        record(vcpu, insn, store, vaddr, physical, size);
    pthread_mutex_unlock(&lock);
}

static void print_place(int symbol, uint64_t address)
{
    if (symbol < 0)
        fprintf(out, "0x%llx", (unsigned long long)address);
    else
        fprintf(out, "%s+0x%llx", symbols_at(symbol)->name,
                (unsigned long long)(address - symbols_at(symbol)->address));
}

static void print_data(uint64_t address)
{
    const struct object *object = objects_find(address);
    int symbol = symbols_find_sized(address);
    if (symbol >= 0)
        print_place(symbol, address);
    else if (address < KERNEL_HALF)
        fprintf(out, "user memory");
    else if (object != NULL)
        fprintf(out, "object of %s+0x%llx", object->maker < 0 ? "?" : symbols_at(object->maker)->name,
                (unsigned long long)(address - object->start));
    else
        fprintf(out, "heap 0x%llx", (unsigned long long)address);
}

static bool conflicts(const struct line *line)
{
    const struct side *a = &line->sides[0], *b = &line->sides[1];
    return (a->written != 0 && (b->written | b->read) != 0) || (b->written != 0 && a->read != 0);
}

static bool sharing_is_true(const struct line *line)
{
    const struct side *a = &line->sides[0], *b = &line->sides[1];
    return (a->written & (b->written | b->read)) != 0 || (b->written & a->read) != 0;
}

static void print_line(unsigned index, const struct line *line)
{
    uint64_t vaddr = line->sides[0].accesses[0].vaddr & ~(uint64_t)(LINE_SIZE - 1);
    fprintf(out, "line\t%u\t%u\t0x%llx\t", pairs, index, (unsigned long long)vaddr);
    print_data(line->sides[0].accesses[0].vaddr);
    fprintf(out, "\t%s\n", sharing_is_true(line) ? "true" : "false");
    for (unsigned vcpu = 0; vcpu < SIDES; vcpu++)
        for (unsigned i = 0; i < line->sides[vcpu].count; i++) {
            const struct access *access = &line->sides[vcpu].accesses[i];
            bool atomic = (access->insn->kinds & (ATOMIC | STORE_EXCLUSIVE)) != 0;
            fprintf(out, "access\t%u\t%u\t%u\t%s\t", pairs, index, vcpu,
                    atomic          ? "atomic"
                    : access->store ? "write"
                                    : "read");
            print_place(access->insn->symbol, access->insn->vaddr);
            fprintf(out, "\t");
            print_data(access->vaddr);
            fprintf(out, "\t%llu\n", (unsigned long long)access->count);
        }
}

/* lock held. */
static void print_pair(void)
{
    unsigned count = 0, untrue = 0, touched[SIDES] = {0};
    for (unsigned i = 0; i < line_count; i++) {
        for (unsigned vcpu = 0; vcpu < SIDES; vcpu++)
            touched[vcpu] += lines[i].sides[vcpu].count != 0;
        if (conflicts(&lines[i])) {
            untrue += !sharing_is_true(&lines[i]);
            print_line(count++, &lines[i]);
        }
    }
    fprintf(out, "pair\t%u\t%u\t%u\t%u\t%u\n", pairs, count, untrue, touched[0], touched[1]);
    fflush(out);
}

static void stretch_end(unsigned int vcpu, void *data)
{
    (void)data;
    if (vcpu >= SIDES || !atomic_exchange(&active[vcpu], false))
        return;
    pthread_mutex_lock(&lock);
    if (++ended == SIDES) {
        print_pair();
        pairs++;
        ended = line_count = 0;
        memset(places, 0, sizeof(places));
    }
    pthread_mutex_unlock(&lock);
}

static struct insn *describe(const struct qemu_plugin_insn *insn, unsigned kinds)
{
    struct insn *made = calloc(1, sizeof(*made));
    if (made == NULL)
        abort();
    made->vaddr = qemu_plugin_insn_vaddr(insn);
    made->kinds = kinds;
    made->symbol = symbols_find(made->vaddr);
    made->clears = made->symbol >= 0 && strcmp(symbols_at(made->symbol)->name, "memset") == 0;
    return made;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        unsigned which = instruction_marker(insn, is_aarch64), kinds = instruction_kinds(insn, is_aarch64);
        if (which == 1 || which == 2)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, which == 1 ? stretch_begin : stretch_end,
                                                   QEMU_PLUGIN_CB_NO_REGS, NULL);
        else if ((kinds & KERNEL) != 0)
            qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                             describe(insn, kinds));
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count,
                                                               char **arguments)
{
    is_aarch64 = strcmp(info->target_name, "aarch64") == 0;
    if (!arguments_take(count, arguments, &out))
        return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
