/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CPUs: bit n is CPU n. Names ours. */
#pragma once
#include <rtl/stdint.h>

typedef rtl_uint64_t RtlCpuSet;
#define RTL_CPU_SET_EMPTY             ((RtlCpuSet)0)
#define RTL_CPU_SET_ONE(cpu)          ((RtlCpuSet)1 << (cpu))
#define RTL_CPU_SET_ALL(count)        ((count) >= 64U ? ~(RtlCpuSet)0 : ((RtlCpuSet)1 << (count)) - 1)
#define RTL_CPU_SET_WITH(set, cpu)    ((set) | RTL_CPU_SET_ONE(cpu))
#define RTL_CPU_SET_WITHOUT(set, cpu) ((set) & ~RTL_CPU_SET_ONE(cpu))
#define RTL_CPU_SET_HAS(set, cpu)     (((set) >> (cpu) & 1U) != 0)
#define RTL_CPU_SET_COUNT(set)        ((rtl_uint32_t)__builtin_popcountll(set))
