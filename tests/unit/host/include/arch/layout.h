/* SPDX-License-Identifier: Apache-2.0 */
/* A host "port": the direct map is an arena of the test. */
#pragma once
extern unsigned long host_direct_map;
#define HAL_DIRECT_MAP host_direct_map
