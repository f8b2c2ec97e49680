/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <nk/types.h>
typedef struct EndpointInfo {
    char *name;
    nk_iid_t riid;
    char *iface_name;
} EndpointInfo;
