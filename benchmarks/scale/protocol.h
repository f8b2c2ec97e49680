/* SPDX-License-Identifier: Apache-2.0 */
/* What is measured on how many CPUs. Messages and methods are those of benchmarks/conflicts. */
#pragma once
#include <benchmarks/conflicts/protocol.h>

/* X(operation of CONFLICTS_OPERATIONS, name of the work, rounds per CPU). Instructions are counted exactly, so few
 * rounds are enough. */
#define SCALE_WORKS(X)                                                                                                 \
    X(call_own, call_one_endpoint_each, 32)                                                                            \
    X(call_shared, call_one_endpoint_for_all, 32)                                                                      \
    X(decision, decision, 32)                                                                                          \
    X(evaluated_shared, evaluated_decision_one_endpoint_for_all, 8)                                                    \
    X(futex, futex, 8)

#define SCALE_SIDES 8U    /* CPUs 0 to 7 */
#define SCALE_PACER 8U    /* the CPU of Einit's threads */
#define SCALE_WALL  1000U /* times as many rounds for wall time */

/* Few where CPUs contend: threads of the emulator that wait for each other there while the host runs others take long.
 */
#define SCALE_WARM_UP(cpus) ((cpus) == 1 ? 20U : 3U)

/* The word that tells a worker what to do. */
#define SCALE_WHICH(operation, cpus) ((nk_uint64_t)(cpus) << 8 | (operation))
#define SCALE_OPERATION(which)       ((which) & 0xffU)
#define SCALE_CPUS(which)            ((unsigned)((which) >> 8))
