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

u64 kernel_random(void)
{
    static _Atomic u64 state;
    u64 hardware = 0;
    (void)hal_entropy(&hardware); /* without a source the time and the counter remain */
    u64 value =
        hardware ^ hal_time_now() ^ atomic_fetch_add_explicit(&state, 0x9e3779b97f4a7c15ULL, memory_order_relaxed);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}
