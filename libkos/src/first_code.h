/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First code of a process: its static PIE is relocated (R_*_RELATIVE), the first thread's variables are laid out on its
 * stack, and run() goes on. For the two files that define run(): start.c here, and posix/start.c for programs with the
 * whole C library.
 */
#pragma once
#include "thread.h"
#include "tls.h"
#include <abi/core.h>
#include <coresrv/task/task_api.h>
#include <kos/time.h>

int main(int argc, const char *argv[], const char *envs[]);

struct kos_clock kos_clock;

/* What runs before main: C++'s objects, functions with __attribute__((constructor)). The linker's names. */
typedef void constructor(int argc, const char *argv[], const char *envs[]);
extern constructor *const constructors[] __asm__("__init_array_start") __attribute__((visibility("hidden")));
extern constructor *const constructors_end[] __asm__("__init_array_end") __attribute__((visibility("hidden")));

static inline void construct(int argc, const char **argv, const char **envs)
{
    for (constructor *const *at = constructors; at != constructors_end; at++)
        (*at)(argc, argv, envs);
}

/* Not inlined: it may use thread-local variables. */
__attribute__((noinline, noreturn)) static void run(const struct kos_startup *startup);

struct dynamic {
    nk_sint64_t tag;
    nk_uint64_t value;
};
struct relocation {
    nk_uint64_t offset, info;
    nk_sint64_t addend;
};
#define TAG_RELA      7
#define TAG_RELA_SIZE 8

/* Touches no global before it is done. */
static inline void relocate(const struct kos_startup *startup)
{
    const struct dynamic *entry = (const struct dynamic *)(rtl_uintptr_t)startup->dynamic;
    nk_uint64_t base = startup->image_base, table = 0, size = 0;
    for (; entry != NK_NULL && entry->tag != 0; entry++) {
        if (entry->tag == TAG_RELA)
            table = entry->value;
        if (entry->tag == TAG_RELA_SIZE)
            size = entry->value;
    }
    for (nk_uint64_t at = 0; at < size; at += sizeof(struct relocation)) {
        const struct relocation *relocation = (const struct relocation *)(rtl_uintptr_t)(base + table + at);
        *(nk_uint64_t *)(rtl_uintptr_t)(base + relocation->offset) = base + (nk_uint64_t)relocation->addend;
    }
}

__attribute__((noreturn, used)) void kos_start(const struct kos_startup *startup);
void kos_start(const struct kos_startup *startup)
{
    relocate(startup);
    kos_clock = (struct kos_clock){startup->time_start, startup->time_scale};
    kos_tls_init();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Walloca" /* the size is the program's own, known when it was linked */
    kos_tls_install(__builtin_alloca(kos_tls_area_size()));
#pragma clang diagnostic pop
    run(startup);
}
