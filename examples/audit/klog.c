/* SPDX-License-Identifier: Apache-2.0 */
#include <audit/Klog.edl.h>
#include <klog/system_audit.h>

int main(void)
{
    return klog_system_audit_run(KLOG_SERVER_CONNECTION_ID ":" KLOG_STORAGE_SERVER_CONNECTION_ID,
                                 audit_Klog_klog_audit_iid);
}
