/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/aarch64/fdt.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fdt_info info;
    (void)fdt_read(data, size, &info);
    if (info.cpu_count > FDT_CPUS_MAX || info.memory_count > FDT_RANGES_MAX)
        __builtin_trap();
    return 0;
}
