/* SPDX-License-Identifier: Apache-2.0 */
/* Entity* and KosTask*: processes made, given arguments and handles, run, waited for. */
#include <coresrv/entity/entity_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/task/task_api.h>
#include <kos/task.h>
#include <services/ocap.h>
#include <string.h>
#include <tests/libkos/check.h>
#include <tests/patience.h>

static const EntityInfo child = {.eiid = "libkostest.Child", .args = {"child", "3"}, .envs = {"KEY=value"}};

static void entities(void)
{
    static const char *args[] = {"other", "7", RTL_NULL}, *envs[] = {RTL_NULL};
    unsigned code = 0;
    char name[64];
    Entity *entity = EntityInit(&child);
    CHECK(entity != RTL_NULL);
    CHECK_SAME(KnTaskGetName(EntityGetHandle(entity), name, sizeof(name)), rcOk);
    CHECK(strcmp(name, "libkostest.Child") == 0);
    CHECK_SAME(KnTaskGetName(EntityGetHandle(entity), name, 5), rcBufferTooSmall);
    CHECK_SAME(EntityWait(entity, 1, &code), rcTimeout);
    CHECK_SAME(EntityRun(entity), rcOk);
    CHECK_SAME(EntityWait(entity, PATIENCE_MS, &code), rcOk);
    CHECK_SAME(code, 13);
    EntityFree(entity);
    CHECK((entity = EntityInitEx(&child, "second", "Child")) != RTL_NULL);
    CHECK_SAME(EntitySetArgs(entity, args), rcOk);
    CHECK_SAME(EntitySetEnvs(entity, envs), rcOk);
    CHECK_SAME(EntityRun(entity), rcOk);
    CHECK(EntityRun(entity) != rcOk);
    CHECK_SAME(EntityWait(entity, PATIENCE_MS, &code), rcOk);
    CHECK_SAME(code, 7);
    EntityFree(entity);
    EntityFree(RTL_NULL);
    static const char *failing[] = {"failing", "9", RTL_NULL};
    CHECK((entity = EntityInitEx(&child, "failing", "Child")) != RTL_NULL);
    CHECK_SAME(EntitySetArgs(entity, failing), rcOk);
    CHECK_SAME(EntityRun(entity), rcOk);
    CHECK_SAME(EntityWait(entity, PATIENCE_MS, &code), rcOk);
    CHECK_SAME((int)code, -1); /* an assertion */
    EntityFree(entity);
    CHECK(EntityInitEx(&child, "third", "NoSuchFile") == RTL_NULL);
}

static void connections(void)
{
    Entity *client = EntityInitEx(&child, "client", "Child"), *server = EntityInitEx(&child, "server", "Child");
    CHECK(client != RTL_NULL && server != RTL_NULL);
    CHECK_SAME(EntityConnect(client, server), rcOk);
    CHECK_SAME(EntityConnectToService(client, server, "service"), rcOk);
    CHECK_SAME(EntityConnectToService(client, server, "service"), rcAlreadyExists);
    CHECK_SAME(KnTaskTerminate(EntityGetHandle(client), 1), rcOk);
    CHECK_SAME(KnTaskTerminate(EntityGetHandle(server), 1), rcOk);
    EntityFree(client);
    EntityFree(server);
    CHECK_SAME(ServiceLocatorConnect("nothing"), INVALID_HANDLE);
    ServiceId id;
    CHECK_SAME(ServiceLocatorRegister("nothing", RTL_NULL, 0, &id), INVALID_HANDLE);
}

static void tasks(void)
{
    static const char *const args[] = {"task", "5", RTL_NULL}, *const envs[] = {"KEY=value", RTL_NULL};
    KosTaskParams params = {.eiid = "libkostest.Child", .args = args, .envs = envs, .flags = KOS_TASK_FLAGS_NONE};
    KosTask *task = RTL_NULL;
    Handle gift;
    rtl_int32_t code = 0;
    rtl_uint32_t reason = 9;
    CHECK_SAME(KosTaskInit(RTL_NULL, &task), rcInvalidArgument);
    params.flags = ~KOS_TASK_FLAG_DUMPABLE;
    CHECK_SAME(KosTaskInit(&params, &task), rcInvalidArgument);
    params.flags = KOS_TASK_FLAGS_NONE;
    CHECK_SAME(KosTaskInitEx(&params, RTL_NULL, "NoSuchFile", &task), rcResourceNotFound);
    CHECK_SAME(KosTaskInitEx(&params, "gifted", RTL_NULL, &task), rcOk);
    CHECK_SAME(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER, RTL_NULL, &gift), rcOk);
    CHECK_SAME(KnTaskAddResource(KosTaskGetHandle(task), gift, OCAP_HANDLE_TRANSFER, "gift"), rcOk);
    CHECK_SAME(KosTaskWait(task, 1, &code, &reason), rcTimeout);
    CHECK_SAME(KosTaskRun(task), rcOk);
    CHECK_SAME(KosTaskWait(task, PATIENCE_MS, &code, &reason), rcOk);
    CHECK_SAME(code, 115);
    CHECK_SAME(reason, KOS_TASK_EXITED);
    KosTaskFree(task);
    CHECK_SAME(KnHandleClose(gift), rcOk);
    params.flags = KOS_TASK_FLAG_DUMPABLE;
    CHECK_SAME(KosTaskLaunch(&params, &task), rcOk);
    CHECK_SAME(KosTaskWait(task, PATIENCE_MS, &code, &reason), rcOk);
    CHECK_SAME(code, 15);
    KosTaskFree(task);
    KosTaskFree(RTL_NULL);
    CHECK_SAME(KosTaskLookupResource("nothing", &gift), rcResourceNotFound);
}

static void self(void)
{
    const KosTask *task = KosTaskGetSelf();
    char name[KOS_NAME_SIZE] = "", own[KOS_NAME_SIZE] = "-";
    rtl_int32_t code;
    rtl_uint32_t reason, sid = 0;
    CHECK(task != RTL_NULL && KosTaskGetSelf() == task);
    CHECK_SAME(KnTaskGetName(KosTaskGetHandle(task), name, sizeof(name)), rcOk);
    CHECK_SAME(KnTaskGetName(INVALID_HANDLE, own, sizeof(own)), rcOk);
    CHECK(strcmp(name, own) == 0);
    CHECK_SAME(KnHandleGetSidByHandle(KosTaskGetHandle(task), &sid), rcOk);
    CHECK(sid != 0);
    CHECK_SAME(KosTaskWait((KosTask *)(rtl_uintptr_t)task, 0, &code, &reason), rcInvalidOperation);
    CHECK_SAME(KnTaskTerminate(KosTaskGetHandle(task), 1), rcNoCapability);
}

void test_process(void)
{
    RUN(entities);
    RUN(connections);
    RUN(tasks);
    RUN(self);
}
