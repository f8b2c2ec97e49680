/* SPDX-License-Identifier: Apache-2.0 */
/* Console: the PL011 of the device tree, polled. What is written before it is known is lost. */
#include "gic.h"
#include "kernel_map.h"
#include "port.h"
#include <stdatomic.h>

#define UART_DATA        0x00U
#define UART_FLAGS       0x18U
#define UART_LINE        0x2cU
#define UART_CONTROL     0x30U
#define FLAG_EMPTY       (1U << 7)
#define FIFO_SIZE        16U /* at least */
#define LINE_8_BITS_FIFO 0x70U
#define CONTROL_ENABLE   0x301U /* transmit, receive, on */

static device uart;
static _Atomic u32 console_lock;

void hal_console_init(void)
{
    if (hal_device_tree.uart.size == 0)
        return;
    const device found = hal_kernel_map_window(hal_device_tree.uart.start, hal_device_tree.uart.size, KERNEL_DEVICE);
    device_write(found, UART_LINE, LINE_8_BITS_FIFO);
    device_write(found, UART_CONTROL, CONTROL_ENABLE);
    uart = found;
}

/* room: what the FIFO still takes without a look. */
static void write_byte(char byte, u32 *room)
{
    if (*room == 0) {
        while ((device_read(uart, UART_FLAGS) & FLAG_EMPTY) == 0)
            hal_cpu_relax();
        *room = FIFO_SIZE;
    }
    device_write(uart, UART_DATA, (u8)byte);
    --*room;
}

void hal_console_write(const char *text, size_t size)
{
    if (uart == nullptr)
        return;
    /* Lines of several CPUs must not mix; a CPU that dies while printing must not stop the others for ever. */
    for (u32 tries = 0; tries < 10000000; tries++) {
        u32 free = 0;
        if (atomic_compare_exchange_strong_explicit(&console_lock, &free, 1, memory_order_acquire,
                                                    memory_order_relaxed))
            break;
        hal_cpu_relax();
    }
    u32 room = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n')
            write_byte('\r', &room);
        write_byte(text[i], &room);
    }
    atomic_store_explicit(&console_lock, 0, memory_order_release);
}
