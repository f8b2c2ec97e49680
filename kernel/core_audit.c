/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoint audit.Audit: the log of the security audit.
 *
 *   step         by
 *   1 announce   a reader: waiting = 1, then looks at the rings
 *   2 publish    a decision: its record is in the ring, then looks at waiting
 *   3 wake       who finds waiting 1 and sets it to 0: changes the word, wakes who waits on it
 *
 * Between the two steps of 1 and of 2 stands a full fence, so either the reader finds the record, or the decision finds
 * the reader. One that has not yet gone to sleep by 3 finds the word changed.
 */
#include <abi/audit.h>
#include <kernel/core_call.h>
#include <kernel/kernel.h>
#include <ksm/audit.h>
#include <sched/futex.h>

static struct object kss_log; /* every handle of the log names it; never freed */
static struct futex_bucket bucket;
static _Atomic u32 waiting, word_of_log;

static struct futex_word log_word(void)
{
    return (struct futex_word){.bucket = &bucket,
                               .address = (u64)(uintptr_t)&word_of_log,
                               .value = atomic_load_explicit(&word_of_log, memory_order_relaxed),
                               .physical = (const u32 *)&word_of_log};
}

static void wake_readers(void)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (likely(atomic_load_explicit(&waiting, memory_order_relaxed) == 0) ||
        atomic_exchange_explicit(&waiting, 0, memory_order_relaxed) == 0)
        return;
    atomic_fetch_add_explicit(&word_of_log, 1, memory_order_relaxed); /* published by the bucket's lock */
    struct futex_word word = log_word();
    if (futex_wake(&word, FUTEX_AT_ONCE) == FUTEX_AT_ONCE)
        atomic_store_explicit(&waiting, 1, memory_order_relaxed); /* the next record wakes the others */
}

void core_audit_init(void)
{
    object_init(&kss_log, OBJECT_AUDIT);
    futex_bucket_init(&bucket);
    ksm_audit_written = wake_readers;
}

retcode core_AUDIT_Open(struct core_call *call)
{
    CORE_METHOD(AUDIT, Open);
    const char *name = core_string(call, IN(name));
    u32 handle = KOS_INVALID_HANDLE;
    if (name == nullptr)
        return rcInvalidArgument;
    if (strcmp(name, KOS_AUDIT_LOG) != 0)
        return rcResourceNotFound;
    retcode code =
        handle_insert(&call->task->domain.handles, &kss_log,
                      KOS_RIGHT_AUDIT_READ | KOS_RIGHT_COPY | KOS_RIGHT_TRANSFER | KOS_RIGHT_GET_SID, &handle);
    OUT(handle) = handle;
    return code;
}

/* The handle lets its owner read. */
static retcode check(struct core_call *call, word handle)
{
    struct object *object;
    return handle_borrow(&call->task->domain.handles, (u32)handle, OBJECT_AUDIT, KOS_RIGHT_AUDIT_READ, &object);
}

retcode core_AUDIT_Close(struct core_call *call)
{
    CORE_METHOD(AUDIT, Close);
    struct object *object;
    retcode code = handle_borrow(&call->task->domain.handles, (u32)IN(handle), OBJECT_AUDIT, 0, &object);
    return code == rcOk ? handle_close(&call->task->domain.handles, (u32)IN(handle)) : code;
}

retcode core_AUDIT_Read(struct core_call *call)
{
    CORE_METHOD(AUDIT, Read);
    u64 dropped;
    retcode code = check(call, IN(handle));
    if (code != rcOk)
        return code;
    if (call->response_capacity < KOS_AUDIT_RECORD_MAX) /* before a record is taken away */
        return rcBufferTooSmall;
    u32 size = ksm_audit_read(call->response_arena, KOS_AUDIT_RECORD_MAX, &dropped);
    if (size == 0)
        return rcResourceNotFound;
    call->response_size = size;
    OUT(outDropMsgs) = dropped;
    OUT(msg) = core_chunk(0, size);
    return rcOk;
}

retcode core_AUDIT_Wait(struct core_call *call)
{
    CORE_METHOD(AUDIT, Wait);
    retcode code = check(call, IN(handle));
    if (code != rcOk || IN(timeout) > KOS_INFINITE_TIMEOUT)
        return code != rcOk ? code : rcInvalidArgument;
    u32 timeout = (u32)IN(timeout);
    atomic_store_explicit(&waiting, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    struct futex_word word = log_word();
    if (ksm_audit_pending())
        return rcOk;
    code = futex_wait(call->self, &word, timeout);
    return code == rcOk ? CORE_BLOCKED : rcOk; /* the word has changed: look again */
}
