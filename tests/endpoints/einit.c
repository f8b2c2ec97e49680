/* SPDX-License-Identifier: Apache-2.0 */
/* Every method of the kernel's endpoints and each of its codes; see endpoints.h. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/pm/pm_api.h>
#include <tests/endpoints/endpoints.h>
#include <tests/patience.h>

/* With a server on each CPU in turn, so that both the calls within one CPU and those between two are tested. */
static void server_tests(unsigned cpus, unsigned cpu)
{
    char order[] = "serve 0";
    order[6] = (char)('0' + cpu);
    Handle server = peer_create("server", "test.Peer", "Peer", order), client;
    rtl_int32_t code;
    rtl_uint32_t reason;
    expect("server/Connect", NK_NULL, KnTaskConnect(INVALID_HANDLE, server, order), rcOk);
    expect("server/Connect", "main", KnTaskConnect(INVALID_HANDLE, server, "main"), rcOk);
    expect("server/Resume", NK_NULL, KnTaskResume(server), rcOk);
    expect("server/LookupResource", NK_NULL, KnTaskLookupResource(KOS_RESOURCE_CHANNEL, "main", &client), rcOk);
    untouched_message_tests(client);
    message_tests(client);
    fp_tests(cpus, client);
    exchange_tests(client);
    expect("server/Wait", NK_NULL, KnTaskWait(server, PATIENCE_MS, &code, &reason), rcOk);
    expect("server/Wait", "code", code, 7);
    expect("server/Close", NK_NULL, KnHandleClose(server), rcOk);
    expect("server/Close", "client", KnHandleClose(client), rcOk);
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    vmm_tests();
    handle_tests();
    thread_tests(cpus);
    task_tests(cpus);
    meanwhile_tests(cpus);
    reservation_tests(cpus);
    sync_tests(cpus);
    lock_and_requeue_tests(cpus);
    interrupt_tests();
    cm_tests(cpus);
    fs_tests();
    time_tests();
    hal_tests(cpus);
    profiler_tests(cpus);
    pm_tests(cpus);
    core_message_tests();
    untouched_tests();
    server_tests(cpus, 0);
    if (cpus > 1)
        server_tests(cpus, cpus - 1);
    isolation_tests();
    exhaustion_tests(cpus);
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? 0 : 1;
}
