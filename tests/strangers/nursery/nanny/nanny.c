/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <coresrv/entity/entity_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/time/time_api.h>
#include <services/handle/if_connection.h>
#include <rtl/retcode_hr.h>
#include <nursery/Listener.edl.h>
#include "nanny.h"

static const EndpointInfo ear_endpoints[] = {
    { .name = "ear", .riid = nursery_Listener_ear_iid, .iface_name = "nursery.Song" },
};
static const EntityInfo listener_info = {
    .eiid = "nursery.Listener",
    .max_endpoints = nursery_Listener_iidMax,
    .endpoints = ear_endpoints,
    .args = { "Ear", "soft", "pillow" },
    .envs = { "PILLOW=feathers" },
};
static const EntityInfo singer_info = { .eiid = "nursery.Singer", .max_endpoints = 0, .endpoints = NK_NULL };

static Entity *child(const EntityInfo *info, const char *name, const char *path)
{
    Entity *entity = EntityInitEx(info, name, path);
    if (!entity) {
        fprintf(stderr, "cannot make %s\n", name);
        exit(EXIT_FAILURE);
    }
    return entity;
}

int main(int argc, char *argv[])
{
    fprintf(stderr, "nanny of %s, %s verses, %s\n", argv[1], argv[2], argc == 3 ? "ready" : "?");

    Entity *listener = child(&listener_info, "Ear", "Listener");
    Entity *singer = child(&singer_info, "Mouth", "Singer");
    const char *args[] = { "mouth", "a", "b", RTL_NULL };
    if (EntitySetArgs(singer, args) != rcOk)
        fprintf(stderr, "no args\n");
    Retcode rc = EntityConnectToService(singer, listener, "ear");
    if (rc != rcOk)
        fprintf(stderr, "connect: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));
    if ((rc = EntityRun(listener)) != rcOk || (rc = EntityRun(singer)) != rcOk)
        fprintf(stderr, "run: " RETCODE_HR_FMT "\n", RETCODE_HR_PARAMS(rc));

    unsigned heard = 0, left = 0;
    rc = EntityWait(singer, INFINITE_TIMEOUT, &heard);
    fprintf(stderr, "singer: %d %u\n", rc, heard);
    rc = EntityWait(listener, 5000, &left);
    fprintf(stderr, "listener: %d %u\n", rc, left);
    EntityFree(singer);
    EntityFree(listener);

    /* a second singer, to whom nobody listens */
    Entity *lonely = child(&singer_info, "Lonely", "Singer");
    EntityRun(lonely);
    EntityWait(lonely, INFINITE_TIMEOUT, &left);
    fprintf(stderr, "lonely: %u\n", left);

    sync_test();
    return EXIT_SUCCESS;
}
