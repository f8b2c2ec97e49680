/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: what one stretch of guest code costs, per CPU. The guest executes a marker (kos_marker_begin) before it
 * and another (kos_marker_end) behind; both are instructions without effect that are recognized by their bytes when
 * QEMU translates them. Everything in between on that CPU counts, but for the markers.
 *
 * Arguments: kernel=ELF file with symbols, out=file to write (default: standard error).
 * Output, tab-separated, for the n-th stretch that ended:
 *   stretch  n  vcpu  counter  value          counters: see print_stretch
 *   function n  vcpu  name     instructions   kernel functions, and "user" for everything below the kernel
 */
#include <benchmarks/footprint/qemu_plugin.h>
#include <benchmarks/footprint/symbols.h>
#include <benchmarks/footprint/set.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS_MAX   64
#define LINE_SHIFT  6
#define PAGE_SHIFT  12
#define KERNEL_HALF (1ULL << 63)

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum kind { ATOMIC = 1, BARRIER = 2, SPACE_SWITCH = 4, TLB_INVALIDATION = 8, KERNEL = 16 };

struct insn { /* lives as long as QEMU: translated blocks may be executed at any time */
    uint64_t vaddr;
    unsigned kinds;
    int symbol;
};

struct vcpu { /* touched by its own QEMU thread only */
    bool active;
    uint64_t instructions, kernel_instructions, atomics, barriers, space_switches, tlb_invalidations;
    struct set code_lines, data_lines, pages, user_data_lines;
    uint64_t *functions; /* by symbol; the last is "user", the one before it unnamed kernel code */
};

static struct vcpu vcpus[VCPUS_MAX];
static FILE *out;
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned stretches; /* guarded by out_lock */
static bool is_aarch64;

static int user_index(void)
{
    return symbols_count() + 1;
}

static void stretch_begin(unsigned int index, void *data)
{
    (void)data;
    struct vcpu *vcpu = &vcpus[index];
    uint64_t *functions = vcpu->functions;
    if (functions == NULL)
        functions = malloc(sizeof(*functions) * (size_t)(user_index() + 1));
    if (functions == NULL)
        return;
    memset(functions, 0, sizeof(*functions) * (size_t)(user_index() + 1));
    set_clear(&vcpu->code_lines);
    set_clear(&vcpu->data_lines);
    set_clear(&vcpu->user_data_lines);
    set_clear(&vcpu->pages);
    *vcpu = (struct vcpu){.active = true,
                          .functions = functions,
                          .code_lines = vcpu->code_lines,
                          .data_lines = vcpu->data_lines,
                          .user_data_lines = vcpu->user_data_lines,
                          .pages = vcpu->pages};
}

static void print_functions(unsigned int index, const struct vcpu *vcpu)
{
    for (int i = 0; i <= user_index(); i++) {
        const char *name = i == user_index() ? "user" : i == symbols_count() ? "(no symbol)" : symbols_at(i)->name;
        if (vcpu->functions[i] != 0)
            fprintf(out, "function\t%u\t%u\t%s\t%llu\n", stretches, index, name,
                    (unsigned long long)vcpu->functions[i]);
    }
}

static void stretch_end(unsigned int index, void *data)
{
    (void)data;
    struct vcpu *vcpu = &vcpus[index];
    if (!vcpu->active)
        return;
    vcpu->active = false;
    const struct {
        const char *name;
        uint64_t value;
    } counters[] = {
        {"instructions", vcpu->instructions},
        {"kernel_instructions", vcpu->kernel_instructions},
        {"code_lines", set_count(&vcpu->code_lines)},
        {"data_lines", set_count(&vcpu->data_lines)},
        {"user_data_lines", set_count(&vcpu->user_data_lines)},
        {"pages", set_count(&vcpu->pages)},
        {"atomics", vcpu->atomics},
        {"barriers", vcpu->barriers},
        {"space_switches", vcpu->space_switches},
        {"tlb_invalidations", vcpu->tlb_invalidations},
    };
    pthread_mutex_lock(&out_lock);
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
        fprintf(out, "stretch\t%u\t%u\t%s\t%llu\n", stretches, index, counters[i].name,
                (unsigned long long)counters[i].value);
    print_functions(index, vcpu);
    stretches++;
    fflush(out);
    pthread_mutex_unlock(&out_lock);
}

static void executed(unsigned int index, void *data)
{
    const struct insn *insn = data;
    struct vcpu *vcpu = &vcpus[index];
    if (!vcpu->active)
        return;
    vcpu->instructions++;
    if ((insn->kinds & KERNEL) == 0) {
        vcpu->functions[user_index()]++;
        return;
    }
    vcpu->kernel_instructions++;
    vcpu->functions[insn->symbol >= 0 ? insn->symbol : symbols_count()]++;
    vcpu->atomics += (insn->kinds & ATOMIC) != 0;
    vcpu->barriers += (insn->kinds & BARRIER) != 0;
    vcpu->space_switches += (insn->kinds & SPACE_SWITCH) != 0;
    vcpu->tlb_invalidations += (insn->kinds & TLB_INVALIDATION) != 0;
    set_add(&vcpu->code_lines, insn->vaddr >> LINE_SHIFT);
    set_add(&vcpu->pages, insn->vaddr >> PAGE_SHIFT);
}

static void accessed(unsigned int index, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data)
{
    (void)info;
    const struct insn *insn = data;
    struct vcpu *vcpu = &vcpus[index];
    if (!vcpu->active || (insn->kinds & KERNEL) == 0)
        return;
    set_add(vaddr >= KERNEL_HALF ? &vcpu->data_lines : &vcpu->user_data_lines, vaddr >> LINE_SHIFT);
    set_add(&vcpu->pages, vaddr >> PAGE_SHIFT);
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static unsigned kinds_x86(const char *text)
{
    bool memory = strchr(text, '(') != NULL;
    if (begins(text, "lock") || (begins(text, "xchg") && memory))
        return ATOMIC;
    if (begins(text, "mfence") || begins(text, "sfence") || begins(text, "lfence"))
        return BARRIER;
    if (begins(text, "mov") && strstr(text, ", %cr3") != NULL)
        return SPACE_SWITCH;
    return begins(text, "inv") ? TLB_INVALIDATION : 0;
}

static unsigned kinds_aarch64(const char *text)
{
    static const char *const atomics[] = {"ldxr", "ldaxr", "stxr", "stlxr", "cas", "swp", "ldadd", "ldset", "ldclr"};
    for (size_t i = 0; i < sizeof(atomics) / sizeof(atomics[0]); i++)
        if (begins(text, atomics[i]))
            return begins(text, "st") ? 0 : ATOMIC; /* a pair of load and store exclusive is one */
    if (begins(text, "dmb") || begins(text, "dsb") || begins(text, "isb"))
        return BARRIER;
    if (begins(text, "msr") && strstr(text, "ttbr0_el1") != NULL)
        return SPACE_SWITCH;
    return begins(text, "tlbi") ? TLB_INVALIDATION : 0;
}

/* 1 begin, 2 end, 0 neither: libkos/arch/<arch>/include/kos/arch/marker.h */
static unsigned marker(const struct qemu_plugin_insn *insn)
{
    const unsigned char *bytes = qemu_plugin_insn_data(insn);
    static const unsigned char x86[] = {0x0f, 0x1f, 0x80, 'K', 'O', 'S'}; /* nopl disp32(%rax) */
    if (!is_aarch64)
        return qemu_plugin_insn_size(insn) == 7 && memcmp(bytes, x86, sizeof(x86)) == 0 ? bytes[6] : 0;
    uint32_t word;
    memcpy(&word, bytes, sizeof(word));
    for (unsigned which = 1; which <= 2; which++)
        if (word == (0xd2800000U | ((0x4b50U + which) << 5) | 31U)) /* movz xzr, #imm */
            return which;
    return 0;
}

static struct insn *describe(const struct qemu_plugin_insn *insn)
{
    struct insn *made = calloc(1, sizeof(*made));
    char *text = qemu_plugin_insn_disas(insn);
    if (made == NULL)
        abort();
    made->vaddr = qemu_plugin_insn_vaddr(insn);
    made->symbol = -1;
    if (made->vaddr >= KERNEL_HALF) {
        made->kinds = KERNEL | (text == NULL ? 0 : is_aarch64 ? kinds_aarch64(text) : kinds_x86(text));
        made->symbol = symbols_find(made->vaddr);
    }
    free(text);
    return made;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        unsigned which = marker(insn);
        if (which != 0) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, which == 1 ? stretch_begin : stretch_end,
                                                   QEMU_PLUGIN_CB_NO_REGS, NULL);
            continue;
        }
        struct insn *described = describe(insn);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, described);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, described);
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int count,
                                                               char **arguments)
{
    out = stderr;
    is_aarch64 = strcmp(info->target_name, "aarch64") == 0;
    for (int i = 0; i < count; i++) {
        if (begins(arguments[i], "kernel=")) {
            if (!symbols_read(arguments[i] + strlen("kernel=")))
                return -1;
        } else if (begins(arguments[i], "out=")) {
            out = fopen(arguments[i] + strlen("out="), "w");
            if (out == NULL) {
                fprintf(stderr, "footprint: cannot write %s\n", arguments[i] + strlen("out="));
                return -1;
            }
        } else {
            fprintf(stderr, "footprint: unknown argument %s\n", arguments[i]);
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
