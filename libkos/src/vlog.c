/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/time/time_api.h>
#include <coresrv/vlog/vlog_api.h>
#include <kos/core.h>
#include <string.h>

Retcode KnAuOpen(const char *name, Handle *outRID)
{
    rtl_size_t size = strlen(name) + 1;
    KOS_CORE_PARTS(AUDIT, Open) parts = {.in = {.name = {0, (unsigned)size}}};
    Retcode rc = KOS_CORE_ARENA(AUDIT, Open, parts.words, name, size, RTL_NULL, 0);
    *outRID = rc == rcOk ? (Handle)parts.out.handle : INVALID_HANDLE;
    return rc;
}

Retcode KnAuClose(Handle rid)
{
    return KOS_CORE(AUDIT, Close, rid).rc;
}

static Retcode take(Handle rid, AuditMessage *msg, rtl_size_t *outDropMsgs)
{
    KOS_CORE_PARTS(AUDIT, Read) parts = {.in = {.handle = rid}};
    Retcode rc = KOS_CORE_ARENA(AUDIT, Read, parts.words, RTL_NULL, 0, msg->data, sizeof(msg->data));
    if (rc == rcOk) {
        msg->size = parts.out.msg.size;
        *outDropMsgs = parts.out.outDropMsgs;
    }
    return rc;
}

static rtl_uint64_t now_ms(void)
{
    RtlTimeSpec time = {0, 0};
    return KnGetUpTime(&time) == rcOk ? (rtl_uint64_t)(time.sec * 1000 + time.nsec / 1000000) : 0;
}

/* Another reader may be faster: the wait begins anew, with what is left of the time. */
Retcode KnAuReadTimeout(Handle rid, AuditMessage *msg, rtl_size_t *outDropMsgs, rtl_uint32_t mdelay)
{
    rtl_uint64_t start = now_ms();
    for (;;) {
        Retcode rc = take(rid, msg, outDropMsgs);
        if (rc != rcResourceNotFound)
            return rc;
        rtl_uint32_t left = mdelay;
        if (mdelay != INFINITE_TIMEOUT) {
            rtl_uint64_t passed = now_ms() - start;
            if (passed >= mdelay)
                return rcTimeout;
            left = mdelay - (rtl_uint32_t)passed;
        }
        rc = KOS_CORE(AUDIT, Wait, rid, left).rc;
        if (rc != rcOk)
            return rc;
    }
}

Retcode KnAuRead(Handle rid, AuditMessage *msg, rtl_size_t *outDropMsgs)
{
    return KnAuReadTimeout(rid, msg, outDropMsgs, INFINITE_TIMEOUT);
}
