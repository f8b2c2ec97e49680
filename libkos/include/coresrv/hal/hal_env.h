/* SPDX-License-Identifier: Apache-2.0 */
/* 1.4's place for KnHalGetCpuCount. */
#pragma once
#include <coresrv/hal/hal_api.h>
