/* SPDX-License-Identifier: Apache-2.0 */
/* A driver that may register nothing and is given what it needs: serves as many interrupts as its argument says. Its
 * exit code: 0, or which step failed. */
#include <coresrv/io/irq.h>
#include <coresrv/io/mmio.h>
#include <coresrv/task/task_api.h>
#include <stdlib.h>
#include <tests/devices/device.h>

static Handle given(const char *name)
{
    Handle handle;
    return KnTaskLookupResource(KOS_RESOURCE_HANDLE, name, &handle) == rcOk ? handle : INVALID_HANDLE;
}

int main(int argc, char **argv)
{
    Handle other, delivery, mapping, irq = given("irq"), memory = given("memory");
    void *registers;
    if (KnRegisterIrq(device_line, &other) != rcSecurityDisallow ||
        KnRegisterPhyMem(device_address, DEVICE_SIZE, &other) != rcSecurityDisallow)
        return 1;
    if (KnIoMapMem(memory, VMM_FLAG_READ | VMM_FLAG_WRITE, 0, &registers, &mapping) != rcOk)
        return 2;
    if (KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &delivery) != rcOk)
        return 3;
    for (int left = argc > 1 ? argv[1][0] - '0' : 1; left > 0; left--) {
        device_raise(registers);
        if (KnIoWaitIrq(delivery) != rcOk)
            return 4;
        device_quiet(registers);
    }
    return 0;
}
