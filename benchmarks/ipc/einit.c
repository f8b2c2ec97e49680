/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the benchmark's client and server. */
#include <coresrv/entity/entity_api.h>
#include <kos/arch/syscall.h>
#include <stdio.h>
#include <stdlib.h>

static const EntityInfo client_info = {.eiid = "benchmark.Client"}, server_info = {.eiid = "benchmark.Server"};

int main(void)
{
    unsigned long long start = kos_cycles();
    Entity *client = EntityInitEx(&client_info, "client", "Client"),
           *server = EntityInitEx(&server_info, "server", "Server");
    if (client == RTL_NULL || server == RTL_NULL || EntityConnectToService(client, server, "echo") != rcOk ||
        EntityRun(server) != rcOk || EntityRun(client) != rcOk) {
        fprintf(stderr, "Einit: the benchmark does not start\n");
        return EXIT_FAILURE;
    }
    /* the counter runs since reset, on both machines */
    printf("BENCH boot/einit rounds=1 min=%llu p50=%llu p99=%llu max=%llu\n", start, start, start, start);
    return EXIT_SUCCESS;
}
