/* SPDX-License-Identifier: Apache-2.0 */
/* A process that the policy does not let read the audit; Einit finds the attempt in the log. */
#include <coresrv/vlog/vlog_api.h>

int main(void)
{
    Handle log;
    return KnAuOpen("kss", &log) == rcSecurityDisallow && log == INVALID_HANDLE ? 7 : 1;
}
