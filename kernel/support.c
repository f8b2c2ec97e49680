/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/hal.h>
#include <kernel/kernel.h>
#include <kernel/print.h>
#include <smp/cpu.h>
#include <stdatomic.h>

const char *retcode_name(retcode code)
{
    switch (code) {
    case rcOk:
        return "rcOk";
#define NAME(name, number, text)                                                                                       \
    case name:                                                                                                         \
        return #name;
        KOS_RETCODES(NAME)
#undef NAME
    }
    return "unknown code";
}

void kernel_panic(const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    kernel_vformat(text, sizeof(text), format, arguments);
    va_end(arguments);
    kernel_print("\nKERNEL PANIC: %s\n", text);
    const u64 *frame = __builtin_frame_address(0);
    for (u32 depth = 0; depth < 16 && frame != nullptr && (u64)frame > HAL_DIRECT_MAP && (u64)frame % 8 == 0; depth++) {
        kernel_print("  %lx\n", frame[1]);
        if (frame[0] <= (u64)frame)
            break;
        frame = (const u64 *)frame[0];
    }
    hal_power_off();
}
