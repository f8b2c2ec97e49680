// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <benchmarks/host/shim.h>

struct host_state {
    benchmark::State &state;
};

void host_benchmark(const char *name, void (*run)(host_state *, const void *), const void *context, int threads)
{
    benchmark::RegisterBenchmark(name,
                                 [run, context](benchmark::State &state) {
                                     host_state shim{state};
                                     run(&shim, context);
                                 })
        ->Threads(threads)
        ->UseRealTime();
}

int host_run(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

bool host_keep_running(host_state *shim)
{
    return shim->state.KeepRunning();
}

int host_thread(const host_state *shim)
{
    return shim->state.thread_index();
}

void host_items(host_state *shim, uint64_t items)
{
    shim->state.SetItemsProcessed(static_cast<int64_t>(items));
}

void host_bytes(host_state *shim, uint64_t bytes)
{
    shim->state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
