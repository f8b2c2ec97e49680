/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU plugin: what one stretch of guest code costs, per CPU. The guest executes a marker (kos_marker_begin) before it
 * and another (kos_marker_end) behind; both are instructions without effect that are recognized by their bytes when
 * QEMU translates them. Everything in between on that CPU counts, but for the markers.
 *
 * Output, tab-separated, for the n-th stretch that ended:
 *   stretch  n  vcpu  counter  value          counters: see print_stretch
 *   function n  vcpu  name     instructions   kernel functions, and "user" for everything below the kernel
 */
#include <benchmarks/footprint/arguments.h>
#include <benchmarks/footprint/instruction.h>
#include <benchmarks/footprint/symbols.h>
#include <benchmarks/footprint/set.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS_MAX  64
#define LINE_SHIFT 6
#define PAGE_SHIFT 12

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

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

static struct insn *describe(const struct qemu_plugin_insn *insn)
{
    struct insn *made = calloc(1, sizeof(*made));
    if (made == NULL)
        abort();
    made->vaddr = qemu_plugin_insn_vaddr(insn);
    made->kinds = instruction_kinds(insn, is_aarch64);
    made->symbol = (made->kinds & KERNEL) != 0 ? symbols_find(made->vaddr) : -1;
    return made;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        unsigned which = instruction_marker(insn, is_aarch64);
        if (which == 1 || which == 2) {
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
    is_aarch64 = strcmp(info->target_name, "aarch64") == 0;
    if (!arguments_take(count, arguments, &out))
        return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
