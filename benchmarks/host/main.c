/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/host/host.h>
#include <stdio.h>
#include <stdlib.h>

_Thread_local struct hal_cpu *host_cpu;
static cache_aligned struct cpu cpus[HOST_CPUS];
struct cpu *host_cpus[HOST_CPUS] = {&cpus[0], &cpus[1]};

void host_be(u32 index)
{
    host_cpu = &cpus[index].hal;
}

/* A CPU that polls needs no interrupt. One whose reclamation waits polls, too. */
void hal_ipi_send(u32 cpu)
{
    (void)cpu;
}

_Noreturn void kernel_panic(const char *format, ...)
{
    (void)fprintf(stderr, "panic: %s\n", format);
    abort();
}

int main(int argc, char **argv)
{
    for (u32 i = 0; i < HOST_CPUS; i++) {
        cpus[i].hal.index = i;
        cpu_init(&cpus[i], nullptr);
        atomic_store_explicit(&cpus[i].doing, INBOX_POLLING, memory_order_relaxed);
    }
    inbox_benchmarks();
    epoch_benchmarks();
    decision_benchmarks();
    copy_benchmarks();
    return host_run(argc, argv);
}
