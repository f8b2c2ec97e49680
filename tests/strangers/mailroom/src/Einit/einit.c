/* SPDX-License-Identifier: Apache-2.0 */
/* Written by hand, from before the tool. */
#include <coresrv/entity/entity_api.h>
#include <rtl/retcode.h>
#include <services/handle/if_connection.h>
#include <stdio.h>
#include <stdlib.h>

static const EndpointInfo post_endpoints[] = {
    {.name = "counter", .riid = 0, .iface_name = "mailroom.Counter"},
    {.name = "mailroom.Post.counter", .riid = 0, .iface_name = "mailroom.Counter"},
};
static const EntityInfo post_info = {
    .eiid = "mailroom.Post",
    .max_endpoints = 2,
    .endpoints = post_endpoints,
};
static const EntityInfo writer_info = {.eiid = "mailroom.Writer", .max_endpoints = 0, .endpoints = NK_NULL};

int main(int argc, const char *argv[], const char *envs[])
{
    const char *args[] = {"anna", "-n", "3", RTL_NULL};
    unsigned code = 0;
    Entity *post = EntityInitEx(&post_info, "post office", "Post");
    Entity *writer = EntityInit(&writer_info);

    if (post == RTL_NULL || writer == RTL_NULL)
    {
        fprintf(stderr, "Einit: no entity\n");
        return EXIT_FAILURE;
    }
    if (EntitySetArgs(writer, args) != rcOk || EntityConnectToService(writer, post, "post") != rcOk)
        return EXIT_FAILURE;
    if (EntityRun(post) != rcOk || EntityRun(writer) != rcOk)
        return EXIT_FAILURE;
    Retcode rc = EntityWait(writer, INFINITE_TIMEOUT, &code);
    printf("Einit: the writer ended with %u, %d\n", code, rc == rcOk);
    EntityFree(writer);
    EntityFree(post);
    return EXIT_SUCCESS;
}
