/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACPI tables (ACPI 6.4, 5.2): RSDP, RSDT or XSDT, MADT, HPET. Pure functions over physical memory that the caller
 * makes readable: translate(physical, size) gives a pointer to that many bytes, or null. Any content is survived.
 */
#pragma once
#include <hal/base.h>

struct acpi_machine {
    u32 cpu_count;
    u32 apic_ids[KOS_CPUS_MAX]; /* usable local APICs in the order of the MADT */
    u64 local_apic;             /* physical address */
    u64 hpet;                   /* physical address, 0 = none */
    u64 io_apic;                /* the one whose inputs begin with 0; physical address, 0 = none */
};

typedef const void *(*acpi_translate)(u64 physical, u64 size);

/* False if there is no valid MADT; then machine describes one CPU with the APIC at its usual place. */
bool acpi_read(u64 rsdp, acpi_translate translate, struct acpi_machine *machine);
