/* SPDX-License-Identifier: Apache-2.0 */
#include <farm/serve.h>
#include <coresrv/sl/sl_api.h>
Handle channel_of(const char *name) { return ServiceLocatorConnect(name); }
