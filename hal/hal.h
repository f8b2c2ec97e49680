/* SPDX-License-Identifier: Apache-2.0 */
/* The contract between the generic kernel and a port. A port implements every function declared here and calls the
 * upcalls of <hal/upcall.h>. Chosen by include path: hal/<port>/include/arch holds the inline half.  */
#pragma once

#include <hal/base.h>
#include <hal/boot.h>
#include <hal/console.h>
#include <hal/context.h>
#include <hal/cpu.h>
#include <hal/paging.h>
#include <hal/time.h>
#include <hal/user_copy.h>
