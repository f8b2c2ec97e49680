/* SPDX-License-Identifier: Apache-2.0 */
/* All synchronization objects. */
#pragma once
#include <kos/barrier.h>
#include <kos/condvar.h>
#include <kos/event.h>
#include <kos/mutex.h>
#include <kos/rwlock.h>
#include <kos/semaphore.h>
