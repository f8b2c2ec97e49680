/* SPDX-License-Identifier: Apache-2.0 */
/* What init.yaml says: processes in order of creation, each with the channels in which it is the client. */
#pragma once
#include <tools/einit/document.h>
#include <tools/nk/program.h>

enum arena : int { ARENA_AUTO, ARENA_COPIED, ARENA_SEALED, ARENA_SHARED };
enum scheduling_class : int { CLASS_STANDARD, CLASS_FIFO, CLASS_ROUND_ROBIN };

struct entity;

struct channel {
    struct location at;
    struct name target, id;        /* id: a text, or null */
    struct name variable, include; /* instead of a text: a macro of a header */
    enum arena arena;
    struct location arena_at;
    struct channel *next;
    struct entity *server; /* checked */
};

struct words {
    struct name *items;
    unsigned count, capacity;
};

/* Times in ns; budget 0: no reservation. */
struct scheduler {
    struct location at; /* without source: none is given */
    struct location class_at, priority_at, budget_at, period_at, deadline_at;
    enum scheduling_class class;
    unsigned priority;
    uint64_t budget, period, deadline;
};

struct entity {
    struct location at;
    struct name class, task, path;
    struct channel *channels, *channels_last;
    struct words args, env; /* env: "NAME=VALUE" */
    struct location args_at, env_at;
    uint64_t cpus; /* 0: none are named */
    struct location cpus_at;
    struct scheduler scheduler;
    struct entity *next;
    unsigned number;
    /* checked */
    const struct unit *unit;
    unsigned info; /* number of the first process of its class */
};

struct solution {
    struct entity *entities, *entities_last;
    unsigned count;
    struct location at; /* "entities" */
};

void words_add(struct pool *pool, struct words *words, struct name word);

/* Keys of the scheduler and of CPUs (scheduler.c). */
document_reader read_cpus, read_scheduler;
/* The whole file. Errors are reported; what is wrong is missing. */
void solution_read(struct document *document, yaml_node_t *root, struct solution *solution);
/* What concerns several processes, and their classes. */
void solution_check(struct program *program, struct solution *solution);
void scheduler_check(struct diagnostics *diagnostics, const struct solution *solution);
/* No arena is shared whose content a rule of the policy reads; path: what nk-psl-gen-c --arena-readers wrote. */
void readers_check(struct pool *pool, struct diagnostics *diagnostics, const struct solution *solution,
                   const char *path);
/* C of the initializing program. */
void solution_emit(struct pool *pool, const struct solution *solution, const char *from, struct text *text);
