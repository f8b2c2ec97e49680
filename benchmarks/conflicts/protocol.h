/* SPDX-License-Identifier: Apache-2.0 */
/* The operations, and the two interfaces: Einit's, which paces the workers, and the servers', which echoes one word. */
#pragma once
#include <abi/ipc.h>

/* X(name): in the order in which the matrix is walked. The workers' table of functions has the same names. */
#define CONFLICTS_OPERATIONS(X)                                                                                        \
    X(call_own)      /* Call to a server of the worker's own, on its CPU */                                            \
    X(call_shared)   /* Call to one endpoint that both workers call; it has a receiver on each CPU */                  \
    X(futex)         /* two threads of the worker wake each other through one word */                                  \
    X(decision)      /* a call to the kernel that does nothing but be decided */                                       \
    X(handle_lookup) /* SID of a handle of the worker's own */                                                         \
    X(page_fault)    /* first touch of a page */                                                                       \
    X(thread_wake)   /* resumes a suspended thread on the own CPU and lets it run */                                   \
    X(timer)         /* sleeps 1 ms */                                                                                 \
    X(user)          /* no system call at all: what is left is the kernel's own business */                            \
    X(control)       /* copies a handle of an object that both have, and closes it: these two do share */

#define CONFLICTS_ENUMERATOR(name) OPERATION_##name,
enum conflicts_operation { CONFLICTS_OPERATIONS(CONFLICTS_ENUMERATOR) OPERATIONS };

/* All pairs of the operations before control; control only with itself, to show that the plugin sees. */
#define CONFLICTS_SIDE  OPERATION_control
#define CONFLICTS_PAIRS (CONFLICTS_SIDE * CONFLICTS_SIDE + 1)

#define CONFLICTS_WORKERS 2U /* worker n, its server and all their threads live on CPU n */
#define CONFLICTS_PACER   2U /* the CPU of everything that must not disturb them */
#define CONFLICTS_END     (~0ULL)

/* Each interface has this one method: a word there, a word back. */
#define CONFLICTS_INFO KOS_INFO(0, 0, KOS_MESSAGE_HEADER_SIZE + 8, 0)
