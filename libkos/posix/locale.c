/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locales as objects: musl's six categories in front, and behind them, where libc++ (built for another C library) looks
 * for them, the tables of characters.
 */
#include "posix.h"
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define CATEGORIES 6

struct posix_locale {
    const void *categories[CATEGORIES];
    const void *others[7];
    const unsigned short *classes;
    const int *lower, *upper;
    const char *names[13];
};
_Static_assert(offsetof(struct posix_locale, classes) == 104, "where libc++ reads __ctype_b");

const void *musl_get_locale(int category, const char *name) MUSL(__get_locale);
const unsigned short *const *musl_classes(void) MUSL(__ctype_b_loc);
const int *const *musl_lower(void) MUSL(__ctype_tolower_loc);
const int *const *musl_upper(void) MUSL(__ctype_toupper_loc);

static struct posix_locale *make(void)
{
    struct posix_locale *locale = calloc(1, sizeof(*locale));
    if (locale != NULL) {
        locale->classes = *musl_classes();
        locale->lower = *musl_lower();
        locale->upper = *musl_upper();
        for (unsigned i = 0; i < sizeof(locale->names) / sizeof(locale->names[0]); i++)
            locale->names[i] = "C";
    }
    return locale;
}

/* base is changed; the original lets nobody see the difference. */
locale_t newlocale(int mask, const char *name, locale_t base)
{
    struct posix_locale *locale = base != NULL ? (struct posix_locale *)(void *)base : make();
    if (locale == NULL)
        return NULL;
    for (int category = 0; category < CATEGORIES; category++)
        if ((mask & 1 << category) != 0)
            locale->categories[category] = musl_get_locale(category, name);
    return (locale_t)(void *)locale;
}

locale_t duplocale(locale_t had)
{
    struct posix_locale *locale = make();
    if (had == LC_GLOBAL_LOCALE)
        had = uselocale(NULL);
    if (locale != NULL && had != LC_GLOBAL_LOCALE)
        memcpy((void *)locale->categories, had, sizeof(locale->categories));
    return (locale_t)(void *)locale;
}

void freelocale(locale_t locale)
{
    free(locale);
}
