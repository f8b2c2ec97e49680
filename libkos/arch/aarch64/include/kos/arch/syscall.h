/* SPDX-License-Identifier: Apache-2.0 */
/* The system call of aarch64 (docs/abi.md). Message words stay in registers. */
#pragma once

struct kos_message_words {
    unsigned long long selector, info, receive, w[8];
};

/* Everything in and out through *m, whose fields the compiler keeps in registers. */
static inline __attribute__((always_inline)) void kos_system_call(struct kos_message_words *m)
{
    register unsigned long long w0 __asm__("x20") = m->w[0];
    register unsigned long long w1 __asm__("x21") = m->w[1];
    register unsigned long long w2 __asm__("x22") = m->w[2];
    register unsigned long long w3 __asm__("x23") = m->w[3];
    register unsigned long long selector __asm__("x24") = m->selector;
    register unsigned long long info __asm__("x25") = m->info;
    register unsigned long long w4 __asm__("x26") = m->w[4];
    register unsigned long long w5 __asm__("x28") = m->w[5];
    register unsigned long long w6 __asm__("x0") = m->w[6];
    register unsigned long long w7 __asm__("x2") = m->w[7];
    register unsigned long long receive __asm__("x3") = m->receive;
    __asm__ volatile("svc #0"
                     : "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3), "+r"(selector), "+r"(info), "+r"(w4), "+r"(w5), "+r"(w6),
                       "+r"(w7), "+r"(receive)
                     :
                     : "x1", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                       "x18", "x27", "x30", "cc", "memory");
    m->w[0] = w0;
    m->w[1] = w1;
    m->w[2] = w2;
    m->w[3] = w3;
    m->w[4] = w4;
    m->w[5] = w5;
    m->w[6] = w6;
    m->w[7] = w7;
    m->selector = selector;
    m->info = info;
    m->receive = receive;
}

static inline unsigned long long kos_cycles(void)
{
    unsigned long long value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
}

/* In a loop that waits for another CPU. */
static inline void kos_cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}
