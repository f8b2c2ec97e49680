/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_H
#define PROBE_H
#include <acme/hydro/gauge/Gauge.idl.h>
#include <acme/hydro/base/Health.idl.h>
#include <acme/hydro/valve/Valve.idl.h>

typedef struct {
    struct acme_hydro_gauge_Gauge base;
    const char *where;
    acme_hydro_base_Types_MilliBar value;
    unsigned reads;
} Probe;
typedef struct {
    struct acme_hydro_base_Health base;
    Probe *probe;
    unsigned pings;
} Pulse;
struct acme_hydro_gauge_Gauge *probe_init(Probe *self, const char *where, int value);
struct acme_hydro_base_Health *pulse_init(Pulse *self, Probe *probe);
struct acme_hydro_gauge_Gauge *summary_init(Probe *north, Probe *south);
struct acme_hydro_valve_Valve *valve_init(void);
#endif
