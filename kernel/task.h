/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Task: a process. Created empty and stopped from a ROMFS file; gets arguments, channels and handles from its creator;
 * runs; ends by itself, by Terminate or by an unhandled exception; if it never ran, with its creator. Its end: every
 * thread leaves on its own CPU; the last one to leave does the teardown first; the object stays until the last handle
 * is closed.
 */
#pragma once
#include <kernel/connection.h>
#include <kernel/stack.h>
#include <image/elf.h>
#include <ipc/ipc.h>
#include <kernel/thread.h>

enum task_state : u32 { TASK_CREATED, TASK_RUNNING, TASK_DYING, TASK_DEAD };

/* A named thing that the task finds by Task.LookupResource. */
struct task_resource {
    struct tree_node node; /* in task->resources; guarded by task->lock */
    u32 kind;              /* KOS_RESOURCE_* */
    u32 handle;
    u32 hash;   /* of kind and name: names are compared once */
    u32 length; /* of the name */
    char name[KOS_SHORT_NAME_SIZE];
};

struct task {
    struct domain domain; /* first: object, space, handles, quota, class */
    struct spinlock lock; /* guards what follows, up to the constants */
    enum task_state state;
    struct list threads;
    struct tree tids; /* the same threads, by tid */
    u32 thread_count;
    struct stack_pool stacks;
    struct tree resources;            /* by hash */
    struct joins joins;               /* threads in Task.Wait */
    struct thread_counters *counters; /* of threads that have ended; null: none was counted */
    bool ended;                       /* guarded by the join lock */
    s32 exit_code;
    u32 exit_reason; /* KOS_TASK_* */
    /* constant after creation */
    u32 id;
    char name[KOS_SHORT_NAME_SIZE];
    vaddr image_base;
    const void *file; /* its program, in the ROMFS */
    u64 stack_size_default;
    struct domain *creator; /* kernel objects of the task itself are charged there; null: the kernel */
    struct thread *first;   /* until Resume */
    vaddr startup;          /* top of the first thread's stack, where arguments go; until Resume */
    struct kos_startup startup_block;
    struct epoch_entry epoch;
    struct tree_node all_node;               /* guarded by the lock of all tasks */
    struct list unborn;                      /* tasks that it has made and that never ran; likewise */
    struct list unborn_link;                 /* in its creator's; likewise */
    struct connections *_Atomic connections; /* requests of others for channels to it; null: none yet. Set once */
};

static inline struct task *task_of(struct domain *domain)
{
    return container_of(domain, struct task, domain);
}
static inline struct task *task_from_object(struct object *object)
{
    return task_of(container_of(object, struct domain, object));
}

void task_room_init(void);

/* observe.c: its events for tracers, who and where it is. The task is loaded. */
void task_trace_born(const struct task *task);

/* creator null: the kernel (for Einit). name: shorter than KOS_SHORT_NAME_SIZE. Codes: rcResourceNotFound (class or
 * file), rcBadImage, rcQuotaExceeded, rcOutOfMemory, rcSecurityDisallow (execute event), rcAlreadyExists (name in use).
 * One reference. */
retcode task_create(struct domain *creator, const char *name, const char *class, const char *path, u64 stack_size,
                    u32 thread_class, u32 priority, struct task **task);
/* Something is done to a task that does not run yet, by its creator, whatever others do to it meanwhile: rcOk, and
 * until task_leave() it does not go, or rcInvalidOperation. No checkpoint in between. */
retcode task_enter(struct task *task);
void task_leave(struct task *task);
/* args and envs: strings in a row. Replaces what was set. rcInvalidOperation once it runs. */
retcode task_set_environment(struct task *task, const char *args, u64 args_size, const char *envs, u64 envs_size);
/* Brings in the page of address, to be written, of a task that does not run yet. With checkpoints. */
retcode task_bring(struct task *task, vaddr address);
retcode task_find_resource(struct task *task, u32 kind, const char *name, u32 *handle);
/*
 * A handle of another task's gets a name, as a user may give a task thousands of them and the names are long:
 *
 *   step                                                       path
 *   1 new     the resource is made, its name hashed            its own; the caller has a reference to the task, no more
 *   2 add     task_enter; the handle is made; one walk         its own: from task_enter to task_leave
 *             through the tree; task_leave
 *   3 free    if it was not added                              no matter
 *
 * Between 1 and 2 others may give that name away: rcAlreadyExists.
 */
/* rcInvalidArgument: the name is too long; rcQuotaExceeded, rcOutOfMemory. */
retcode task_resource_new(struct task *task, u32 kind, const char *name, struct task_resource **resource);
/* *resource is null afterwards if it is the task's; what is left of it is to be freed. rcAlreadyExists. */
retcode task_resource_add(struct task *task, u32 handle, struct task_resource **resource);
void task_resource_free(struct task *task, struct task_resource *resource);
void task_resource_room_init(void); /* boot */
/* All of them, when the task ends. With checkpoints. */
void task_resources_free(struct task *task);
/* Static channel: client handle under `name` in client, listener under `name` in server. Both must not run yet, but a
 * caller may connect its own running task (own) to one that it has made. arena: KOS_ARENA_*, the channel's discipline.
 */
retcode task_connect(struct task *client, struct task *server, const char *name, bool own, u32 arena);
retcode task_resume(struct task *task);
/* A reference to the thread that Resume will run; rcInvalidOperation once it runs. */
retcode task_first_thread(struct task *task, struct thread **thread);
/* Starts the end of all threads, one by one with checkpoints. Idempotent. The running thread's own task: it must leave
 * by sched_exit(). */
void task_terminate(struct task *task, s32 code, u32 reason);
/* Called by a thread's end: true if it was the last, which then calls task_end(). */
bool task_thread_gone(struct task *task, struct thread *thread);
/* Terminates `count` threads, all that it has: no more are made. With checkpoints between them. */
void task_threads_terminate(struct task *task, u32 count, s32 code);
/* The end of the task: work of its last thread, with checkpoints. The thread leaves the task's space. True if so many
 * pages are on their way back that they are to be waited for (page_returned) before task_ended() tells: who then makes
 * another task finds the memory, on whatever CPU. */
bool task_end(struct task *task);
void task_ended(struct task *task);

u64 task_count(void);
/* Of the tasks that are not yet gone, by name: the first from that name on, or (beyond) behind it, with a reference;
 * null if there is none. */
struct task *task_from_name(const char *name, bool beyond);
/* task->lock held: the first of its threads with that tid or a higher one, or null. */
struct thread *task_thread_from(const struct task *task, u32 tid);
