/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand-made: the generated one would not wait for the box.
 */
#include <coresrv/entity/entity_api.h>
#include <rtl/retcode.h>
#include <rtl/retcode_hr.h>
#include <services/handle/if_connection.h>
#include <stdio.h>
#include <stdlib.h>
#include "metro.h"

#define CHECK(x)                                                                             \
    do {                                                                                     \
        Retcode rc_ = (x);                                                                   \
        if (rc_ != rcOk) {                                                                   \
            fprintf(stderr, "Einit: %s: " RETCODE_HR_FMT "\n", #x, RETCODE_HR_PARAMS(rc_));  \
            return EXIT_FAILURE;                                                             \
        }                                                                                    \
    } while (0)

static const EndpointInfo turnoutEndpoints[] = {
    {.name = "east.drive", .riid = 0, .iface_name = "metro.track.Switch"},
    {.name = "east.lock", .riid = 1, .iface_name = "metro.safety_core.Lock"},
    {.name = "west.drive", .riid = 2, .iface_name = "metro.track.Switch"},
    {.name = "west.lock", .riid = 3, .iface_name = "metro.safety_core.Lock"},
};
static const EntityInfo turnoutInfo = {
    .eiid = "metro.Turnout",
    .max_endpoints = 4,
    .endpoints = turnoutEndpoints,
};
static const EndpointInfo boxEndpoints[] = {{"bell", 0, "metro.track.Switch"}};
static const EntityInfo boxInfo = {
    .eiid = "metro.SignalBox",
    .max_endpoints = 1,
    .endpoints = boxEndpoints,
    .args = {"metro.SignalBox", "-v", "line 7", RTL_NULL},
    .envs = {"SHIFT=night", RTL_NULL},
};

int main(void)
{
    Entity *turnout = EntityInit(&turnoutInfo);
    if (turnout == RTL_NULL) {
        fprintf(stderr, "Einit: no turnout\n");
        return EXIT_FAILURE;
    }
    Entity *box = EntityInitEx(&boxInfo, "metro.box.7", "SignalBox");
    if (box == RTL_NULL)
        return EXIT_FAILURE;
    CHECK(EntityConnect(box, turnout));
    CHECK(EntityConnectToService(box, turnout, METRO_CHANNEL));
    CHECK(EntityRun(turnout));
    CHECK(EntityRun(box));
    unsigned code = 0;
    CHECK(EntityWait(box, INFINITE_TIMEOUT, &code));
    SAY("Einit: the box ended with %u\n", code);
    EntityFree(box);
    return EXIT_SUCCESS;
}
