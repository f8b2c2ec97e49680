/* SPDX-License-Identifier: Apache-2.0 */
/* What a controller has to live with: a thread that computes for ever, and one that keeps the kernel busy, with memory
 * that comes, is touched, and goes. */
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdlib.h>

#define BLOCK      (128U << 10)
#define PAGE       4096U
#define READ_WRITE (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)

static void keep_kernel_busy(void *context, void *context2)
{
    (void)context, (void)context2;
    for (;;) {
        volatile char *block = KnVmAllocate(RTL_NULL, BLOCK, READ_WRITE);
        for (unsigned at = 0; block != RTL_NULL && at < BLOCK; at += PAGE)
            block[at] = 1;
        (void)KnVmUnmap((void *)(rtl_uintptr_t)block, BLOCK);
    }
}

int main(void)
{
    static volatile unsigned long counter;
    Handle thread;
    Tid tid;
    if (KnThreadCreateByHandle(&thread, &tid, 0, 16 << 10, keep_kernel_busy, RTL_NULL, RTL_NULL, 0) != rcOk)
        return EXIT_FAILURE;
    for (;;)
        counter++;
}
