/* SPDX-License-Identifier: Apache-2.0 */
/* Every method of the kernel's endpoints and each of its codes; see endpoints.h. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <tests/endpoints/endpoints.h>

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    vmm_tests();
    handle_tests();
    thread_tests(cpus);
    task_tests(cpus);
    sync_tests(cpus);
    interrupt_tests();
    fs_tests();
    time_tests();
    hal_tests(cpus);
    pm_tests(cpus);
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? 0 : 1;
}
