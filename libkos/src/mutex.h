/* SPDX-License-Identifier: Apache-2.0 */
/* For condvar.c: a mutex given back wholly, however often its holder has it, and taken again as often. */
#pragma once
#include <kos/mutex.h>

rtl_uint32_t kos_mutex_release_all(KosMutex *mutex); /* locks beyond the first */
void kos_mutex_lock_again(KosMutex *mutex, rtl_uint32_t depth);
