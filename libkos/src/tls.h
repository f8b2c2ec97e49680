/* SPDX-License-Identifier: Apache-2.0 */
/* Thread-local variables (_Thread_local, thread_local) of threads that the library starts. Each thread's live at the
 * top of its stack. */
#pragma once
#include <rtl/retcode.h>

/* Finds the program's PT_TLS. Once, before any thread's. */
void kos_tls_init(void);
/* Bytes of an area for one thread. */
rtl_size_t kos_tls_area_size(void);
/* Lays the variables out in area, with their initial values, and makes them the calling thread's. */
void kos_tls_install(void *area);
