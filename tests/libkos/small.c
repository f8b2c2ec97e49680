/* SPDX-License-Identifier: Apache-2.0 */
/* Strings, printing, return codes, calendar time, random numbers, arenas, permission masks, memory. */
#include <coresrv/handle/handle_api.h>
#include <coresrv/pm/pm_api.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/random/random_api.h>
#include <kos/trace.h>
#include <nk/arena.h>
#include <rtl/compiler.h>
#include <rtl/retcode_hr.h>
#include <rtl/stdio.h>
#include <rtl/string.h>
#include <services/ocap.h>
#include <tests/libkos/check.h>

static void strings(void)
{
    char text[16];
    CHECK(rtl_strcmp(rtl_strcpy(text, "abc"), "abc") == 0);
    CHECK(rtl_strcmp(rtl_strcat(text, "def"), "abcdef") == 0);
    CHECK(rtl_strcmp(rtl_strncat(text, "ghijk", 2), "abcdefgh") == 0);
    CHECK(rtl_strncmp(text, "abcx", 3) == 0 && rtl_strncmp(text, "abcx", 4) < 0 && rtl_strncmp("a", "a", 9) == 0);
    CHECK_SAME(rtl_strnlen(text, 4), 4);
    CHECK_SAME(rtl_strnlen(text, 16), 8);
    CHECK(rtl_strchr(text, 'c') == text + 2 && rtl_strchr(text, 'z') == RTL_NULL && rtl_strchr(text, 0) == text + 8);
    CHECK(rtl_strrchr("abab", 'a') != RTL_NULL && rtl_strstr(text, "def") == text + 3);
    CHECK(rtl_strstr(text, "") == text && rtl_strstr(text, "fh") == RTL_NULL &&
          rtl_strstr(text, "abcdefghi") == RTL_NULL);
    CHECK(rtl_memchr(text, 'h', 8) == text + 7 && rtl_memchr(text, 'h', 7) == RTL_NULL);
    rtl_memset(text, 'x', sizeof(text));
    rtl_strncpy(text, "ab", 6);
    CHECK(rtl_memcmp(text, "ab\0\0\0\0xx", 8) == 0);
    rtl_memmove(text + 1, text, 3);
    CHECK(rtl_memcmp(text, "aab\0", 4) == 0);
}

static void printing(void)
{
    char text[64];
    CHECK_SAME(
        rtl_snprintf(text, sizeof(text), "%s %5d|%-5d|%05d %lu %x %c%%", "abc", -42, 42, 42, 1UL << 40, 0xbeefU, 'q'),
        43);
    CHECK(rtl_strcmp(text, "abc   -42|42   |00042 1099511627776 beef q%") == 0);
    rtl_snprintf(text, sizeof(text), "%05d|%+d|% d|%.3d|%8.3d|%-6.2d|%.0d|%*d|%-*d|", -42, 7, 7, 7, -7, 7, 0, 4, 1, 3,
                 2);
    CHECK(rtl_strcmp(text, "-0042|+7| 7|007|    -007|07    ||   1|2  |") == 0);
    rtl_snprintf(text, sizeof(text), "%#x %#X %#o %08lx %hhu %hd %zu %lld", 255U, 255U, 8U, 0xabcUL, 300U, 70000,
                 (size_t)9, -1LL);
    CHECK(rtl_strcmp(text, "0xff 0XFF 010 00000abc 44 4464 9 -1") == 0);
    rtl_snprintf(text, sizeof(text), "%.2s|%5s|%-5s|%.*s|%3c|%p", "abcd", "ab", "ab", 1, "xyz", 'c', (void *)0x1234);
    CHECK(rtl_strcmp(text, "ab|   ab|ab   |x|  c|0000000000001234") == 0);
    CHECK_SAME(rtl_snprintf(text, 4, "abcdef"), 6);
    CHECK(rtl_strcmp(text, "abc") == 0);
    rtl_snprintf(text, sizeof(text), RETCODE_HR_FMT, RETCODE_HR_PARAMS(rcTimeout));
    CHECK(rtl_strcmp(text, "rcTimeout (0x90000014)") == 0);
    CHECK(rtl_strcmp(KosRetcodeName(rcOk), "rcOk") == 0 && rtl_strcmp(KosRetcodeName(12345), "unknown") == 0);
    CHECK(NK_ELOGIC_CHECK(NK_ELOGIC(77)) && NK_ELOGIC_GET(NK_ELOGIC(77)) == 77 && !NK_ELOGIC_CHECK(rcTimeout));
}

static int evaluated;
static int evaluate(void)
{
    return ++evaluated;
}

static void traces(void)
{
    INFO(LIBKOS_TEST, "a line of the trace test: %d", evaluate());
    DEBUG(LIBKOS_TEST, "not compiled: %d", evaluate());
    TRACE(LIBKOS_TEST, "not compiled: %d", evaluate());
    CHECK_SAME(evaluated, 1);
}

static void rtc(rtl_int64_t second, rtl_int32_t year, rtl_uint32_t month, rtl_uint32_t day, rtl_uint32_t hour,
                rtl_uint32_t weekday)
{
    RtlTimeSpec time = {second, 250000000};
    RtlRtcTime got;
    CHECK_SAME(KnSetSystemTime(&time), rcOk);
    CHECK_SAME(KnGetRtcTime(&got), rcOk);
    CHECK(got.year + 1900 == year && got.month == month && got.mday == day && got.hour == hour && got.wday == weekday);
    CHECK(got.min == 0 && got.sec <= 1 && got.msec < 1000);
}

static void calendar(void)
{
    rtc(0, 1970, 0, 1, 0, 4);
    rtc(951782400, 2000, 1, 29, 0, 2); /* a leap day */
    rtc(1709251200, 2024, 2, 1, 0, 5);
    rtc(4107538800, 2100, 1, 28, 23, 0); /* 2100 is none */
    rtc(4107542400, 2100, 2, 1, 0, 1);
    rtc(1893452400, 2029, 11, 31, 23, 1);
}

static void clocks(void)
{
    RtlTimeSpec resolution;
    CHECK_SAME(KnGetSystemTimeRes(&resolution), rcOk);
    CHECK(resolution.sec == 0 && resolution.nsec > 0 && resolution.nsec <= 1000000);
    CHECK_SAME(KnGetUpTimeRes(&resolution), rcOk);
    rtl_size_t before = KnGetMSecSinceStart();
    CHECK_SAME(KosThreadSleep(5), rcOk);
    CHECK(KnGetMSecSinceStart() - before >= 5);
}

static Retcode constant_source(void *context, rtl_size_t size, void *output)
{
    ++*(int *)context;
    rtl_memset(output, 7, size);
    return *(int *)context == 3 ? rcFail : rcOk;
}

static void random_numbers(void)
{
    static unsigned char a[4096], b[4096], large[3 * KOS_RANDOM_RESEED];
    KosRandomQuality quality = KosRandomQualityHigh;
    int asked = 0, other = 10;
    unsigned ones = 0;
    CHECK_SAME(KosRandomGenerate(sizeof(a), a), rcOk);
    CHECK_SAME(KosRandomGenerateEx(sizeof(b), b, &quality), rcOk);
    CHECK(rtl_memcmp(a, b, sizeof(a)) != 0);
    CHECK_SAME(quality, KosRandomQualityLow);
    for (unsigned i = 0; i < sizeof(a); i++)
        ones += (unsigned)__builtin_popcount(a[i]);
    CHECK(ones > 15900 && ones < 16900); /* 16384 expected, standard deviation 90 */
    CHECK_SAME(KosRandomGenerate(1, RTL_NULL), rcInvalidArgument);
    CHECK_SAME(KosRandomGenerate(0, RTL_NULL), rcOk);
    CHECK_SAME(KosRandomRegisterSrc(RTL_NULL, &asked), rcInvalidArgument);
    CHECK_SAME(KosRandomRegisterSrc(constant_source, &asked), rcOk);
    CHECK_SAME(KosRandomRegisterSrc(constant_source, &asked), rcAlreadyExists);
    CHECK_SAME(KosRandomRegisterSrc(constant_source, &other), rcOk);
    CHECK_SAME(KosRandomGenerateEx(8, a, &quality), rcOk);
    CHECK_SAME(quality, KosRandomQualityHigh);
    CHECK_SAME(asked, 1);
    CHECK_SAME(KosRandomGenerateEx(sizeof(large), large, &quality),
               rcOk); /* seeds again three times; the third fails once */
    CHECK_SAME(asked, 4);
    CHECK_SAME(quality, KosRandomQualityHigh);
    CHECK(rtl_memcmp(large, large + KOS_RANDOM_RESEED, 4096) != 0);
    asked = 2;
    CHECK_SAME(KosRandomUnregisterSrc(constant_source, &other), rcOk);
    CHECK_SAME(KosRandomGenerateEx(8, a, &quality), rcOk);
    CHECK_SAME(quality, KosRandomQualityLow); /* it failed */
    CHECK_SAME(KosRandomUnregisterSrc(constant_source, &asked), rcOk);
    CHECK_SAME(KosRandomUnregisterSrc(constant_source, &asked), rcResourceNotFound);
    CHECK_SAME(KosRandomUnregisterSrc(RTL_NULL, RTL_NULL), rcResourceNotFound);
    int contexts[KOS_RANDOM_SOURCES_MAX + 1];
    for (unsigned i = 0; i <= KOS_RANDOM_SOURCES_MAX; i++)
        CHECK_SAME(KosRandomRegisterSrc(constant_source, &contexts[i]),
                   i < KOS_RANDOM_SOURCES_MAX ? rcOk : rcOutOfMemory);
    for (unsigned i = 0; i < KOS_RANDOM_SOURCES_MAX; i++)
        CHECK_SAME(KosRandomUnregisterSrc(constant_source, &contexts[i]), rcOk);
}

static void arenas(void)
{
    _Alignas(8) char buffer[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    nk_ptr_t text, words, none;
    nk_size_t count = 0;
    _Alignas(8) static const nk_uint32_t values[4] = {1, 2, 3, 4};
    CHECK_SAME(nk_arena_store(nk_char_t, &arena, &text, "abc", 4), NK_EOK);
    CHECK_SAME(nk_arena_store(nk_uint32_t, &arena, &words, values, 4), NK_EOK);
    CHECK(text.offset == 0 && text.size == 4 && words.offset == 4 && words.size == 16);
    const nk_uint32_t *back = nk_arena_get(const nk_uint32_t, &arena, &words, &count);
    CHECK(back != NK_NULL && count == 4 && back[3] == 4);
    CHECK_SAME(nk_arena_store(nk_uint64_t, &arena, &none, (rtl_uintptr_t)values, 8), NK_ENOMEM);
    words.size = 61;
    CHECK(nk_arena_get(nk_char_t, &arena, &words, &count) == NK_NULL && count == 0);
    words.size = 6;
    CHECK(nk_arena_get(nk_uint32_t, &arena, &words, &count) == NK_NULL);
    words.offset = 2, words.size = 4;
    CHECK(nk_arena_get(nk_uint32_t, &arena, &words, &count) == NK_NULL);
    nk_arena_reset(&arena);
    CHECK(nk_arena_alloc(nk_char_t, &arena, &text, 64) == buffer &&
          nk_arena_alloc(nk_char_t, &arena, &text, 1) == NK_NULL);
    nk_arena_init(&arena, buffer, buffer + 8);
    CHECK(nk_arena_alloc(nk_uint64_t, &arena, &words, 1) != NK_NULL);
}

static void rights(void)
{
    Handle object, copy;
    rtl_uint32_t sid;
    CHECK_SAME(KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_COPY | OCAP_HANDLE_SPEC(3), &sid, &object),
               rcOk);
    CHECK_SAME(KnHandleGetSidByHandle(object, &sid), rcNoCapability);
    CHECK_SAME(KnHandleCopy(object, OCAP_HANDLE_SPEC(3), INVALID_HANDLE, &copy), rcOk);
    CHECK_SAME(KnHandleClose(copy), rcOk);
    CHECK_SAME(KnHandleClose(object), rcOk);
    CHECK_SAME(KnHandleClose(object), rcInvalidHandle);
    CHECK_SAME(OCAP_IPC_CLIENT & OCAP_IPC_LISTENER, OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID);
}

static void regions(void)
{
    void *start = RTL_NULL;
    rtl_size_t size = 0;
    int flags = 0;
    char *p = KnVmAllocate(RTL_NULL, 8192, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE);
    CHECK(p != RTL_NULL);
    CHECK_SAME(KnVmQuery(p + 5000, &start, &size, &flags), rcOk);
    CHECK(start == p && size == 8192 && ((unsigned)flags & VMM_FLAG_RWX_MASK) == (VMM_FLAG_READ | VMM_FLAG_WRITE));
    CHECK_SAME(KnVmUnmap(p, 8192), rcOk);
    CHECK_SAME(KnVmQuery(p, &start, &size, &flags), rcResourceNotFound);
    RtlCpuSet online = RTL_CPU_SET_EMPTY;
    CHECK_SAME(KnPmGetCpusOnline(&online), rcOk);
    CHECK(RTL_CPU_SET_COUNT(online) == cpus() && RTL_CPU_SET_HAS(online, KnPmGetBootstrapCpuNum()));
}

void test_small(void)
{
    RUN(strings);
    RUN(printing);
    RUN(traces);
    RUN(calendar);
    RUN(clocks);
    RUN(random_numbers);
    RUN(arenas);
    RUN(rights);
    RUN(regions);
}
