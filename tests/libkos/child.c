/* SPDX-License-Identifier: Apache-2.0 */
/* Ends with what its arguments and environment say: argv[1] as a number, plus 100 if it was given what its parent says
 * it gives. */
#include <kos/task.h>
#include <string.h>

int main(int argc, const char *argv[], const char *envs[])
{
    Handle handle = INVALID_HANDLE;
    int code = argc == 2 ? argv[1][0] - '0' : 50;
    if (envs[0] != RTL_NULL && strcmp(envs[0], "KEY=value") == 0)
        code += 10;
    if (KosTaskLookupResource("gift", &handle) == rcOk && handle != INVALID_HANDLE)
        code += 100;
    return code;
}
