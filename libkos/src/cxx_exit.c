/* SPDX-License-Identifier: Apache-2.0 */
/* Destructors of C++'s global objects: a process that ends gives everything back, so they do not run. Weak: a
 * larger C library has its own. */
#include <stddef.h>

int cxx_atexit(void (*destructor)(void *), void *object, void *module) __asm__("__cxa_atexit") __attribute__((weak));
extern void *const cxx_module __asm__("__dso_handle") __attribute__((visibility("hidden"), weak));
void *const cxx_module = NULL;

int cxx_atexit(void (*destructor)(void *), void *object, void *module)
{
    (void)destructor, (void)object, (void)module;
    return 0;
}
