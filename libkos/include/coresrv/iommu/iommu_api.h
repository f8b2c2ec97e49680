/* SPDX-License-Identifier: Apache-2.0 */
/* Devices behind an IOMMU. The kernel drives none, so no device can be attached: rcDeviceNotFound, on both
 * architectures. bdf: bus << 8 | device << 3 | function. */
#pragma once
#include <rtl/retcode.h>
static inline Retcode KnIommuAttachDevice(rtl_uint16_t bdf)
{
    (void)bdf;
    return rcDeviceNotFound;
}
static inline Retcode KnIommuDetachDevice(rtl_uint16_t bdf)
{
    (void)bdf;
    return rcDeviceNotFound;
}
