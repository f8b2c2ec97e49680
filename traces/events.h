/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every tracepoint, once. From this table are made: the record functions of the kernel (traces/trace.h), the decoder,
 * CTF's metadata and docs/tracepoints.md (tools/trace). Numbers are places in the table; at most 64. New ones go to the
 * end, so that an old trace can still be read.
 *
 *   X(name, group, what it says, small, half, word, first, second)
 *
 * A record has five fields: small (8 bits), half (16), word (32), first and second (64 each), each (name, kind, what it
 * is) or absent. Kinds say how a field is shown; values are as the kernel has them:
 *
 *   NUMBER                                plain
 *   THREAD TASK CHANNEL ENDPOINT OBJECT   security ids (SID), never used twice; a thread 0: none, the CPU is idle
 *   CPU LEVEL                             index; level of the run queue (docs/scheduling.md)
 *   INFO                                  first word of a message: MID, RIID, size and number of handles
 *   ADDRESS                               of the user's or the kernel's memory
 *   TICKS                                 a duration in ticks of the time stamps' counter; shown in nanoseconds
 *   NANOSECONDS                           of the clock since boot, or a duration
 *   CODE                                  return code, signed
 *   NAME                                  up to 16 bytes of text, in first and second together
 *   STATE PATH VERDICT EVENT ENTRY        enumerations: their words below
 */
#pragma once

#define TRACE_NO_SMALL  (no_small, NONE, "")
#define TRACE_NO_HALF   (no_half, NONE, "")
#define TRACE_NO_WORD   (no_word, NONE, "")
#define TRACE_NO_FIRST  (no_first, NONE, "")
#define TRACE_NO_SECOND (no_second, NONE, "")

/* clang-format off */
#define TRACE_EVENTS(X)                                                                                                \
    X(switch, sched, "another thread runs on this CPU, or none",                                                       \
      (state, STATE, "of the one before; runnable: it was preempted"), TRACE_NO_HALF,                                  \
      (next, THREAD, "who runs now"), (previous, THREAD, "who ran"), (level, LEVEL, "of the next one"))                \
    X(wake, sched, "a thread becomes runnable here",                                                                   \
      TRACE_NO_SMALL, (level, LEVEL, "its level"), (thread, THREAD, "who"), TRACE_NO_FIRST, TRACE_NO_SECOND)                           \
    X(block, sched, "the running thread begins to wait",                                                               \
      (state, STATE, "for what"), TRACE_NO_HALF, (thread, THREAD, "who"), TRACE_NO_FIRST, TRACE_NO_SECOND)                             \
    X(call, ipc, "the running thread has called, and its request was granted or goes on to be decided",                \
      (path, PATH, "fast: both threads on this CPU, granted by table"), TRACE_NO_HALF,                                 \
      (channel, CHANNEL, "through which; 0: a handle that is none"), (info, INFO, "of the request"), TRACE_NO_SECOND)  \
    X(receive, ipc, "the running thread receives",                                                                     \
      TRACE_NO_SMALL, TRACE_NO_HALF, (endpoint, ENDPOINT, "on which"), TRACE_NO_FIRST, TRACE_NO_SECOND)                                \
    X(reply, ipc, "the running thread has answered a request",                                                         \
      (path, PATH, "fast: granted by table, and the server receives again"), TRACE_NO_HALF,                            \
      (client, THREAD, "whose request"), (info, INFO, "of the response"), (code, CODE, "what the client got"))         \
    X(core_call, ipc, "the running thread has called the kernel",                                                      \
      (path, PATH, "fast: granted by table, in registers"), TRACE_NO_HALF, TRACE_NO_WORD,                              \
      (info, INFO, "of the request"), TRACE_NO_SECOND)                                                                 \
    X(core_return, ipc, "the kernel has answered a call to it, which did not block",                                   \
      (path, PATH, "as of its core_call"), TRACE_NO_HALF, TRACE_NO_WORD,                                               \
      (code, CODE, "result"), (cost, TICKS, "from core_call on"))                                                      \
    X(decision, ksm, "the security module has decided, off the fast path (there a call is granted by constant)",       \
      (verdict, VERDICT, "and how it came about"), (event, EVENT, "what was asked about"),                             \
      (classes, NUMBER, "source class << 16 | destination class"), (method, INFO, "RIID and MID"),                     \
      (cost, TICKS, "of the decision"))                                                                                \
    X(inbox_push, smp, "a request is sent to another CPU",                                                             \
      (ipi, NUMBER, "1: with an IPI"), (level, LEVEL, "how urgent it is"), (target, CPU, "to whom"),                   \
      (handler, ADDRESS, "what it runs there"), TRACE_NO_SECOND)                                                       \
    X(inbox_drain, smp, "a request of the inbox is handled here",                                                      \
      TRACE_NO_SMALL, TRACE_NO_HALF, TRACE_NO_WORD, (handler, ADDRESS, "what it runs"), TRACE_NO_SECOND)               \
    X(ipi, smp, "an IPI is sent",                                                                                      \
      TRACE_NO_SMALL, TRACE_NO_HALF, (target, CPU, "to whom"), TRACE_NO_FIRST, TRACE_NO_SECOND)                                        \
    X(timer, time, "a timer has expired",                                                                              \
      TRACE_NO_SMALL, TRACE_NO_HALF, TRACE_NO_WORD,                                                                    \
      (deadline, NANOSECONDS, "when it was to"), (late, NANOSECONDS, "by how much"))                                   \
    X(interrupt, time, "an interrupt has been taken",                                                                  \
      (entry, ENTRY, "which"), TRACE_NO_HALF, (thread, THREAD, "whom it met; 0: the CPU was idle"), TRACE_NO_FIRST, TRACE_NO_SECOND)   \
    X(resume, time, "back to user mode by the slow way: ends interrupts, exceptions and slow calls",                   \
      TRACE_NO_SMALL, TRACE_NO_HALF, (thread, THREAD, "who goes on"), TRACE_NO_FIRST, TRACE_NO_SECOND)                                 \
    X(enter, time, "the running thread has come into the kernel by the slow way",                                      \
      (entry, ENTRY, "how"), TRACE_NO_HALF, (thread, THREAD, "who"), TRACE_NO_FIRST, TRACE_NO_SECOND)                                  \
    X(page_fault, memory, "a page was missing, or its rights were",                                                    \
      (access, NUMBER, "1 read, 2 write, 4 execute"), TRACE_NO_HALF, (code, CODE, "0: it is there now"),               \
      (address, ADDRESS, "of the access"), (cost, TICKS, "of bringing it"))                                            \
    X(futex_wait, futex, "the running thread waits for a futex",                                                       \
      TRACE_NO_SMALL, TRACE_NO_HALF, (thread, THREAD, "who"), (address, ADDRESS, "of the word"), TRACE_NO_SECOND)      \
    X(futex_wake, futex, "waiters of a futex are woken",                                                               \
      TRACE_NO_SMALL, TRACE_NO_HALF, (woken, NUMBER, "how many"), (address, ADDRESS, "of the word"), TRACE_NO_SECOND)  \
    X(lock_wait, futex, "the running thread waits for a lock with inheritance",                                        \
      TRACE_NO_SMALL, TRACE_NO_HALF, (holder, THREAD, "who has it"), (address, ADDRESS, "of the lock"),                \
      TRACE_NO_SECOND)                                                                                                 \
    X(donation, sched, "a thread's level has changed: a caller or a waiter gives it his, or no longer",                \
      (before, LEVEL, "its level until now"), (level, LEVEL, "and from now on"), (thread, THREAD, "whose"),            \
      TRACE_NO_FIRST, TRACE_NO_SECOND)                                                                                                 \
    X(replenish, sched, "a reservation has its budget again",                                                          \
      TRACE_NO_SMALL, TRACE_NO_HALF, (thread, THREAD, "whose"), (budget, NANOSECONDS, "how much"),                     \
      (deadline, NANOSECONDS, "until when"))                                                                           \
    X(overrun, sched, "a reservation's budget is used up",                                                             \
      TRACE_NO_SMALL, TRACE_NO_HALF, (thread, THREAD, "whose"), (running, THREAD, "who used it"), TRACE_NO_SECOND)     \
    X(migrate, sched, "a thread leaves for another CPU",                                                               \
      TRACE_NO_SMALL, (target, CPU, "where to"), (thread, THREAD, "who"), TRACE_NO_FIRST, TRACE_NO_SECOND)                             \
    X(handle_transfer, object, "a handle goes from one task to another in a message",                                  \
      TRACE_NO_SMALL, TRACE_NO_HALF, (rights, NUMBER, "of the new handle"), (from, TASK, "who gives"),                 \
      (to, TASK, "who gets"))                                                                                          \
    X(handle_revoke, object, "what was derived from a handle is revoked",                                              \
      TRACE_NO_SMALL, TRACE_NO_HALF, (object, OBJECT, "which the handle names"), (task, TASK, "whose handle"),         \
      TRACE_NO_SECOND)                                                                                                 \
    X(task_create, life, "a task has been made",                                                                       \
      TRACE_NO_SMALL, TRACE_NO_HALF, (task, TASK, "its SID"), (name, NAME, "its name"),                                \
      (name_end, NAME, "the same"))                                                                                    \
    X(task_end, life, "a task ends",                                                                                   \
      TRACE_NO_SMALL, (reason, NUMBER, "KOS_TASK_*"), (task, TASK, "which"), (code, CODE, "its exit code"),            \
      TRACE_NO_SECOND)                                                                                                 \
    X(thread_create, life, "a thread has been made",                                                                   \
      TRACE_NO_SMALL, (home, CPU, "where it will run"), (thread, THREAD, "its SID"), (task, TASK, "whose"),            \
      (tid, NUMBER, "its thread id"))                                                                                  \
    X(thread_end, life, "a thread ends",                                                                               \
      TRACE_NO_SMALL, TRACE_NO_HALF, (thread, THREAD, "which"), (code, CODE, "its exit code"), TRACE_NO_SECOND)        \
    X(channel_create, life, "a client can call a server",                                                              \
      TRACE_NO_SMALL, TRACE_NO_HALF, (channel, CHANNEL, "its SID"), (client, TASK, "who calls"),                       \
      (server, TASK, "who serves"))                                                                                    \
    X(user, user, "a program says so: KosTraceEvent of libkos",                                                        \
      TRACE_NO_SMALL, TRACE_NO_HALF, (id, NUMBER, "the program's own"), (first, NUMBER, "likewise"),                   \
      (second, NUMBER, "likewise"))                                                                                    \
    X(task_image, life, "where a new task's program is",                                                               \
      TRACE_NO_SMALL, TRACE_NO_HALF, (task, TASK, "its SID"), (base, ADDRESS, "where it was loaded"),                  \
      (file, ADDRESS, "of its file in the ROMFS"))                                                                     \
    X(sample, sample, "the processor's counter was through a period: what the CPU did",                                \
      (callers, NUMBER, "how many follow in sample_callers"), TRACE_NO_HALF,                                           \
      (thread, THREAD, "whom it met; 0: the CPU was idle"), (pc, ADDRESS, "where"),                                    \
      (late, NUMBER, "events since then: many if the kernel had interrupts masked"))                                   \
    X(sample_callers, sample, "callers of the sample before, of this CPU, innermost first",                            \
      TRACE_NO_SMALL, (place, NUMBER, "of the first of these two"), TRACE_NO_WORD,                                     \
      (caller, ADDRESS, "return address"), (next, ADDRESS, "that of its caller; 0: there is none"))
/* clang-format on */

/* Words of the enumerations, by value. */
#define TRACE_STATES                                                                                                   \
    "runnable", "receiving", "calling", "reply_wait", "futex", "sleeping", "joining", "suspended", "dead", "moving",   \
        "ordering", "held", "idle"
#define TRACE_PATHS    "fast", "slow", "memory", "arena", "cross"
#define TRACE_VERDICTS "constant", "cached", "evaluated", "denied"
#define TRACE_KSM      "execute", "request", "response", "error", "security"
#define TRACE_ENTRIES                                                                                                  \
    "timer", "ipi", "spurious", "call", "reply", "receive", "page_fault", "exception", "device", "counter"

enum trace_state_idle { TRACE_STATE_IDLE = 12 }; /* beside enum thread_state: nobody ran */
enum trace_path { TRACE_FAST, TRACE_SLOW, TRACE_MEMORY, TRACE_ARENA, TRACE_CROSS };
enum trace_verdict { TRACE_CONSTANT, TRACE_CACHED, TRACE_EVALUATED, TRACE_DENIED };
enum trace_entry {
    TRACE_TIMER,
    TRACE_IPI,
    TRACE_SPURIOUS,
    TRACE_CALL,
    TRACE_REPLY,
    TRACE_RECEIVE,
    TRACE_PAGE_FAULT,
    TRACE_EXCEPTION,
    TRACE_DEVICE,
    TRACE_COUNTER
};

#define TRACE_ENUMERATOR(name, group, text, small, half, word, first, second) TRACE_##name,
enum trace_event { TRACE_EVENTS(TRACE_ENUMERATOR) TRACE_EVENT_COUNT };
#undef TRACE_ENUMERATOR
