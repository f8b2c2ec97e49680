/* SPDX-License-Identifier: Apache-2.0 */
/* What the C++ compiler calls by itself: new and delete over the C library's memory, calls of pure virtual functions.
 * There are no exceptions: new that finds no memory ends the process, new (std::nothrow) gives null. */
#include <stdlib.h>

void *cxx_new(size_t size) __asm__("_Znwm");
void *cxx_new_array(size_t size) __asm__("_Znam");
void *cxx_new_or_null(size_t size, const void *nothrow) __asm__("_ZnwmRKSt9nothrow_t");
void *cxx_new_array_or_null(size_t size, const void *nothrow) __asm__("_ZnamRKSt9nothrow_t");
void *cxx_new_aligned(size_t size, size_t align) __asm__("_ZnwmSt11align_val_t");
void *cxx_new_array_aligned(size_t size, size_t align) __asm__("_ZnamSt11align_val_t");
void cxx_delete(void *p) __asm__("_ZdlPv");
void cxx_delete_array(void *p) __asm__("_ZdaPv");
void cxx_delete_sized(void *p, size_t size) __asm__("_ZdlPvm");
void cxx_delete_array_sized(void *p, size_t size) __asm__("_ZdaPvm");
void cxx_delete_aligned(void *p, size_t align) __asm__("_ZdlPvSt11align_val_t");
void cxx_delete_array_aligned(void *p, size_t align) __asm__("_ZdaPvSt11align_val_t");
void cxx_delete_sized_aligned(void *p, size_t size, size_t align) __asm__("_ZdlPvmSt11align_val_t");
void cxx_delete_array_sized_aligned(void *p, size_t size, size_t align) __asm__("_ZdaPvmSt11align_val_t");
void cxx_pure_virtual(void) __asm__("__cxa_pure_virtual");
void cxx_deleted_virtual(void) __asm__("__cxa_deleted_virtual");

static void *checked(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

void *cxx_new_or_null(size_t size, const void *nothrow)
{
    (void)nothrow;
    return malloc(size != 0 ? size : 1);
}

void *cxx_new_array_or_null(size_t size, const void *nothrow)
{
    return cxx_new_or_null(size, nothrow);
}

void *cxx_new(size_t size)
{
    return checked(cxx_new_or_null(size, NULL));
}

void *cxx_new_array(size_t size)
{
    return cxx_new(size);
}

void *cxx_new_aligned(size_t size, size_t align)
{
    return checked(aligned_alloc(align, (size + align - 1) / align * align));
}

void *cxx_new_array_aligned(size_t size, size_t align)
{
    return cxx_new_aligned(size, align);
}

void cxx_delete(void *p)
{
    free(p);
}

void cxx_delete_array(void *p)
{
    free(p);
}

void cxx_delete_sized(void *p, size_t size)
{
    (void)size;
    free(p);
}

void cxx_delete_array_sized(void *p, size_t size)
{
    (void)size;
    free(p);
}

void cxx_delete_aligned(void *p, size_t align)
{
    (void)align;
    free(p);
}

void cxx_delete_array_aligned(void *p, size_t align)
{
    (void)align;
    free(p);
}

void cxx_delete_sized_aligned(void *p, size_t size, size_t align)
{
    (void)size, (void)align;
    free(p);
}

void cxx_delete_array_sized_aligned(void *p, size_t size, size_t align)
{
    (void)size, (void)align;
    free(p);
}

void cxx_pure_virtual(void)
{
    abort();
}

void cxx_deleted_virtual(void)
{
    abort();
}
