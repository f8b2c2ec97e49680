/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/x86_64/acpi.h>

static const u8 *memory;
static size_t memory_size;

static const void *translate(u64 physical, u64 size)
{
    return physical < memory_size && size <= memory_size - physical ? memory + physical : nullptr;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct acpi_machine machine;
    memory = data;
    memory_size = size;
    (void)acpi_read(1, translate, &machine);
    if (machine.cpu_count == 0 || machine.cpu_count > KOS_CPUS_MAX)
        __builtin_trap();
    return 0;
}
