/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: libkos has malloc, calloc, realloc, free, aligned_alloc. */
#include "posix.h"
#include <coresrv/vmm/vmm_api.h>
#include <kos/alloc.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

void *musl_malloc(size_t size) MUSL(__libc_malloc);
void *musl_malloc(size_t size)
{
    return malloc(size);
}
void *musl_calloc(size_t count, size_t size) MUSL(__libc_calloc);
void *musl_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}
void *musl_realloc(void *had, size_t size) MUSL(__libc_realloc);
void *musl_realloc(void *had, size_t size)
{
    return realloc(had, size);
}
void musl_free(void *memory) MUSL(__libc_free);
void musl_free(void *memory)
{
    free(memory);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    *memory = aligned_alloc(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

void *memalign(size_t alignment, size_t size)
{
    return aligned_alloc(alignment, size);
}

size_t malloc_usable_size(void *memory)
{
    return memory != NULL ? KosMemGetSize(memory) : 0;
}

/* ---- pages: of no file, where there is room ---- */

/* VMM_FLAG_*; -1: writable code. */
static int access_of(int protection)
{
    if ((protection & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC))
        return -1;
    return (int)(((protection & PROT_READ) != 0 ? VMM_FLAG_READ : 0) |
                 ((protection & PROT_WRITE) != 0 ? VMM_FLAG_READ | VMM_FLAG_WRITE : 0) |
                 ((protection & PROT_EXEC) != 0 ? VMM_FLAG_EXECUTE : 0));
}

static void *no_map(int error)
{
    errno = error;
    return MAP_FAILED;
}

void *mmap(void *hint, size_t size, int protection, int flags, int file, off_t offset)
{
    int access = access_of(protection);
    (void)hint, (void)file, (void)offset;
    if (size == 0)
        return no_map(EINVAL);
    if (access < 0 || (flags & MAP_FIXED) != 0)
        return no_map(ENOTSUP);
    if ((flags & MAP_ANONYMOUS) == 0)
        return no_map(EIO);
    void *pages = KnVmAllocate(NULL, size, (int)(VMM_FLAG_RESERVE | VMM_FLAG_COMMIT) | access);
    return pages != NULL ? pages : no_map(ENOMEM);
}

int munmap(void *pages, size_t size)
{
    return KnVmUnmap(pages, size) == rcOk ? 0 : posix_failed(EINVAL);
}
int musl_munmap(void *pages, size_t size) MUSL(__munmap);
int musl_munmap(void *pages, size_t size)
{
    return munmap(pages, size);
}

int mprotect(void *pages, size_t size, int protection)
{
    int access = access_of(protection);
    if (access < 0)
        return posix_failed(ENOTSUP);
    return KnVmProtect(pages, size, access) == rcOk ? 0 : posix_failed(EACCES);
}
