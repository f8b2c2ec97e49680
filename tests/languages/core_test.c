/* SPDX-License-Identifier: Apache-2.0 */
/* The formal definitions of the kernel's endpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <kl/core/Core.edl.ksm.h>
#include <ksm/message.h>

/* Every endpoint that the specification names, however far the kernel is. */
static void endpoints_of_the_specification(void **state)
{
    (void)state;
    static const char *const names[] = {
        "vmm.VMM",         "io.IO",
        "thread.Thread",   "handle.Handle",
        "task.Task",       "sync.Sync",
        "fs.FS",           "fs.FSUnsafe",
        "time.Time",       "hal.HAL",
        "xhcidbg.XHCIDBG", "audit.Audit",
        "iommu.IOMMU",     "profiler.Profiler",
        "cm.CM",           "pm.PM",
        "notice.Notice",   "tee.TEE",
        "tee.TEEVMM",      "ipc.IPC",
        "cpufreq.CpuFreq", "hypervisor.Hypervisor",
    };
    assert_int_equal(kl_core_Core_ksm_endpoint_count, array_length(names));
    for (size_t i = 0; i < array_length(names); i++) {
        bool found = false;
        for (unsigned riid = 0; riid < kl_core_Core_ksm_endpoint_count; riid++)
            found |= strcmp(kl_core_Core_ksm_endpoints[riid].name, names[i]) == 0;
        if (!found)
            fail_msg("no endpoint %s", names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_of_the_specification),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
