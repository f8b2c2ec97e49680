/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A control loop: at the beginning of each period it tells the vessel's valve where to go, and learns of the level (a
 * PI controller in whole numbers). It notes how late it began each time; at the end it prints what it reached, then the
 * samples, one in a line, and switches the machine off.
 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/thread/thread_api.h>
#include <kos/time.h>
#include <rt/Plant.idl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define WANTED      1500 /* the level, in tenths of a millimetre */
#define PERIODS_MAX 10000
#define WARM_UP     5 /* periods until all memory has been touched */

static rtl_uint32_t late[PERIODS_MAX]; /* ns from the beginning of the period */

static nk_uint16_t valve_for(int level)
{
    static int sum;
    int error = WANTED - level;
    int valve = error * 4 + sum / 16;
    if (valve >= 0 && valve <= 1000) /* the sum stands still while the valve can do no more */
        sum += error * 4;
    return (nk_uint16_t)(valve < 0 ? 0 : valve > 1000 ? 1000 : valve);
}

static bool control(struct rt_Plant_proxy *proxy, rtl_uint64_t period, unsigned periods, int *level)
{
    rtl_uint64_t begin = kos_time_ns() / period * period + 2 * period;
    for (unsigned i = 0; i < periods; i++, begin += period) {
        struct rt_Plant_Step_req req;
        struct rt_Plant_Step_res res;
        (void)KnSleepUntilNs(begin);
        rtl_uint64_t now = kos_time_ns();
        late[i] = now < begin ? 0 : (rtl_uint32_t)(now - begin);
        nk_req_reset(&req);
        req.valve = valve_for(*level);
        if (rt_Plant_Step(&proxy->base, &req, NK_NULL, &res, NK_NULL) != NK_EOK)
            return false;
        *level = res.level;
    }
    return true;
}

static void report(unsigned periods, int level)
{
    rtl_uint64_t overruns = 0;
    Handle self;
    if (KnThreadOpenCurrent(&self) == rcOk)
        overruns = KOS_CORE(THREAD, GetReservation, self).w[4];
    printf("Controller: %u periods, wanted %d.%d mm, the level is %d.%d mm\n", periods, WANTED / 10, WANTED % 10,
           level / 10, level % 10);
    printf("overruns %llu\n", (unsigned long long)overruns);
    for (unsigned i = WARM_UP; i < periods; i++)
        printf("late %u\n", late[i]);
}

static unsigned argument(int argc, const char *argv[], int which)
{
    unsigned value = 0;
    for (const char *at = which < argc ? argv[which] : ""; *at >= '0' && *at <= '9' && value < 100000000; at++)
        value = value * 10 + (unsigned)(*at - '0');
    return value;
}

int main(int argc, const char *argv[])
{
    NkKosTransport transport;
    struct rt_Plant_proxy proxy;
    int level = 0;
    unsigned period = argument(argc, argv, 1), periods = argument(argc, argv, 2);
    Handle channel = ServiceLocatorConnect("vessel");
    nk_iid_t riid = channel != INVALID_HANDLE ? ServiceLocatorGetRiid(channel, "plant") : INVALID_RIID;

    if (riid == INVALID_RIID || period == 0 || periods <= WARM_UP || periods > PERIODS_MAX) {
        fprintf(stderr, "Controller: expected a vessel, a period in us, and how many\n");
        return EXIT_FAILURE;
    }
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    rt_Plant_proxy_init(&proxy, &transport.base, riid);
    if (control(&proxy, (rtl_uint64_t)period * 1000, periods, &level))
        report(periods, level);
    else
        fprintf(stderr, "Controller: the vessel does not answer\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
