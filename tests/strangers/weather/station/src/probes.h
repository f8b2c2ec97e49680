/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <weather/Mast.cdl.h>

struct probe {
    struct weather_Wind wind;
    struct weather_Air air;
    int height;
    weather_Probe_component component;
};

weather_Probe_component *probe_init(struct probe *probe, int height);
