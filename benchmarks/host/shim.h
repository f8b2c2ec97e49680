/* SPDX-License-Identifier: Apache-2.0 */
/* Google Benchmark for C: what the benchmarks here need of it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct host_state; /* of one thread of one benchmark */

/* Registers run(state, context), to be called by that many threads at once. name, context: valid for ever. */
void host_benchmark(const char *name, void (*run)(struct host_state *state, const void *context), const void *context,
                    int threads);
/* Runs what is registered; the arguments are Google Benchmark's. Exit status. */
int host_run(int argc, char **argv);

/* True once for each iteration that is to be done; all threads do the same number and start together. */
bool host_keep_running(struct host_state *state);
int host_thread(const struct host_state *state);
/* What this thread did in all iterations together. */
void host_items(struct host_state *state, uint64_t items);
void host_bytes(struct host_state *state, uint64_t bytes);

#ifdef __cplusplus
}
#endif
