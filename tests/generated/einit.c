/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/entity/entity_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/task/task_api.h>
#include <stdio.h>
#include <stdlib.h>

static const EntityInfo client = {.eiid = "guest.Client"};
static const EntityInfo server = {.eiid = "guest.Server"};

int main(void)
{
    Entity *first = EntityInitEx(&server, "guest.Server", "Server");
    Entity *second = EntityInitEx(&client, "guest.Client", "Client");
    rtl_int32_t code;
    rtl_uint32_t reason;
    if (first == RTL_NULL || second == RTL_NULL || EntityConnectToService(second, first, "words") != rcOk ||
        EntityRun(first) != rcOk || EntityRun(second) != rcOk ||
        KnTaskWait(EntityGetHandle(second), INFINITE_TIMEOUT, &code, &reason) != rcOk)
        printf("FAIL start\n");
    printf("SUITE done\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
