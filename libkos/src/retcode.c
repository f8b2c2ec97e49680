/* SPDX-License-Identifier: Apache-2.0 */
#include <rtl/retcode_hr.h>

static const struct {
    Retcode rc;
    const char *name;
} names[] = {{rcOk, "rcOk"},
#define NAME(name, code, text) {name, #name},
             KOS_RETCODES(NAME)
#undef NAME
};

const char *KosRetcodeName(Retcode rc)
{
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].rc == rc)
            return names[i].name;
    return "unknown";
}
