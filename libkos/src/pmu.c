/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/stat/pmu_api.h>
#include <kos/core.h>
#include <string.h>

#define NAME(enumerator, name) name,
static const char *const event_names[] = {KOS_PMU_EVENTS(NAME)};
#undef NAME
#define NAME(enumerator, name) "pmu." name,
static const char *const counter_names[] = {KOS_PMU_EVENTS(NAME)};
#undef NAME

Retcode KnPmuGetInfo(KnPmuInfo *info)
{
    char text[KOS_NAME_SIZE];
    nk_uint64_t words[8] = {0};
    Retcode rc = KOS_CORE_ARENA(PROFILER, GetPmu, words, NULL, 0, text, sizeof(text));
    if (rc != rcOk)
        return rc;
    info->events = (rtl_uint32_t)words[KOS_CORE_PROFILER_GetPmu_out_events];
    info->counters = (rtl_uint32_t)words[KOS_CORE_PROFILER_GetPmu_out_counters];
    text[sizeof(info->description) - 1] = '\0';
    strcpy(info->description, text);
    return rcOk;
}

const char *KnPmuEventName(rtl_uint32_t event)
{
    return event < KOS_PMU_EVENT_COUNT ? event_names[event] : NULL;
}

Retcode KnPmuStart(rtl_uint32_t events)
{
    Retcode rc = events != 0 ? KnStatSetCounting(1) : rcOk;
    return rc == rcOk ? KOS_CORE(PROFILER, SetPmu, events).rc : rc;
}

Retcode KnPmuStartThread(Handle thread, rtl_uint32_t events)
{
    return KOS_CORE(PROFILER, SetThreadPmu, thread, events).rc;
}

static Retcode read_counters(const KnPmuRegion *region, rtl_uint64_t *values)
{
    return KnStatGetObjectValues(region->thread, counter_names, KOS_PMU_EVENT_COUNT, values);
}

Retcode KnPmuRegionBegin(KnPmuRegion *region)
{
    return read_counters(region, region->begin);
}

Retcode KnPmuRegionEnd(KnPmuRegion *region, rtl_uint64_t counts[KOS_PMU_EVENT_COUNT])
{
    Retcode rc = read_counters(region, counts);
    for (unsigned i = 0; i < KOS_PMU_EVENT_COUNT && rc == rcOk; i++) {
        counts[i] -= region->begin[i];
        counts[i] = (region->events >> i & 1U) != 0 && counts[i] > region->empty[i] ? counts[i] - region->empty[i] : 0;
    }
    return rc;
}

#define EMPTY_TRIES 16 /* the first ones bring things into caches */

Retcode KnPmuRegionInit(KnPmuRegion *region, rtl_uint32_t events)
{
    memset(region, 0, sizeof(*region));
    region->events = events;
    struct kos_core_result own = KOS_CORE0(THREAD, OpenCurrent);
    region->thread = (Handle)KOS_CORE_OUT(own, THREAD, OpenCurrent, thread);
    rtl_uint64_t least[KOS_PMU_EVENT_COUNT];
    memset(least, 0xff, sizeof(least));
    Retcode rc = own.rc;
    for (unsigned i = 0; i < EMPTY_TRIES && rc == rcOk; i++) {
        rtl_uint64_t counts[KOS_PMU_EVENT_COUNT];
        rc = KnPmuRegionBegin(region);
        if (rc == rcOk)
            rc = KnPmuRegionEnd(region, counts);
        for (unsigned e = 0; e < KOS_PMU_EVENT_COUNT && rc == rcOk; e++)
            least[e] = counts[e] < least[e] ? counts[e] : least[e];
    }
    if (rc == rcOk)
        memcpy(region->empty, least, sizeof(least));
    return rc;
}

Retcode KnPmuRegionFini(KnPmuRegion *region)
{
    return KnHandleClose(region->thread);
}
