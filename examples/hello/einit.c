/* SPDX-License-Identifier: Apache-2.0 */
/* Starts Hello, waits for its end, and switches the machine off. */
#include <coresrv/entity/entity_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/task/task_api.h>
#include <stdio.h>
#include <stdlib.h>

static const EntityInfo hello = {.eiid = "hello.Hello"};

int main(void)
{
    Entity *entity = EntityInitEx(&hello, "hello.Hello", "Hello");
    rtl_int32_t code;
    rtl_uint32_t reason;
    if (entity == RTL_NULL || EntityRun(entity) != rcOk ||
        KnTaskWait(EntityGetHandle(entity), INFINITE_TIMEOUT, &code, &reason) != rcOk) {
        fprintf(stderr, "Einit: hello.Hello does not start\n");
        return EXIT_FAILURE;
    }
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
