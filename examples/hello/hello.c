/* SPDX-License-Identifier: Apache-2.0 */
/* Says hello and switches the machine off. */
#include <coresrv/pm/pm_api.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    fprintf(stderr, "Hello world!\n");
    return KnPmRequest(KOS_POWER_OFF) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
