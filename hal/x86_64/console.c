/* SPDX-License-Identifier: Apache-2.0 */
/* COM1 (16550), power off and reset of the q35 machine, RDRAND. */
#include <hal/x86_64/port.h>
#include <stdatomic.h>

#define COM1 0x3f8

void console_init(void)
{
    port_out8(COM1 + 1, 0);    /* no interrupts */
    port_out8(COM1 + 3, 0x80); /* divisor */
    port_out8(COM1 + 0, 1);    /* 115200 */
    port_out8(COM1 + 1, 0);
    port_out8(COM1 + 3, 3); /* 8n1 */
    port_out8(COM1 + 2, 7); /* FIFO */
}

static _Atomic u32 console_lock;

#define FIFO_SIZE 16U

/* As many bytes as there are, none of them a newline, but at most as the FIFO holds. *room: what it still takes without
 * a look. Returns how many. */
static size_t put(const char *text, size_t size, u32 *room)
{
    if (*room == 0) {
        while ((port_in8(COM1 + 5) & 0x20) == 0) /* empty */
            hal_cpu_relax();
        *room = FIFO_SIZE;
    }
    size_t count = size < *room ? size : *room, left = count;
    __asm__ volatile("rep outsb" : "+S"(text), "+c"(left) : "d"((u16)COM1) : "memory");
    *room -= (u32)count;
    return count;
}

/* Bytes at the front that are no newlines. */
static size_t before_newline(const char *text, size_t size)
{
    size_t count = 0;
    for (u64 word; count + sizeof(word) <= size; count += sizeof(word)) {
        __builtin_memcpy(&word, text + count, sizeof(word));
        word ^= 0x0a0a0a0a0a0a0a0aU;
        if (((word - 0x0101010101010101U) & ~word & 0x8080808080808080U) != 0)
            break;
    }
    while (count < size && text[count] != '\n')
        count++;
    return count;
}

void hal_console_write(const char *text, size_t size)
{
    /* Lines of several CPUs must not mix; a CPU that dies while printing must not stop the others for ever. */
    for (u32 tries = 0; tries < 10000000; tries++) {
        u32 free = 0;
        if (atomic_compare_exchange_strong_explicit(&console_lock, &free, 1, memory_order_acquire,
                                                    memory_order_relaxed))
            break;
        hal_cpu_relax();
    }
    u32 room = 0;
    while (size != 0) {
        size_t line = before_newline(text, size);
        size -= line;
        for (size_t count; line != 0; text += count, line -= count)
            count = put(text, line, &room);
        if (size != 0) {
            (void)put("\r", 1, &room);
            (void)put("\n", 1, &room);
            text++, size--;
        }
    }
    atomic_store_explicit(&console_lock, 0, memory_order_release);
}

void hal_power_off(void)
{
    port_out16(0x604, 0x2000); /* PM1a_CNT of ICH9 as QEMU places it: SLP_EN, S5 */
    port_out16(0xb004, 0x2000);
    hal_cpu_halt();
}

void hal_reset(void)
{
    port_out8(0xcf9, 6);
    static const struct [[gnu::packed]] {
        u16 limit;
        u64 base;
    } none = {0, 0};
    __asm__ volatile("lidt %0; int3" ::"m"(none)); /* triple fault */
    hal_cpu_halt();
}

bool hal_entropy(u64 *value)
{
    if (!cpu_features.rdrand)
        return false;
    for (u32 tries = 0; tries < 10; tries++) {
        bool ok;
        __asm__ volatile("rdrand %0; setc %1" : "=r"(*value), "=qm"(ok)::"cc");
        if (ok)
            return true;
    }
    return false;
}
