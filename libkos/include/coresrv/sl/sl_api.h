/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <nk/types.h>
#include <rtl/stdlib.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef rtl_uint32_t ServiceId;
Handle ServiceLocatorConnect(const char *channelName);
Handle ServiceLocatorRegister(const char *channelName, void *unused, rtl_size_t size, ServiceId *id);
nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpoint);
#ifdef __cplusplus
}
#endif
