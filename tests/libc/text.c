/* SPDX-License-Identifier: Apache-2.0 */
/* Formats, scans, conversions, texts, time as text. */
#define _GNU_SOURCE
#include "check.h"
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>

static void formats(void)
{
    PRINTS("3.141593 3.14 3 3.1400000000", "%f %.2f %.0f %.10f", 3.14159265358979, 3.14, 3.14, 3.14);
    PRINTS("0.1000000000000000055511151231257827021181583404541015625", "%.55f", 0.1);
    PRINTS("1.797693e+308 4.940656e-324 1e+10 1.5E-05", "%e %e %g %G", DBL_MAX, 5e-324, 1e10, 0.000015);
    PRINTS("0x1.8p+1 -0x1p-2 inf -inf nan INF", "%a %a %f %f %f %F", 3.0, -0.25, 1.0 / 0.0, -1.0 / 0.0,
           __builtin_nan(""), 1.0 / 0.0);
    PRINTS("  2.50|2.50  |002.50|+2.50", "%6.2f|%-6.2f|%06.2f|%+.2f", 2.5, 2.5, 2.5, 2.5);
    PRINTS("2 4 0.2 0.3", "%.0f %.0f %.1f %.1f", 2.5, 3.5, 0.25, 0.35); /* ties to even; 0.35 is below the tie */
    PRINTS("1.234567890123456789", "%.18Lf", 1.234567890123456789L);
    PRINTS("123456789 -1 ffffffff 0x1f 777 %", "%d %d %x %#x %o %%", 123456789, -1, -1, 31, 511);
    PRINTS("-9223372036854775808 18446744073709551615", "%" PRId64 " %" PRIu64, INT64_MIN, UINT64_MAX);
    PRINTS("a bc   def|ghi  |jk", "%c %s %5s|%-5s|%.2s", 'a', "bc", "def", "ghi", "jkl");
    PRINTS("   42|00042|42   ", "%*d|%.5d|%-*d", 5, 42, 42, 5, 42);
    PRINTS("2 1", "%2$d %1$d", 1, 2);
    PRINTS("wide", "%ls", L"wide");
    PRINTS("-1 255", "%hhd %hhu", 255, 255);
    char small[4];
    CHECK(snprintf(small, sizeof(small), "%.1f", 1234.5) == 6 && strcmp(small, "123") == 0);
    int count = 0;
    CHECK(sprintf(small, "ab%n", &count) == 2 && count == 2);
    char *made = NULL;
    CHECK(asprintf(&made, "%s-%05.1f", "x", 2.25) == 7 && strcmp(made, "x-002.2") == 0);
    free(made);
}

static void scans(void)
{
    int a = 0, b = 0;
    unsigned x = 0;
    double d = 0;
    float f = 0;
    char word[16], set[16], c = 0;
    CHECK(sscanf("12 -7 ff 2.5e3 0.25 hello abcXYZ !", "%d %i %x %lf %f %15s %15[a-c]%c", &a, &b, &x, &d, &f, word, set,
                 &c) == 8);
    CHECK(a == 12 && b == -7 && x == 255 && d == 2500.0 && f == 0.25f && strcmp(word, "hello") == 0 &&
          strcmp(set, "abc") == 0 && c == 'X');
    CHECK(sscanf("17:45:09", "%d:%d:%*d", &a, &b) == 2 && a == 17 && b == 45);
    CHECK(sscanf("nothing", "%d", &a) == 0 && sscanf("", "%d", &a) == EOF);
    CHECK(sscanf("1234567", "%3d%n", &a, &b) == 1 && a == 123 && b == 3);
    CHECK(sscanf("key=value", "%7[^=]=%7s", set, word) == 2 && strcmp(set, "key") == 0 && strcmp(word, "value") == 0);
}

static void conversions(void)
{
    char *end;
    CHECK(strtod("0.1xyz", &end) == 0.1 && strcmp(end, "xyz") == 0);
    CHECK(strtod("2.2250738585072011e-308", NULL) == 2.2250738585072011e-308 &&
          strtod("9007199254740993", NULL) == 9007199254740992.0);
    CHECK(strtod("0x1.8p1", NULL) == 3.0 && strtof("3.4e38", NULL) == 3.4e38f && strtold("1e400", NULL) > 1e300L);
    errno = 0;
    CHECK(strtod("1e999", NULL) == __builtin_inf() && errno == ERANGE);
    CHECK(atof("-12.75") == -12.75 && atoi("42x") == 42 && atol("-5") == -5);
    CHECK(strtol("-0x10", &end, 0) == -16 && *end == '\0' && strtoul("777", NULL, 8) == 511 &&
          strtoll("zz", NULL, 36) == 1295);
    errno = 0;
    CHECK(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
    CHECK(strtoimax("-9223372036854775808", NULL, 10) == INTMAX_MIN);
    for (double value = 1e-300; value < 1e300; value *= 1.2345e7) {
        char text[64];
        snprintf(text, sizeof(text), "%.17g", value);
        CHECK(strtod(text, NULL) == value);
    }
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void texts(void)
{
    char line[] = "one,two;;three", *rest, copy[32];
    CHECK(strcmp(strtok_r(line, ",;", &rest), "one") == 0 && strcmp(strtok_r(NULL, ",;", &rest), "two") == 0 &&
          strcmp(strtok_r(NULL, ",;", &rest), "three") == 0);
    CHECK(strtok_r(NULL, ",;", &rest) == NULL);
    char *twice = strdup("double");
    CHECK(twice != NULL && strcmp(twice, "double") == 0 && strcmp(strndup("abcdef", 3), "abc") == 0);
    free(twice);
    CHECK(strlcpy(copy, "too long for it", 8) == 15 && strcmp(copy, "too lon") == 0 &&
          strlcat(copy, "!", sizeof(copy)) == 8);
    CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strstr("haystack", "st") != NULL && strpbrk("abc", "xcb") != NULL &&
          strspn("aab", "a") == 2);
    CHECK(strcmp(strerror(ENOENT), "No such file or directory") == 0 && strcmp(stpcpy(copy, "xy") - 2, "xy") == 0);
    CHECK(memmem("0123456789", 10, "456", 3) != NULL && strchrnul("abc", 'x')[0] == '\0' && ffs(8) == 4);
    CHECK(isalpha('x') && !isalpha('1') && toupper('q') == 'Q' && isxdigit('F') && ispunct('!'));
    int numbers[] = {5, 3, 9, 1, 7}, key = 7;
    qsort(numbers, 5, sizeof(int), compare);
    CHECK(numbers[0] == 1 && numbers[4] == 9 && bsearch(&key, numbers, 5, sizeof(int), compare) == &numbers[3]);
    CHECK(div(-7, 2).quot == -3 && div(-7, 2).rem == -1 && labs(-5L) == 5);
    regex_t pattern;
    regmatch_t match[2];
    CHECK(regcomp(&pattern, "([0-9]+)-[a-z]*", REG_EXTENDED) == 0 && regexec(&pattern, "no 12-ab", 2, match, 0) == 0 &&
          match[1].rm_so == 3 && match[1].rm_eo == 5);
    regfree(&pattern);
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    wchar_t wide[8];
    CHECK(mbstowcs(wide, "\xd0\xba\xd0\xbe\xd1\x81", 8) == 3 && wide[0] == 0x43a && wcslen(wide) == 3);
}

static void times(void)
{
    struct tm tm;
    time_t when = 1700000000;
    char text[64];
    CHECK(gmtime_r(&when, &tm) == &tm && tm.tm_year == 123 && tm.tm_mon == 10 && tm.tm_mday == 14 && tm.tm_hour == 22 &&
          tm.tm_wday == 2);
    CHECK(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j", &tm) == 27 &&
          strcmp(text, "2023-11-14 22:13:20 Tue 318") == 0);
    CHECK(mktime(&tm) == when && timegm(&tm) == when && difftime(when, when - 5) == 5.0);
    CHECK(localtime_r(&when, &tm) != NULL && strcmp(asctime_r(&tm, text), "Tue Nov 14 22:13:20 2023\n") == 0);
    CHECK(strptime("2001-02-03", "%Y-%m-%d", &tm) != NULL && tm.tm_year == 101);
    CHECK(time(NULL) >= 0 && time(NULL) < 100000000000);
}

int main(void)
{
    formats();
    scans();
    conversions();
    texts();
    times();
    return done("text");
}
