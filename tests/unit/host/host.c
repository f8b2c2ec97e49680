/* SPDX-License-Identifier: Apache-2.0 */
/* What the rooms under test expect from the kernel, on the host. */
#include <hal/base.h>
#include <hal/cpu.h>
#include <hal/paging.h>
#include <smp/cross_call.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

unsigned long host_direct_map;
thread_local struct hal_cpu host_cpu;

void kernel_panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    abort();
}

void smp_poll(void) {}
void hal_page_zero(paddr page)
{
    memset(hal_direct(page), 0, KOS_PAGE_SIZE);
}
