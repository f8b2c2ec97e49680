/* SPDX-License-Identifier: Apache-2.0 */
/* Does what its first argument says, so that Einit sees how processes end. */
#include <kos/core.h>
#include <string.h>

static int recurse(int depth)
{
    volatile char space[1024];
    space[0] = (char)depth;
    return depth == 1 << 20 ? space[0] : recurse(depth + 1) + space[0];
}

int main(int argc, const char *argv[])
{
    const char *order = argc > 1 ? argv[1] : "";
    if (strcmp(order, "write null") == 0)
        *(volatile int *)8 = 1; /* NOLINT */
    if (strcmp(order, "read kernel") == 0)
        return *(volatile int *)0xffff800000100000ULL;
    if (strcmp(order, "write text") == 0)
        *(volatile int *)(rtl_uintptr_t)main = 1;
    if (strcmp(order, "run data") == 0) {
        static volatile unsigned code[4];
        ((void (*)(void))(rtl_uintptr_t)code)();
    }
    if (strcmp(order, "overflow") == 0)
        return recurse(0);
    if (strcmp(order, "bad call") == 0) {
        struct kos_message_words words = {.selector = 3ULL << KOS_OPERATION_SHIFT};
        kos_system_call(&words);
    }
    return argc == 2 && strcmp(argv[0], "child") == 0 && strcmp(order, "42") == 0 ? 42 : 1;
}
