/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's, for programs that have one. Applications count on EXIT_FAILURE, malloc and true coming along with the
 * transport and the service locator. */
#pragma once
#include <rtl/stdbool.h>
#include <stddef.h>
#if __has_include(<stdlib.h>)
#include <stdlib.h>
#endif
