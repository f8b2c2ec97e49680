/* SPDX-License-Identifier: Apache-2.0 */
#include "bolt.h"
#include <rtl/retcode.h>
int bolt(int wide) { return wide > 5 ? rcBusy : rcOk; }
