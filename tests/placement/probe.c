/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of this process's first thread. */
#include <coresrv/thread/thread_api.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, const char *argv[])
{
    static const char *const classes[] = {"standard", "fifo", "round-robin", "reservation"};
    Handle self;
    if (argc < 1 || KnThreadOpenCurrent(&self) != rcOk)
        return EXIT_FAILURE;
    struct kos_core_result info = KOS_CORE(THREAD, GetInfo, self), time = KOS_CORE(THREAD, GetReservation, self);
    unsigned long long cpu = KOS_CORE(THREAD, GetSchedule, self).w[0], word = info.w[2], affinity = info.w[3];
    char reservation[80] = "";
    if (word >> 8 == KOS_CLASS_RESERVATION)
        snprintf(reservation, sizeof(reservation), ", %llu us in %llu us by %llu us",
                 (unsigned long long)time.w[0] / 1000, (unsigned long long)time.w[1] / 1000,
                 (unsigned long long)time.w[2] / 1000);
    printf("%s: %s %llu, may run on %llx, %s%s\n", argv[0], classes[word >> 8 & 3], word & 0xff, affinity & 0xf,
           affinity >> cpu & 1 ? "does so" : "runs elsewhere", reservation);
    return EXIT_SUCCESS;
}
