/* SPDX-License-Identifier: Apache-2.0 */
/* The system call of x86_64 (docs/abi.md). Message words stay in registers. */
#pragma once

struct kos_message_words {
    unsigned long long selector, info, receive, w[8];
};

/* Everything in and out through *m, whose fields the compiler keeps in registers. */
static inline __attribute__((always_inline)) void kos_system_call(struct kos_message_words *m)
{
    register unsigned long long w0 __asm__("r12") = m->w[0];
    register unsigned long long w1 __asm__("r13") = m->w[1];
    register unsigned long long w2 __asm__("r14") = m->w[2];
    register unsigned long long w3 __asm__("r15") = m->w[3];
    register unsigned long long w5 __asm__("r8") = m->w[5];
    register unsigned long long w6 __asm__("r9") = m->w[6];
    __asm__ volatile("syscall"
                     : "+D"(m->selector), "+S"(m->info), "+b"(m->receive), "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3),
                       "+d"(m->w[4]), "+r"(w5), "+r"(w6), "+a"(m->w[7])
                     :
                     : "rcx", "r10", "r11", "memory");
    m->w[0] = w0;
    m->w[1] = w1;
    m->w[2] = w2;
    m->w[3] = w3;
    m->w[5] = w5;
    m->w[6] = w6;
}

static inline unsigned long long kos_cycles(void)
{
    unsigned int low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | ((unsigned long long)high << 32);
}

/* In a loop that waits for another CPU. */
static inline void kos_cpu_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}
