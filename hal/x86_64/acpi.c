/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/x86_64/acpi.h>

#define TABLE_HEADER 36U
#define TABLE_MAX    (1U << 20)
#define APIC_USUAL   0xfee00000ULL

static u32 load32(const u8 *at)
{
    u32 value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static u64 load64(const u8 *at)
{
    u64 value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static bool sums_to_zero(const u8 *bytes, u32 size)
{
    u8 sum = 0;
    for (u32 i = 0; i < size; i++)
        sum = (u8)(sum + bytes[i]);
    return sum == 0;
}

/* A whole table with a right checksum, or null. */
static const u8 *table_get(u64 physical, acpi_translate translate, u32 *size)
{
    const u8 *header = translate(physical, TABLE_HEADER);
    if (header == nullptr)
        return nullptr;
    *size = load32(header + 4);
    if (*size < TABLE_HEADER || *size > TABLE_MAX)
        return nullptr;
    const u8 *table = translate(physical, *size);
    return table != nullptr && sums_to_zero(table, *size) ? table : nullptr;
}

static void read_madt(const u8 *madt, u32 size, struct acpi_machine *machine)
{
    if (size < 44)
        return;
    machine->local_apic = load32(madt + 36);
    for (u32 at = 44; at + 2 <= size && madt[at + 1] >= 2 && madt[at + 1] <= size - at; at += madt[at + 1]) {
        const u8 *entry = madt + at;
        u32 id = ~0U;
        if (entry[0] == 0 && entry[1] >= 8 && (load32(entry + 4) & 3U) != 0)
            id = entry[3];
        else if (entry[0] == 9 && entry[1] >= 16 && (load32(entry + 8) & 3U) != 0)
            id = load32(entry + 4);
        else if (entry[0] == 5 && entry[1] >= 12)
            machine->local_apic = load64(entry + 4);
        else if (entry[0] == 1 && entry[1] >= 12 && load32(entry + 8) == 0)
            machine->io_apic = load32(entry + 4);
        if (id != ~0U && machine->cpu_count < KOS_CPUS_MAX)
            machine->apic_ids[machine->cpu_count++] = id;
    }
}

bool acpi_read(u64 rsdp_address, acpi_translate translate, struct acpi_machine *machine)
{
    *machine = (struct acpi_machine){.local_apic = APIC_USUAL};
    const u8 *rsdp = rsdp_address != 0 ? translate(rsdp_address, 20) : nullptr;
    if (rsdp != nullptr && memcmp(rsdp, "RSD PTR ", 8) == 0 && sums_to_zero(rsdp, 20)) {
        bool extended = rsdp[15] >= 2 && (rsdp = translate(rsdp_address, 36)) != nullptr && load64(rsdp + 24) != 0;
        u64 root_address = extended ? load64(rsdp + 24) : rsdp != nullptr ? load32(rsdp + 16) : 0;
        u32 step = extended ? 8 : 4, size = 0;
        const u8 *root = root_address != 0 ? table_get(root_address, translate, &size) : nullptr;
        for (u32 at = TABLE_HEADER; root != nullptr && at + step <= size; at += step) {
            u32 table_size;
            const u8 *table = table_get(extended ? load64(root + at) : load32(root + at), translate, &table_size);
            if (table != nullptr && memcmp(table, "APIC", 4) == 0)
                read_madt(table, table_size, machine);
            else if (table != nullptr && memcmp(table, "HPET", 4) == 0 && table_size >= 52 && table[40] == 0)
                machine->hpet = load64(table + 44);
        }
    }
    if (machine->cpu_count != 0)
        return true;
    machine->cpu_count = 1;
    return false;
}
