/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <abi/limits.h>
#include <abi/observe.h>
#include <abi/statistics.h>
#include <elf.h>
#include <profiles/guest.h>
#include <profiles/raw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- of QEMU ---- */
typedef struct CPUState CPUState;
CPUState *qemu_get_cpu(int index);
void cpu_dump_state(CPUState *cpu, FILE *file, int flags);
int cpu_memory_rw_debug(CPUState *cpu, uint64_t address, void *buffer, uint64_t length, bool write);

uint64_t cpu_get_phys_page_debug(CPUState *cpu, uint64_t address);
void cpu_physical_memory_rw(uint64_t address, void *buffer, uint64_t length, bool write);

static struct kos_observe layout;
static uint32_t machine;
#define NAME(symbol, name, what) #symbol,
static const char *const function_names[RAW_FUNCTION_COUNT] = {RAW_FUNCTIONS(NAME)};
#undef NAME
static uint64_t functions[RAW_FUNCTION_COUNT];

/* The kernel's mappings outside its direct map: made at boot, and they stay. Each CPU has its own cache, since it alone
 * can translate. */
#define CACHED 64
static struct translations {
    uint64_t page[CACHED], physical[CACHED];
    uint64_t cpu_address; /* of this CPU's struct cpu */
} translations[RAW_CPUS_MAX];

static bool constant_find(const unsigned char *file, size_t size)
{
    bool found = false;
    const Elf64_Ehdr *header = (const void *)file;
    if (size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    machine = header->e_machine;
    const Elf64_Shdr *sections = (const void *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf64_Sym *symbols = (const void *)(file + sections[i].sh_offset);
        const char *names = (const char *)file + sections[sections[i].sh_link].sh_offset;
        for (uint64_t s = 0; s < sections[i].sh_size / sizeof(*symbols); s++) {
            for (unsigned f = 0; f < RAW_FUNCTION_COUNT; f++)
                if (strcmp(names + symbols[s].st_name, function_names[f]) == 0)
                    functions[f] = symbols[s].st_value;
            if (strcmp(names + symbols[s].st_name, "kernel_observe") != 0)
                continue;
            const Elf64_Shdr *section = &sections[symbols[s].st_shndx];
            memcpy(&layout, file + section->sh_offset + (symbols[s].st_value - section->sh_addr), sizeof(layout));
            found = layout.magic == KOS_OBSERVE_MAGIC;
        }
    }
    return found;
}

unsigned guest_function(uint64_t address)
{
    unsigned f = 0;
    while (f < RAW_FUNCTION_COUNT && functions[f] != address)
        f++;
    return f;
}

bool guest_open(const char *path)
{
    FILE *file = fopen(path, "rb");
    bool good = false;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        unsigned char *bytes = size > 0 ? malloc((size_t)size) : NULL;
        good =
            bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size && constant_find(bytes, (size_t)size);
        free(bytes);
    }
    if (file != NULL)
        fclose(file);
    if (!good)
        fprintf(stderr, "perfcnt: %s: no symbol kernel_observe\n", path);
    return good;
}

uint32_t guest_machine(void)
{
    return machine;
}

/* The number behind `name` in text, hexadecimal. */
static uint64_t number_behind(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 16);
}

struct guest_registers guest_registers(unsigned cpu)
{
    char text[8192];
    FILE *file = fmemopen(text, sizeof(text), "w");
    struct guest_registers registers = {};
    if (file == NULL)
        return registers;
    cpu_dump_state(qemu_get_cpu((int)cpu), file, 0);
    fputc('\0', file);
    fclose(file);
    if (machine == EM_X86_64) {
        registers.frame = number_behind(text, "RBP=");
        registers.stack = number_behind(text, "RSP=");
    } else {
        registers.frame = number_behind(text, "X29=");
        registers.link = number_behind(text, "X30=");
        registers.stack = number_behind(text, " SP=");
    }
    return registers;
}

bool guest_read(unsigned cpu, uint64_t address, void *to, uint32_t size)
{
    return cpu_memory_rw_debug(qemu_get_cpu((int)cpu), address, to, size, false) == 0;
}

/* A page of the kernel outside the direct map. In user mode the CPU may be unable to translate: then only what has been
 * translated before is known. */
static bool translate(unsigned cpu, bool in_kernel, uint64_t address, uint64_t *physical)
{
    struct translations *own = &translations[cpu];
    uint64_t page = address & ~UINT64_C(0xfff);
    unsigned place = (unsigned)(page >> 12) % CACHED;
    if (own->page[place] != page) {
        uint64_t found = in_kernel ? cpu_get_phys_page_debug(qemu_get_cpu((int)cpu), page) : ~UINT64_C(0);
        if (found == ~UINT64_C(0))
            return false;
        own->page[place] = page;
        own->physical[place] = found;
    }
    *physical = own->physical[place] | (address & 0xfff);
    return true;
}

/* Kernel memory within one page. */
static bool kernel_read(unsigned cpu, bool in_kernel, uint64_t address, void *to, uint32_t size)
{
    uint64_t physical = address - layout.direct_map;
    if (physical >= layout.direct_map_size && !translate(cpu, in_kernel, address, &physical))
        return false;
    cpu_physical_memory_rw(physical, to, size, false);
    return true;
}

static uint64_t cpu_address(unsigned cpu, bool in_kernel)
{
    struct translations *own = &translations[cpu];
    if (own->cpu_address == 0 &&
        !kernel_read(cpu, in_kernel, layout.cpu_table + 8ULL * cpu, &own->cpu_address, sizeof(own->cpu_address)))
        own->cpu_address = 0;
    return own->cpu_address;
}

struct guest_thread guest_thread(unsigned cpu, bool in_kernel)
{
    struct guest_thread result = {.idle = true};
    uint64_t self = cpu_address(cpu, in_kernel), thread, task;
    uint8_t busy;
    if (self == 0 || !kernel_read(cpu, in_kernel, self + layout.cpu_busy, &busy, 1) || (busy == 0 && in_kernel) ||
        !kernel_read(cpu, in_kernel, self + layout.cpu_current, &thread, 8) || thread == 0 ||
        !kernel_read(cpu, in_kernel, thread + layout.thread_domain, &task, 8) || task == 0 ||
        !kernel_read(cpu, in_kernel, thread + layout.thread_tid, &result.thread, 4) ||
        !kernel_read(cpu, in_kernel, task + layout.task_id, &result.task, 4))
        return result;
    result.idle = false;
    result.task_address = task;
    return result;
}

bool guest_task(unsigned cpu, bool in_kernel, uint64_t task, char *name, uint64_t *image_base, uint64_t *file)
{
    for (uint32_t i = 0; i < RAW_NAME_SIZE; i += 8) /* it may lie across two pages */
        if (!kernel_read(cpu, in_kernel, task + layout.task_name + i, name + i, 8))
            return false;
    name[RAW_NAME_SIZE - 1] = '\0';
    return kernel_read(cpu, in_kernel, task + layout.task_image_base, image_base, 8) &&
           kernel_read(cpu, in_kernel, task + layout.task_file, file, 8);
}

void guest_look(unsigned cpu)
{
    uint64_t counters[KOS_EVENT_COUNTERS];
    static bool found[RAW_CPUS_MAX];
    uint64_t self = found[cpu] ? 0 : cpu_address(cpu, true);
    for (uint32_t i = 0; self != 0 && i < KOS_EVENT_COUNTERS; i++)
        found[cpu] = kernel_read(cpu, true, self + layout.cpu_events + 8ULL * i, &counters[i], 8);
}

bool guest_events(unsigned cpu, uint64_t *counters)
{
    uint64_t self = cpu_address(cpu, false);
    for (uint32_t i = 0; i < KOS_EVENT_COUNTERS; i++)
        if (self == 0 || !kernel_read(cpu, false, self + layout.cpu_events + 8ULL * i, &counters[i], 8))
            return false;
    return true;
}
