/* SPDX-License-Identifier: Apache-2.0 */
/* Names of exceptions as the architecture gives them, from ESR_EL1. */
#include "port.h"

static const char *const class_names[64] = {
    [0x00] = "undefined instruction",
    [0x01] = "trapped WFI or WFE",
    [0x07] = "FP access",
    [0x0d] = "branch target",
    [0x0e] = "illegal execution state",
    [0x15] = "SVC with a number other than 0",
    [0x16] = "HVC",
    [0x17] = "SMC",
    [0x18] = "trapped system register or instruction",
    [0x19] = "SVE access",
    [0x1c] = "pointer authentication",
    [0x1d] = "SME access",
    [0x20] = "instruction abort",
    [0x21] = "instruction abort in the kernel",
    [0x22] = "PC alignment",
    [0x24] = "data abort",
    [0x25] = "data abort in the kernel",
    [0x26] = "SP alignment",
    [0x2c] = "floating-point exception",
    [0x2f] = "SError",
    [0x30] = "hardware breakpoint",
    [0x31] = "hardware breakpoint in the kernel",
    [0x32] = "single step",
    [0x33] = "single step in the kernel",
    [0x34] = "watchpoint",
    [0x35] = "watchpoint in the kernel",
    [0x3c] = "BRK instruction",
};

/* By fault status, in fours for the four levels. */
static const char *const data_names[] = {
    "data abort, address size fault",
    "data abort, translation fault",
    "data abort, access flag fault",
    "data abort, permission fault",
    "data abort, external",
    "data abort, external on table walk",
    "data abort, parity",
    "data abort, parity on table walk",
    "data abort, alignment fault",
};
static const char *const fetch_names[] = {
    "instruction abort, address size fault",
    "instruction abort, translation fault",
    "instruction abort, access flag fault",
    "instruction abort, permission fault",
    "instruction abort, external",
    "instruction abort, external on table walk",
    "instruction abort, parity",
    "instruction abort, parity on table walk",
    "instruction abort, alignment fault",
};

const char *hal_syndrome_name(u64 syndrome)
{
    const u32 class = (u32)(syndrome >> 26) & 63, status = (u32)(syndrome >> 2) & 15;
    if ((class == 0x24 || class == 0x25) && status < array_length(data_names))
        return data_names[status];
    if ((class == 0x20 || class == 0x21) && status < array_length(fetch_names))
        return fetch_names[status];
    return class_names[class] != nullptr ? class_names[class] : "unknown exception";
}
