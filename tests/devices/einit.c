/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint io.IO, with a device that interrupts. */
#include <coresrv/hal/hal_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/io/dma.h>
#include <coresrv/io/irq.h>
#include <coresrv/io/mmio.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/sync/sync_api.h>
#include <coresrv/task/task_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/alloc.h>
#include <stdio.h>
#include <tests/devices/device.h>
#include <tests/devices/protocol.h>
#include <tests/patience.h>

#define ROUNDS 200U
#define NONE   0xdeadU

static void expect(const char *part, long long got, long long expected)
{
    if (got == expected)
        printf("PASS %s\n", part);
    else
        printf("FAIL %s: expected %lld, got %lld\n", part, expected, got);
}

static Handle memory, mapping, irq;
static volatile void *registers;

/* ---- registering ---- */

static void registers_memory(void)
{
    Handle other;
    void *address;
    expect("memory/unaligned", KnRegisterPhyMem(device_address + 8, 4096, &other), rcInvalidArgument);
    expect("memory/nothing", KnRegisterPhyMem(device_address, 0, &other), rcInvalidArgument);
    expect("memory/too_much", KnRegisterPhyMem(device_address, KOS_DEVICE_SIZE_MAX + 4096UL, &other),
           rcInvalidArgument);
    expect("memory/wraps", KnRegisterPhyMem(~0xfffULL, 8192, &other), rcInvalidArgument);
    expect("memory/ram", KnRegisterPhyMem(ram_address, 4096, &other), rcInvalidArgument);
    expect("memory/interrupt_controller", KnRegisterPhyMem(controller_address, 4096, &other), rcInvalidArgument);
    expect("memory/around_it", KnRegisterPhyMem(controller_address - 4096, 16384, &other), rcInvalidArgument);
    expect("memory/denied", KnRegisterPhyMem(DENIED_ADDRESS, 4096, &other), rcSecurityDisallow);
    expect("memory/register", KnRegisterPhyMem(device_address, DEVICE_SIZE, &memory), rcOk);
    expect("memory/twice", KnRegisterPhyMem(device_address, DEVICE_SIZE, &other), rcAlreadyExists);
    expect("memory/overlapping", KnRegisterPhyMem(device_address - 4096, 8192, &other), rcAlreadyExists);
    expect("memory/map_executable", KnIoMapMem(memory, VMM_FLAG_READ | VMM_FLAG_EXECUTE, 0, &address, &mapping),
           rcInvalidArgument);
    expect("memory/map_attribute", KnIoMapMem(memory, VMM_FLAG_READ, 1, &address, &mapping), rcInvalidArgument);
    expect("memory/no_shared_memory", KnPmmMdlMap(memory, 0, 4096, RTL_NULL, VMM_FLAG_READ, &address),
           rcInvalidArgument);
    expect("memory/no_words", KnSyncWaitShared(memory, 0, 0, 1), rcInvalidArgument);
    expect("memory/map", KnIoMapMem(memory, VMM_FLAG_READ | VMM_FLAG_WRITE, VMM_FLAG_CACHE_DISABLE, &address, &mapping),
           rcOk);
    registers = address;
}

/* What the kernel would look for in RAM. */
static void kernel_stays_out(void)
{
    char *at = (char *)(rtl_uintptr_t)registers;
    expect("memory/as_lock", KnSyncLock((volatile rtl_uint32_t *)(void *)at, 1) == rcOk, 0);
}

/* Messages and words where no device answers: on aarch64 that is an exception in the middle of a copy of the kernel's;
 * on x86_64 all bits are set. */
static void nobody_answers(void)
{
    Handle silent, mapped;
    void *address = RTL_NULL;
    char value[8];
    expect("silent/register", KnRegisterPhyMem(silent_address, 4096, &silent), rcOk);
    expect("silent/map", KnIoMapMem(silent, VMM_FLAG_READ | VMM_FLAG_WRITE, VMM_FLAG_CACHE_DISABLE, &address, &mapped),
           rcOk);
    for (unsigned offset = 0; offset < 16; offset += 5) { /* aligned, and not */
        const char *at = (const char *)address + offset;
        KOS_CORE_PARTS(HAL, GetEnv) parts = {.in = {.name = {0, 64}}};
        expect("silent/arena", KOS_CORE_ARENA(HAL, GetEnv, parts.words, at, 64, value, sizeof(value)) == rcOk, 0);
        KOS_CORE_PARTS(HAL, GetEntropy) entropy = {.in = {.size = 16}};
        Retcode written = KOS_CORE_ARENA(HAL, GetEntropy, entropy.words, RTL_NULL, 0, (char *)address + offset, 16);
        expect("silent/answer", written == rcOk || written == rcTargetFault,
               1); /* a store goes nowhere, or is refused */
        expect("silent/word", KnSyncWait((rtl_uint32_t *)(void *)((char *)address + offset), 0, 1) == rcOk, 0);
    }
    expect("silent/unmap", KnVmUnmap(address, 4096), rcOk);
    expect("silent/close_mapping", KnHandleClose(mapped), rcOk);
    expect("silent/close", KnHandleClose(silent), rcOk);
}

static void registers_interrupts(void)
{
    Handle other, delivery;
    expect("irq/no_such_line", KnRegisterIrq(4000, &other), rcInvalidArgument);
    expect("irq/negative", KnRegisterIrq(-1, &other), rcInvalidArgument);
    expect("irq/denied", KnRegisterIrq(DENIED_LINE, &other), rcSecurityDisallow);
    expect("irq/register", KnRegisterIrq(device_line, &irq), rcOk);
    expect("irq/twice", KnRegisterIrq(device_line, &other), rcAlreadyExists);
    expect("irq/attach_flags", KnIoAttachIrq(irq, 64, &delivery), rcInvalidArgument);
    expect("irq/attach_memory", KnIoAttachIrq(memory, IRQ_LEVEL_HIGH, &delivery), rcInvalidArgument);
    expect("irq/receive_unattached", KnIoWaitIrq(irq), rcInvalidOperation);
}

/* ---- memory that a device writes ---- */

static int is_zero(const unsigned char *bytes, rtl_size_t size)
{
    rtl_size_t i = 0;
    while (i < size && bytes[i] == 0)
        i++;
    return i == size;
}

static void dma_arguments(void)
{
    Handle other, mdl;
    DmaInfo *info;
    void *address;
    expect("dma/no_direction", KnIoDmaCreate(0, 4096, DMA_ZONE_DMA32, &other), rcInvalidArgument);
    expect("dma/unknown_flag", KnIoDmaCreate(0, 4096, DMA_DIR_BIDIR | 1U << 7, &other), rcInvalidArgument);
    expect("dma/nothing", KnIoDmaCreate(0, 0, DMA_DIR_BIDIR, &other), rcInvalidArgument);
    expect("dma/part_of_a_page", KnIoDmaCreate(0, 4097, DMA_DIR_BIDIR, &other), rcInvalidArgument);
    expect("dma/too_large", KnIoDmaCreate(0, KOS_MDL_SIZE_MAX + 4096UL, DMA_DIR_BIDIR, &other), rcInvalidArgument);
    expect("dma/order_too_large", KnIoDmaCreate(11, 4096, DMA_DIR_BIDIR, &other), rcInvalidArgument);
    expect("dma/shared_memory", KnPmmMdlCreate(4096, VMM_FLAG_READ | VMM_FLAG_WRITE, &mdl), rcOk);
    expect("dma/info_of_shared_memory", KnIoDmaGetPhysInfo(mdl, &info), rcNoCapability);
    expect("dma/map_shared_memory", KnIoDmaMap(mdl, 0, 4096, RTL_NULL, VMM_FLAG_READ, &address, &other),
           rcNoCapability);
    expect("dma/begin_shared_memory", KnIoDmaBegin(mdl, &other), rcNoCapability);
    expect("dma/info_of_device", KnIoDmaGetInfo(memory, &info), rcInvalidArgument);
    expect("dma/no_memory", info == RTL_NULL, 1);
    expect("dma/close_shared_memory", KnHandleClose(mdl), rcOk);
}

static void dma_by_device(char *at, rtl_uint64_t physical)
{
    Handle device, part;
    void *address = RTL_NULL;
    if (dma_device_address == 0)
        return;
    expect("dma/device/register", KnRegisterPhyMem(dma_device_address, 4096, &device), rcOk);
    expect("dma/device/map", KnIoMapMem(device, VMM_FLAG_READ | VMM_FLAG_WRITE, 0, &address, &part), rcOk);
    expect("dma/device/writes", dma_device_write(address, at, physical), 1);
    expect("dma/device/closes", KnHandleClose(part) == rcOk && KnHandleClose(device) == rcOk, 1);
}

static void dma_buffers(void)
{
    Handle buffer, part, access, copy;
    DmaInfo *info = RTL_NULL, *device = RTL_NULL, *none;
    void *address = RTL_NULL;
    const rtl_size_t size = 3UL * 4096;
    expect("dma/create", KnIoDmaCreate(1, size, DMA_DIR_BIDIR | DMA_ZONE_DMA32 | DMA_ATTR_CACHE_DISABLE, &buffer),
           rcOk);
    expect("dma/map_executable",
           KnIoDmaMap(buffer, 0, size, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_EXECUTE, &address, &part), rcInvalidArgument);
    expect("dma/map_beyond", KnIoDmaMap(buffer, 4096, size, RTL_NULL, VMM_FLAG_READ, &address, &part),
           rcInvalidArgument);
    expect(
        "dma/map",
        KnIoDmaMap(buffer, 0, size, RTL_NULL, VMM_FLAG_READ | VMM_FLAG_WRITE | VMM_FLAG_CACHE_DISABLE, &address, &part),
        rcOk);
    expect("dma/zeroed", is_zero(address, size), 1);
    expect("dma/info", KnIoDmaGetPhysInfo(buffer, &info), rcOk);
    expect("dma/info/flags", info->flags, DMA_DIR_BIDIR | DMA_ZONE_DMA32 | DMA_ATTR_WRITE_BACK);
    expect("dma/info/size", (long long)info->size, (long long)size);
    expect("dma/info/order", (long long)info->orderMin, 1);
    expect("dma/info/one_block", info->count == 1 && info->descriptors[0].order == 2, 1);
    rtl_uint64_t physical = (rtl_uint64_t)info->descriptors[0].frame << 12;
    expect("dma/info/below_4_GiB", physical != 0 && physical + size <= 1ULL << 32, 1);
    expect("dma/not_begun", KnIoDmaGetInfo(buffer, &device), rcOk);
    expect("dma/not_begun/nothing", (long long)device->count, 0);
    KosMemFree(device);
    expect("dma/begin", KnIoDmaBegin(buffer, &access), rcOk);
    expect("dma/begun", KnIoDmaGetInfo(buffer, &device), rcOk);
    expect("dma/begun/address", device->count == 1 && device->descriptors[0].raw == info->descriptors[0].raw, 1);
    expect("dma/begun/no_rights", KnIoDmaGetInfo(access, &none), rcNoCapability);
    expect("dma/weak_copy", KnHandleCopy(buffer, OCAP_HANDLE_COPY, INVALID_HANDLE, &copy), rcOk);
    expect("dma/weak_copy/info", KnIoDmaGetInfo(copy, &none), rcNoCapability);
    dma_by_device(address, physical);
    KosMemFree(device);
    KosMemFree(info);
    ((char *)address)[size - 1] = 1;
    expect("dma/revoke", KnHandleRevoke(part), rcOk);
    expect("dma/free", KnVmUnmap(address, size), rcOk);
    expect("dma/close", KnHandleClose(copy) == rcOk && KnHandleClose(access) == rcOk && KnHandleClose(buffer) == rcOk,
           1);
}

/* ---- a driver thread ---- */

static volatile rtl_uint32_t served, result;

static void serve(void *context, void *context2)
{
    (void)context, (void)context2;
    Handle delivery;
    Retcode rc = KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &delivery);
    while (rc == rcOk && (rc = KnIoWaitIrq(delivery)) == rcOk) {
        device_quiet(registers);
        served++;
    }
    result = (rtl_uint32_t)rc;
    (void)KnHandleClose(delivery);
    KnThreadExit(0);
}

static Handle driver_start(unsigned cpu)
{
    Handle thread = INVALID_HANDLE;
    Tid tid;
    served = 0, result = NONE;
    Retcode rc = KnThreadCreateByHandle(&thread, &tid, 15, 16384, serve, RTL_NULL, RTL_NULL, KOS_THREAD_SUSPENDED);
    if (rc == rcOk)
        rc = KnThreadSetAffinityByHandle(thread, 1ULL << cpu);
    if (rc == rcOk)
        rc = KnThreadResumeByHandle(thread);
    if (rc != rcOk)
        expect("driver/start", rc, rcOk);
    for (int i = 0; i < PATIENCE_MS && KOS_CORE(THREAD, GetInfo, thread).w[1] != KOS_THREAD_STATE_FUTEX; i++)
        (void)KnSleep(1);
    return thread;
}

static void driver_end(Handle thread, Retcode expected, const char *part)
{
    rtl_int32_t code;
    expect(part, KnThreadWaitByHandle(thread, PATIENCE_MS, &code) == rcOk ? (Retcode)result : rcTimeout, expected);
    (void)KnHandleClose(thread);
}

static int serves(rtl_uint32_t count)
{
    for (int i = 0; i < PATIENCE_MS && served < count; i++)
        (void)KnSleep(1);
    return served == count;
}

static void delivers(unsigned cpu, const char *part, const char *end)
{
    Handle other, thread = driver_start(cpu);
    expect("irq/attached_twice", KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &other), rcAlreadyExists);
    rtl_uint32_t done = 0;
    for (; done < ROUNDS; done++) {
        device_raise(registers);
        if (!serves(done + 1))
            break;
    }
    expect(part, done, ROUNDS);
    (void)KnIoDetachIrq(irq);
    driver_end(thread, rcHandleRevoked, end);
}

static void masks(void)
{
    Handle thread = driver_start(0);
    expect("irq/disable", KnIoDisableIrq(irq), rcOk);
    device_raise(registers);
    (void)KnSleep(20);
    expect("irq/disabled_is_silent", served, 0);
    expect("irq/enable", KnIoEnableIrq(irq), rcOk);
    expect("irq/comes_when_enabled", serves(1), 1);
    /* not received: one level-triggered interrupt is one, whatever the device does meanwhile */
    (void)KnSleep(20);
    expect("irq/once", served, 1);
    rtl_int32_t code;
    expect("irq/terminate_waiting", KnThreadTerminateByHandle(thread, 7), rcOk);
    expect("irq/terminated", KnThreadWaitByHandle(thread, PATIENCE_MS, &code) == rcOk ? code : -1, 7);
    (void)KnHandleClose(thread);
    (void)KnIoDetachIrq(irq);
}

/* Only the thread that attached itself may receive. */
static volatile Handle shared_delivery;
static void intrude(void *context, void *context2)
{
    (void)context, (void)context2;
    result = (rtl_uint32_t)KnIoWaitIrq(shared_delivery);
    KnThreadExit(0);
}

static void belongs_to_one_thread(void)
{
    Handle delivery, thread;
    Tid tid;
    rtl_int32_t code;
    expect("irq/attach", KnIoAttachIrq(irq, IRQ_LEVEL_HIGH, &delivery), rcOk);
    shared_delivery = delivery;
    expect("irq/intruder", KnThreadCreateByHandle(&thread, &tid, 15, 16384, intrude, RTL_NULL, RTL_NULL, 0), rcOk);
    expect("irq/intruder_ends", KnThreadWaitByHandle(thread, PATIENCE_MS, &code), rcOk);
    expect("irq/others_cannot_receive", (Retcode)result, rcInvalidOperation);
    (void)KnHandleClose(thread);
    device_raise(registers);
    (void)KnSleep(2);
    expect("irq/raised_before_receive", KnIoWaitIrq(delivery), rcOk);
    device_quiet(registers);
    expect("irq/detach", KnIoDetachIrq(irq), rcOk);
    expect("irq/receive_detached", KnIoWaitIrq(delivery), rcInvalidOperation);
    expect("irq/close_delivery", KnHandleClose(delivery), rcOk);
}

/* ---- a driver in a process of its own ---- */

static void driver_process(void)
{
    static const char *const args[] = {"child", "9", RTL_NULL};
    Handle task;
    expect("process/create", KnTaskCreate("driver", "test.Child", "Child", KOS_CLASS_STANDARD, 15, &task), rcOk);
    expect("process/arguments", KnTaskSetEnv(task, args, RTL_NULL), rcOk);
    expect("process/give_irq", KnTaskAddResource(task, irq, ~0U, "irq"), rcOk);
    expect("process/give_memory", KnTaskAddResource(task, memory, ~0U, "memory"), rcOk);
    expect("process/run", KnTaskResume(task), rcOk);
    struct kos_core_result r = KOS_CORE(TASK, Wait, task, PATIENCE_MS);
    expect("process/ends", r.rc, rcOk);
    expect("process/served", (long long)r.w[0] | (long long)r.w[1] << 32, 0);
    (void)KnHandleClose(task);
}

static void all_comes_back(void)
{
    Handle again;
    expect("irq/revoke", KnHandleRevoke(irq), rcOk);
    expect("irq/again", KnRegisterIrq(device_line, &again), rcOk);
    expect("irq/close", KnHandleClose(again), rcOk);
    expect("memory/unmap", KnVmUnmap((void *)(rtl_uintptr_t)registers, DEVICE_SIZE), rcOk);
    expect("memory/revoke", KnHandleRevoke(memory), rcOk);
    expect("memory/close_mapping", KnHandleClose(mapping), rcOk);
    Retcode rc = rcAlreadyExists;
    for (int i = 0; i < PATIENCE_MS && rc == rcAlreadyExists; i++) { /* the driver's process may still be on its way */
        (void)KnSleep(1);
        rc = KnRegisterPhyMem(device_address, DEVICE_SIZE, &again);
    }
    expect("memory/again", rc, rcOk);
}

int main(void)
{
    unsigned cpus = KnHalGetCpuCount();
    expect("ports", KOS_CORE(IO, RegisterPort, 0x3f8, 8).rc, rcUnimplemented);
    registers_memory();
    kernel_stays_out();
    nobody_answers();
    registers_interrupts();
    dma_arguments();
    dma_buffers();
    device_init(registers);
    delivers(0, "irq/delivers/first_cpu", "irq/detach_wakes/first_cpu");
    delivers(cpus - 1, "irq/delivers/last_cpu", "irq/detach_wakes/last_cpu");
    masks();
    belongs_to_one_thread();
    driver_process();
    all_comes_back();
    printf("SUITE done\n");
    return (int)KnPmRequest(KOS_POWER_OFF);
}
