/* SPDX-License-Identifier: Apache-2.0 */
/* The formal definitions of the kernel's endpoints against the table that the kernel is built from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <abi/core.h>
#include <kl/core/Core.edl.ksm.h>
#include <ksm/message.h>

#define NAME(name_, endpoint_, interface_) {endpoint_, interface_},
static const struct {
    const char *endpoint, *interface;
} kernel_endpoints[] = {KOS_CORE_ENDPOINTS(NAME)};

#define METHOD(interface_, method_, request_words, request_arena, response_words, response_arena)                      \
    {KOS_RIID_##interface_, KOS_CORE_MID(interface_, method_), #method_,      24 + 8 * (request_words),                \
     request_arena,         24 + 8 * (response_words),         response_arena},
static const struct {
    unsigned riid, mid;
    const char *name;
    unsigned request, request_arena, response, response_arena;
} kernel_methods[] = {KOS_CORE_METHODS(METHOD)};

static void endpoints_in_riid_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < array_length(kernel_endpoints); i++) {
        assert_string_equal(kl_core_Core_ksm_endpoints[i].name, kernel_endpoints[i].endpoint);
        assert_string_equal(kl_core_Core_ksm_endpoints[i].interface->name, kernel_endpoints[i].interface);
    }
}

/* One name differs: the specification's and the kernel's. */
static bool same_name(const char *defined, const char *kernel)
{
    return strcmp(defined, kernel) == 0 || (strcmp(defined, "GetSidByHandle") == 0 && strcmp(kernel, "GetSid") == 0);
}

static void methods_and_their_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < array_length(kernel_methods); i++) {
        const struct ksm_interface *interface = kl_core_Core_ksm_endpoints[kernel_methods[i].riid].interface;
        if (kernel_methods[i].mid >= interface->method_count)
            fail_msg("the definition of %s below sdk/ lacks method %s of abi/core.h", interface->name,
                     kernel_methods[i].name);
        const struct ksm_method *method = &interface->methods[kernel_methods[i].mid];
        if (!same_name(method->name, kernel_methods[i].name))
            fail_msg("%s: method %u is %s, the kernel's is %s", interface->name, kernel_methods[i].mid, method->name,
                     kernel_methods[i].name);
        if (method->request.size != kernel_methods[i].request ||
            method->request.arena_size != kernel_methods[i].request_arena ||
            method->response.size != kernel_methods[i].response ||
            method->response.arena_size != kernel_methods[i].response_arena)
            fail_msg("%s.%s: request %u + %u, response %u + %u bytes; the kernel's are %u + %u, %u + %u",
                     interface->name, method->name, method->request.size, method->request.arena_size,
                     method->response.size, method->response.arena_size, kernel_methods[i].request,
                     kernel_methods[i].request_arena, kernel_methods[i].response, kernel_methods[i].response_arena);
        assert_int_equal(method->request.handle_count + method->response.handle_count, 0);
    }
}

/* Every endpoint that the specification names, however far the kernel is. */
static void endpoints_of_the_specification(void **state)
{
    (void)state;
    static const char *const names[] = {
        "vmm.VMM",         "io.IO",
        "thread.Thread",   "handle.Handle",
        "task.Task",       "sync.Sync",
        "fs.FS",           "fs.FSUnsafe",
        "time.Time",       "hal.HAL",
        "xhcidbg.XHCIDBG", "audit.Audit",
        "iommu.IOMMU",     "profiler.Profiler",
        "cm.CM",           "pm.PM",
        "notice.Notice",   "tee.TEE",
        "tee.TEEVMM",      "ipc.IPC",
        "cpufreq.CpuFreq", "hypervisor.Hypervisor",
    };
    assert_int_equal(kl_core_Core_ksm_endpoint_count, array_length(names));
    for (size_t i = 0; i < array_length(names); i++) {
        bool found = false;
        for (unsigned riid = 0; riid < kl_core_Core_ksm_endpoint_count; riid++)
            found |= strcmp(kl_core_Core_ksm_endpoints[riid].name, names[i]) == 0;
        if (!found)
            fail_msg("no endpoint %s", names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_in_riid_order),
        cmocka_unit_test(methods_and_their_messages),
        cmocka_unit_test(endpoints_of_the_specification),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
