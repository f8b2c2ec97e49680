/* SPDX-License-Identifier: Apache-2.0 */
/* The operations, and the two interfaces: Einit's, which paces the workers, and the servers', which echo. */
#pragma once
#include <abi/ipc.h>

/* X(name): in the order in which the matrix is walked. The workers' table of functions has the same names. */
#define CONFLICTS_OPERATIONS(X)                                                                                        \
    X(call_own)    /* Call to a server of the side's own, on its CPU; words in registers, the fast path */             \
    X(call_shared) /* Call to one endpoint that both sides call; it has a receiver on each CPU */                      \
    X(message_own) /* the two with a message in memory */                                                              \
    X(message_shared)                                                                                                  \
    X(evaluated_own) /* the two with a decision that the policy evaluates: the slow path */                            \
    X(evaluated_shared)                                                                                                \
    X(futex)           /* two threads of the side wake each other through one word */                                  \
    X(decision)        /* a call to the kernel that does nothing but be decided */                                     \
    X(cached_decision) /* as call_own, with a verdict that depends on the policy's state and was remembered */         \
    X(handle_lookup)   /* SID of a handle */                                                                           \
    X(thread_wake)     /* resumes a suspended thread on the own CPU and lets it run */                                 \
    X(timer)           /* sleeps 1 ms */                                                                               \
    X(user)            /* no system call at all: what is left is the kernel's own business */                          \
    X(page_fault)      /* first touch of a page */                                                                     \
    X(control)         /* copies a handle of an object that both sides have, and closes it: these two do share */

#define CONFLICTS_ENUMERATOR(name) OPERATION_##name,
enum conflicts_operation { CONFLICTS_OPERATIONS(CONFLICTS_ENUMERATOR) OPERATIONS };

/*
 * All pairs of the operations before control when each side is a task of its own, all but page faults when the sides
 * are threads of one task; control only with itself, to show that the plugin sees.
 */
#define CONFLICTS_TASKS_SIDE     OPERATION_control
#define CONFLICTS_ONE_TASK_SIDE  OPERATION_page_fault
#define CONFLICTS_TASKS_PAIRS    (CONFLICTS_TASKS_SIDE * CONFLICTS_TASKS_SIDE)
#define CONFLICTS_ONE_TASK_PAIRS (CONFLICTS_ONE_TASK_SIDE * CONFLICTS_ONE_TASK_SIDE)

#define CONFLICTS_SIDES 2U /* side n, its server and all their threads live on CPU n */
#define CONFLICTS_PACER 2U /* the CPU of everything that must not disturb them */
#define CONFLICTS_END   (~0ULL)

/* X(name, words there and back): methods of both interfaces. */
#define CONFLICTS_METHODS(X)                                                                                           \
    X(Word, 1)                                                                                                         \
    X(Block, 32)                                                                                                       \
    X(Evaluated, 1)                                                                                                    \
    X(Cached, 1)
#define CONFLICTS_MID(name, words) CONFLICTS_##name,
enum conflicts_mid : unsigned short { CONFLICTS_METHODS(CONFLICTS_MID) CONFLICTS_MIDS };
#define CONFLICTS_WORDS_MAX 32
