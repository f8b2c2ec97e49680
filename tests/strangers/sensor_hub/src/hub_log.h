/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HUB_LOG_H
#define HUB_LOG_H
#include "Log.idl.h"
struct sensor_hub_Log *hub_log_impl(void);
void hub_log(const char *fmt, ...);
#endif
