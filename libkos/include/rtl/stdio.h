/* SPDX-License-Identifier: Apache-2.0 */
/* Formatted output under the library's own names. */
#pragma once
#include <stdio.h>

#define rtl_printf    printf
#define rtl_snprintf  snprintf
#define rtl_vsnprintf vsnprintf
