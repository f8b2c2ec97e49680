/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters of the machine, its CPUs, processes and threads. Times are nanoseconds during which counting was on
 * (KnStatSetCounting in value_api.h), memory is in pages of 4096 bytes. Errors as in value_api.h.
 */
#pragma once
#include <coresrv/stat/value_api.h>

typedef enum GroupStatParam {
    GROUP_PARAM_CPU_KERNEL, /* summed over the CPUs */
    GROUP_PARAM_CPU_USER,
    GROUP_PARAM_CPU_IDLE,
    GROUP_PARAM_MEM_TOTAL,
    GROUP_PARAM_MEM_FREE,
} GroupStatParam;

typedef enum CpuStatParam { CPU_STAT_PARAM_IDLE, CPU_STAT_PARAM_USER, CPU_STAT_PARAM_KERNEL } CpuStatParam;

typedef enum TaskStatParam {
    TASK_PARAM_TIME_TOTAL,
    TASK_PARAM_TIME_USER,
    TASK_PARAM_TIME_KERNEL,
    TASK_PARAM_MEM_PHY, /* of its own; what others have made and it has mapped does not count */
    TASK_PARAM_THREADS,
} TaskStatParam;

typedef enum ThreadStatParam {
    THREAD_PARAM_TIME_TOTAL,
    THREAD_PARAM_TIME_USER,
    THREAD_PARAM_TIME_KERNEL,
    THREAD_PARAM_STATE, /* KOS_THREAD_STATE_* */
    THREAD_PARAM_CPU,
} ThreadStatParam;

#ifdef __cplusplus
extern "C" {
#endif
Retcode KnGroupStatGetParam(GroupStatParam param, rtl_uint64_t *value);
Retcode KnCpuStatGetParam(rtl_uint32_t cpu, CpuStatParam param, rtl_uint64_t *value);
Retcode KnTaskStatGetParam(rtl_uint32_t pid, TaskStatParam param, rtl_uint64_t *value);
Retcode KnThreadStatGetParam(rtl_uint32_t pid, rtl_uint32_t tid, ThreadStatParam param, rtl_uint64_t *value);
/* Ids in ascending order, of all that there are: *count of them, at most capacity. rcBufferTooSmall: there are more. */
Retcode KnGroupStatGetTaskList(rtl_uint32_t *pids, rtl_uint32_t capacity, rtl_uint32_t *count);
Retcode KnTaskStatGetThreadList(rtl_uint32_t pid, rtl_uint32_t *tids, rtl_uint32_t capacity, rtl_uint32_t *count);
Retcode KnTaskStatGetName(rtl_uint32_t pid, char *name, rtl_size_t size);
#ifdef __cplusplus
}
#endif
