/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the firmware (PSCI 0.2 and later). */
#include "port.h"

s64 hal_psci_call(u64 function, u64 argument0, u64 argument1, u64 argument2)
{
    register u64 x0 __asm__("x0") = function;
    register u64 x1 __asm__("x1") = argument0;
    register u64 x2 __asm__("x2") = argument1;
    register u64 x3 __asm__("x3") = argument2;
#define PSCI_CLOBBERS                                                                                                  \
    "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"
    if (hal_device_tree.psci == FDT_CONDUIT_HVC)
        __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::PSCI_CLOBBERS);
    else if (hal_device_tree.psci == FDT_CONDUIT_SMC)
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::PSCI_CLOBBERS);
    else
        return -1;
    return (s64)x0;
}

void hal_power_off(void)
{
    (void)hal_psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    hal_cpu_halt();
}

void hal_reset(void)
{
    (void)hal_psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
    hal_cpu_halt();
}
