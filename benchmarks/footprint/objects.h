/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies at an address of the kernel's heap. The kernel clears an object with memset and then fills it in: the
 * function that stores into it first behind memset is taken for its maker, whose name tells what the object is.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct object {
    uint64_t start, end;
    int maker; /* symbol */
};

/* A store of the kernel by one vCPU; cleared: memset made it. vCPUs are told apart, calls are serialized by the
 * caller. */
void objects_store(unsigned vcpu, bool cleared, int symbol, uint64_t address, uint64_t size);
/* The object around address, or null. */
const struct object *objects_find(uint64_t address);
