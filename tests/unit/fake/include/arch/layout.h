/* SPDX-License-Identifier: Apache-2.0 */
/* Host "port" of the unit tests: physical address 0 is the start of an arena, 4 MiB aligned (fake.h). */
#pragma once
extern unsigned long long fake_direct_map;
#define HAL_DIRECT_MAP fake_direct_map
